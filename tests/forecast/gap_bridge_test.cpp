#include <foreshift/forecast/gap_bridge.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift::forecast;

TEST_CASE("gaps lie on lines inside and repeat the nearest observation outside") {
  constexpr double gap = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> y{gap, INFINITY, 2, gap, gap, 8, 1e200, 10, gap};
  CHECK(bridge_gaps(y) == 6);
  CHECK(y == std::vector<double>{2, 2, 2, 4, 6, 8, 9, 10, 10});
}

TEST_CASE("a series without gaps or without observations is left alone") {
  std::vector<double> y{1, 2, 3};
  CHECK(bridge_gaps(y) == 0);
  CHECK(y == std::vector<double>{1, 2, 3});
  std::vector<double> none(3, std::numeric_limits<double>::quiet_NaN());
  CHECK(bridge_gaps(none) == 0);
  CHECK(std::isnan(none[1]));
}
