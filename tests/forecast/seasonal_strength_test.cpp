#include <foreshift/core/random.hpp>
#include <foreshift/forecast/seasonal_strength.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
std::vector<double> seasonal(double amplitude, std::size_t n) {
  random_stream random{6};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t)
    y.push_back(0.05 * static_cast<double>(t) + random.normal() +
                amplitude * std::sin(6.283185307179586 * static_cast<double>(t) / 12));
  return y;
}
}  // namespace

TEST_CASE("a season is strong when it is larger than the noise") {
  CHECK(seasonal_strength(seasonal(5, 240), 12) > 0.9);
  CHECK(seasonal_strength(seasonal(0.3, 240), 12) < strong_season);
  CHECK(seasonal_strength(seasonal(5, 240), 7) < strong_season);  // not this season
}

TEST_CASE("any length and season has a strength between zero and one") {
  for (std::size_t n = 0; n < 60; ++n)
    for (std::size_t m = 1; m < 30; ++m) {
      const double s = seasonal_strength(seasonal(2, n), m);
      CHECK(s >= 0);
      CHECK(s <= 1);
      if (n <= 2 * m) CHECK(s == 0);
    }
  CHECK(seasonal_strength(std::vector<double>(100, 3.0), 12) == 0);
}
