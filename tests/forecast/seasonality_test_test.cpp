#include <foreshift/core/random.hpp>
#include <foreshift/forecast/seasonality_test.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

TEST_CASE("autocorrelations are sums over pairs") {
  const std::vector<double> y{1, 2, 4, 3, 0};  // mean 2, deviations -1 0 2 1 -2, squares 10
  const auto r = autocorrelations(y, 6);
  CHECK(r[0] == doctest::Approx((0 + 0 + 2 - 2) / 10.0));
  CHECK(r[1] == doctest::Approx((-2 + 0 - 4) / 10.0));
  CHECK(r[3] == doctest::Approx(2 / 10.0));
  CHECK(r[4] == 0);
}

TEST_CASE("a season stands out, noise does so in about one case of ten") {
  int false_alarms = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    random_stream random{seed};
    std::vector<double> noise, season;
    for (int i = 0; i < 200; ++i) {
      noise.push_back(random.normal());
      season.push_back(noise.back() + 2 * std::sin(i * 6.283185307179586 / 12));
    }
    false_alarms += is_seasonal(noise, 12) ? 1 : 0;
    CHECK(is_seasonal(season, 12));
  }
  CHECK(false_alarms > 16);  // 40 expected, standard deviation 6; Bartlett's formula is conservative
  CHECK(false_alarms < 60);
}

TEST_CASE("no variation, two seasons or less and a season of one step are no season") {
  CHECK_FALSE(is_seasonal(std::vector<double>(100, 0.1), 12));
  CHECK_FALSE(is_seasonal(std::vector<double>(100, std::numeric_limits<double>::quiet_NaN()), 12));
  std::vector<double> y;
  for (int i = 0; i < 24; ++i) y.push_back(i % 12);
  CHECK_FALSE(is_seasonal(y, 12));
  CHECK_FALSE(is_seasonal(y, 1));
  y.push_back(0);
  CHECK(is_seasonal(y, 12));
}

TEST_CASE("the scale of a series does not matter, and gaps are nothing but average") {
  std::vector<double> y;
  for (int i = 0; i < 100; ++i) y.push_back(i % 12 < 6 ? 1.0 : 2.0);
  for (const double scale : {1e-300, 1e-150, 1e99}) {
    auto scaled = y;
    for (double& v : scaled) v *= scale;
    CHECK(is_seasonal(scaled, 12));
  }
  for (std::size_t i = 0; i < 100; i += 5) y[i] = std::numeric_limits<double>::quiet_NaN();
  CHECK(is_seasonal(y, 12));
}
