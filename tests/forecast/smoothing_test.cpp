#include <foreshift/core/random.hpp>
#include <foreshift/forecast/smoothing.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }
}  // namespace

TEST_CASE("with a fixed alpha the level is the textbook recursion") {
  const std::vector<double> y{10, 20, 0};
  const auto m = *fit(exponential_smoothing{.alpha = 0.5}, hourly(y), {});
  CHECK(m.level() == 7.5);  // 10, then 15, then 7.5
}

TEST_CASE("white noise is smoothed strongly, a random walk hardly at all") {
  random_stream random{7};
  std::vector<double> noise, walk{0};
  for (int i = 0; i < 600; ++i) {
    noise.push_back(random.normal());
    walk.push_back(walk.back() + random.normal());
  }
  CHECK(fit(exponential_smoothing{}, hourly(noise), {})->alpha() <= 0.1);
  CHECK(fit(exponential_smoothing{}, hourly(walk), {})->alpha() >= 0.8);
}

TEST_CASE("a gap leaves the level where it is") {
  const std::vector<double> y{1, 5, 2, 8};
  auto m = *fit(exponential_smoothing{}, hourly(y), {});
  const double before = m.level();
  update(m, NAN, {});
  CHECK(m.level() == before);
}
