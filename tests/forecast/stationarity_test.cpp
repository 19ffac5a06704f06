#include <foreshift/core/random.hpp>
#include <foreshift/forecast/stationarity.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

TEST_CASE("the statistic of a ramp is known in closed form") {
  // 0, 1, 2, 3 about its mean: partial sums -1.5, -2, -1.5, 0; no lags at n = 4
  CHECK(kpss_statistic(std::vector<double>{0, 1, 2, 3}) == doctest::Approx((2.25 + 4 + 2.25) / (4 * 5.0)));
  CHECK(kpss_statistic(std::vector<double>(20, 7.0)) == 0);
  CHECK(kpss_statistic({}) == 0);
}

TEST_CASE("noise needs no difference, a walk one, a sum of walks two") {
  random_stream random{2};
  std::vector<double> noise, walk{0}, twice{0};
  for (int t = 0; t < 500; ++t) {
    noise.push_back(random.normal());
    walk.push_back(walk.back() + random.normal());
    twice.push_back(twice.back() + walk.back());
  }
  CHECK(differences_to_level(noise, 2) == 0);
  CHECK(differences_to_level(walk, 2) == 1);
  CHECK(differences_to_level(twice, 2) == 2);
  CHECK(differences_to_level(twice, 1) == 1);
}

TEST_CASE("the unit of the series does not matter") {
  random_stream random{4};
  std::vector<double> y{0};
  for (int t = 0; t < 200; ++t) y.push_back(y.back() + random.normal());
  const double one = kpss_statistic(y);
  for (const double unit : {1e-200, 1e99}) {
    auto scaled = y;
    for (double& v : scaled) v *= unit;
    CHECK(kpss_statistic(scaled) == doctest::Approx(one).epsilon(1e-10));
  }
}
