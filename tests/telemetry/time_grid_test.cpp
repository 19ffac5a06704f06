#include <foreshift/telemetry/time_grid.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::telemetry;
using namespace std::chrono_literals;

TEST_CASE("every instant falls into the step that covers it, on both sides of the origin") {
  for (auto t = -30s; t <= 30s; t += 1s) {
    const auto k = steps_between(time_point{}, time_point{t}, 7s);
    CHECK(k * 7s <= t);
    CHECK(t < (k + 1) * 7s);
  }
}

TEST_CASE("steps of five minutes start at whole multiples of five minutes, also before 1970") {
  CHECK(align_down(time_point{7min + 1ns}, 5min) == time_point{5min});
  CHECK(align_down(time_point{5min}, 5min) == time_point{5min});
  CHECK(align_down(time_point{-1ns}, 5min) == time_point{-5min});
}

TEST_CASE("a grid knows its own instants and no others") {
  const time_grid grid{time_point{1h}, 5min, 3};
  CHECK_FALSE(grid.index_of(time_point{1h - 1ns}));
  CHECK(grid.index_of(time_point{1h}) == 0);
  CHECK(grid.index_of(time_point{1h + 5min - 1ns}) == 0);
  CHECK(grid.index_of(time_point{1h + 5min}) == 1);
  CHECK(grid.index_of(grid.end() - 1ns) == 2);
  CHECK_FALSE(grid.index_of(grid.end()));
  CHECK_FALSE(time_grid{}.index_of(time_point{}));
}
