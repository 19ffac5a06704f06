#include <foreshift/forecast/observation.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift::forecast;

TEST_CASE("only finite values of a plausible size are observations") {
  for (const double y : {0.0, -0.0, 1.0, -1e100, 1e100, std::numeric_limits<double>::denorm_min()})
    CHECK(is_observed(y));
  for (const double y : {std::nan(""), double{INFINITY}, -double{INFINITY}, 1.01e100, -1e308})
    CHECK_FALSE(is_observed(y));
  CHECK(count_observed(std::vector<double>{1, std::nan(""), 2, INFINITY}) == 2);
}

TEST_CASE("the first observation is found behind whatever is none") {
  CHECK(first_observed(std::vector<double>{std::nan(""), INFINITY, 3, 4}) == 2);
  CHECK(first_observed(std::vector<double>{3}) == 0);
  CHECK(first_observed(std::vector<double>{std::nan("")}) == 1);
  CHECK(first_observed({}) == 0);
}
