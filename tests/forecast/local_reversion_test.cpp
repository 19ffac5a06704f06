#include <foreshift/core/random.hpp>
#include <foreshift/forecast/local_reversion.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }
}  // namespace

TEST_CASE("a deviation dies out geometrically towards the level") {
  random_stream random{3};
  std::vector<double> y{0};
  for (int i = 0; i < 3000; ++i) y.push_back(0.8 * y.back() + random.normal());
  y.push_back(5);
  const auto m = *fit(local_reversion{.window = 400, .memory = 3000}, hourly(y), {});
  // The standard error of the coefficient is sqrt((1 - 0.64) / 3000) = 0.011; bounding the rows biases it a
  // little.
  CHECK(m.coefficient() == doctest::Approx(0.8).epsilon(0.06));
  std::array<double, 60> out{};
  predict_mean(m, {}, out);
  CHECK(out[0] == doctest::Approx(0.8 * 5).epsilon(0.1));
  for (std::size_t h = 1; h < out.size(); ++h) CHECK(out[h] < out[h - 1]);
  CHECK(std::abs(out.back()) < 0.6);  // the median of 400 steps: standard error about 0.2
}

TEST_CASE("white noise reverts at once") {
  random_stream random{4};
  std::vector<double> y;
  for (int i = 0; i < 2000; ++i) y.push_back(random.normal());
  CHECK(fit(local_reversion{}, hourly(y), {})->coefficient() < 0.15);
}

TEST_CASE("before anything is known the prior stands") {
  CHECK(fit(local_reversion{.prior = 0.3}, hourly({4}), {})->coefficient() == 0.3);
}
