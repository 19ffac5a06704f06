#include <foreshift/core/random.hpp>
#include <foreshift/numeric/summation.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;

TEST_CASE("small terms survive beside large ones") {
  const std::vector<double> v = {1.0, 1e100, 1.0, -1e100};  // Neumaier's own example; a plain sum gives 0
  CHECK(numeric::sum(v) == 2.0);
}

TEST_CASE("a million tenths are a hundred thousand") {
  const std::vector<double> v(1'000'000, 0.1);
  CHECK(numeric::sum(v) == 100000.0);  // a plain sum is off by 1.3e-6
}

TEST_CASE("the sum does not depend on the order of its terms") {
  random_stream random{1};
  std::vector<double> v(1000);
  for (double& x : v) x = std::ldexp(random.normal(), static_cast<int>(random.below(40)));
  const double once = numeric::sum(v);
  for (int round = 0; round < 20; ++round) {
    shuffle(std::span{v}, random);
    // The condition number here is below 100, so one rounding of the result is all that may differ.
    CHECK(numeric::sum(v) == doctest::Approx(once).epsilon(1e-15));
  }
}

TEST_CASE("an infinity stays one, and NaN is not hidden") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  CHECK(numeric::sum(std::vector<double>{1, inf, 2}) == inf);
  CHECK(std::isnan(numeric::sum(std::vector<double>{1, inf, -inf})));
  CHECK(std::isnan(numeric::sum(std::vector<double>{1, std::nan(""), 2})));
  CHECK(numeric::sum({}) == 0);
}
