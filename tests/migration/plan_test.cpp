#include <foreshift/core/random.hpp>
#include <foreshift/migration/plan.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace foreshift;
using namespace foreshift::migration;
using namespace std::chrono_literals;

TEST_CASE("the budget is a share of the workloads, rounded down") {
  CHECK(move_budget{{}, 200}.limit() == 10);
  CHECK(move_budget{{}, 20}.limit() == 1);
  CHECK(move_budget{{}, 19}.limit() == 0);
  CHECK(move_budget{{.share = 0.1}, 30}.limit() == 3);
  CHECK(move_budget{{.share = 1}, 7}.limit() == 7);
}

TEST_CASE("a move counts for exactly one window") {
  const move_budget budget{{}, 20};
  const time_point noon{12h};
  CHECK(budget.left({}, noon) == 1);
  const std::vector made{noon};
  CHECK(budget.left(made, noon) == 0);
  CHECK(budget.left(made, noon + 1h - 1ns) == 0);
  CHECK(budget.next_at(made, noon + 5min) == noon + 1h);
  CHECK(budget.left(made, noon + 1h) == 1);
  CHECK(budget.next_at(made, noon + 2h) == noon + 2h);
}

TEST_CASE("a budget of nothing never lets a move start") {
  const move_budget budget{{}, 5};
  CHECK(budget.left({}, {}) == 0);
  CHECK(budget.next_at({}, time_point{1h}) == time_point{2h});
}

TEST_CASE("no rolling window ever holds more moves than the budget, and none is held back without need") {
  random_stream random{5};
  const move_budget budget{{.share = 0.3}, 10};
  std::vector<time_point> made;
  time_point now{};
  for (int i = 0; i < 2000; ++i) {
    now += std::chrono::minutes{random.below(20)};
    const auto in_window =
        static_cast<std::size_t>(std::ranges::count_if(made, [&](time_point t) { return now - t < 1h; }));
    REQUIRE(in_window <= 3);
    CHECK(budget.left(made, now) == 3 - in_window);
    if (in_window == 3) {
      const auto next = budget.next_at(made, now);
      CHECK(budget.left(made, next - 1ns) == 0);
      CHECK(budget.left(made, next) > 0);
      continue;
    }
    made.push_back(now);
  }
}
