#include <foreshift/core/random.hpp>
#include <foreshift/forecast/decomposition.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

// Trend and season of given sizes with unit noise.
decomposition made(double slope, double swing, double noise) {
  random_stream random{4};
  decomposition d{{4}, {}, {}, {}, {}};
  for (int i = 0; i < 400; ++i) {
    d.trend.push_back(slope * i);
    d.seasonal.push_back(i % 4 < 2 ? swing : -swing);
    d.remainder.push_back(noise * random.normal());
  }
  return d;
}

}  // namespace

TEST_CASE("strengths run from nothing to everything") {
  CHECK(seasonal_strength(made(0, 0, 1)) < 0.01);
  CHECK(trend_strength(made(0, 0, 1)) == 0);
  CHECK(seasonal_strength(made(0, 5, 0)) == 1);
  CHECK(trend_strength(made(1, 5, 0)) == 1);
  CHECK(seasonal_strength(made(0, 0, 0)) == 0);
}

TEST_CASE("a season as large as the noise has half the strength") {
  // Var(S + R) = 2 Var(R); with 400 values the ratio is known within about 0.05
  CHECK(seasonal_strength(made(0, 1, 1)) == doctest::Approx(0.5).epsilon(0.1));
}

TEST_CASE("gaps count for neither strength and stay gaps without seasons") {
  auto d = made(0.1, 2, 1);
  const double before = seasonal_strength(d);
  d.remainder[7] = d.remainder[200] = std::numeric_limits<double>::quiet_NaN();
  CHECK(seasonal_strength(d) == doctest::Approx(before).epsilon(0.01));
  const auto rest = without_seasons(d);
  CHECK(std::isnan(rest[7]));
  CHECK(rest[8] == d.trend[8] + d.remainder[8]);
}
