#include <foreshift/forecast/line_search.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace foreshift::forecast;

TEST_CASE("the bottom of the deepest valley is found to the precision asked for") {
  const auto two_valleys = [](double x) {
    return std::min((x - 0.2) * (x - 0.2), (x - 0.83) * (x - 0.83) - 0.01);
  };
  CHECK(std::abs(least_argument(two_valleys, {}) - 0.83) < 1e-6);
  const auto kink = [](double x) { return std::abs(x - 0.4321); };
  CHECK(std::abs(least_argument(kink, {.precision = 1e-9}) - 0.4321) < 1e-8);
}

TEST_CASE("a minimum at a bound is that bound") {
  CHECK(least_argument([](double x) { return x; }, {.lower = 0.1, .upper = 0.99}) == 0.1);
  CHECK(least_argument([](double x) { return -x * x; }, {.lower = 0.1, .upper = 0.99}) == 0.99);
}

TEST_CASE("a flat function and one without values still give an argument in range, after few calls") {
  int calls = 0;
  const double flat = least_argument([&](double) { return ++calls, 1.0; }, {.lower = 2, .upper = 3});
  CHECK(flat >= 2);
  CHECK(flat <= 3);
  const double none = least_argument([&](double) { return ++calls, NAN; }, {.lower = 2, .upper = 3});
  CHECK(none >= 2);
  CHECK(none <= 3);
  CHECK(calls <= 2 * (12 + 62));
}
