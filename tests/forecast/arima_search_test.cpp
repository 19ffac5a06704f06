#include <foreshift/forecast/arima_search.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <tuple>

using namespace foreshift::forecast;

namespace {
// A bowl with its bottom at (3, 1, 0, 2) and a constant.
double bowl(const arima_candidate& c) {
  const auto square = [](std::size_t a, double b) { return std::pow(static_cast<double>(a) - b, 2); };
  return square(c.p, 3) + square(c.q, 1) + square(c.P, 0) + square(c.Q, 2) + (c.constant ? 0 : 1);
}
}  // namespace

TEST_CASE("the walk ends at the bottom, and evaluates nothing twice") {
  arima_search search{{}, true};
  const auto best = search.walk(search.start(bowl), bowl, 94);
  CHECK(best == arima_candidate{3, 1, 0, 2, true});
  std::set<std::tuple<std::size_t, std::size_t, std::size_t, std::size_t, bool>> seen;
  for (const auto& [c, value] : search.entries()) CHECK(seen.emplace(c.p, c.q, c.P, c.Q, c.constant).second);
}

TEST_CASE("limits are kept, and evaluations are counted") {
  const arima_limits limits{.p = 1, .q = 0, .P = 0, .Q = 0};
  arima_search search{limits, false};
  search.walk(search.start(bowl), bowl, 94);
  for (const auto& [c, value] : search.entries()) {
    CHECK(c.p <= 1);
    CHECK((c.q == 0 && c.P == 0 && c.Q == 0 && !c.constant));
  }
  arima_search small{{}, true};
  const auto from = small.start(bowl);
  const std::size_t before = small.entries().size();
  small.walk(from, bowl, 3);
  CHECK(small.entries().size() == before + 3);
}

TEST_CASE("a visit remembers") {
  arima_search search{{}, false};
  int calls = 0;
  const auto count = [&](const arima_candidate&) { return ++calls; };
  CHECK(search.visit({1, 1, 0, 0, false}, count) == 1);
  CHECK(search.visit({1, 1, 0, 0, false}, count) == 1);
  CHECK(search.known({1, 1, 0, 0, false}));
}
