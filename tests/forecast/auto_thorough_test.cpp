#include <foreshift/core/random.hpp>
#include <foreshift/forecast/auto_thorough.hpp>
#include <foreshift/forecast/saved_model.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }

// An ARMA process around a daily pattern: what a seasonal ARIMA is made for.
std::vector<double> process(std::size_t n) {
  random_stream random{5};
  std::vector<double> y;
  double state = 0;
  for (std::size_t t = 0; t < n; ++t) {
    state = 0.9 * state + random.normal();
    y.push_back(100 + 10 * std::sin(static_cast<double>(t) * 0.2618) + 3 * state);
  }
  return y;
}

}  // namespace

TEST_CASE("a long season gets no seasonal ARIMA and no smoothing, which would take seconds") {
  CHECK(costly_pool({.season_length = 60}).size() == 4);
  CHECK(costly_pool({.season_length = 61}).size() == 3);
}

TEST_CASE("costly methods weigh as much as they are right") {
  const auto y = process(400);
  const auto model = *fit(auto_thorough{.horizon = 24}, hourly(y), {});
  const std::size_t cheap = seasonal_pool({}).size();
  double costly = 0;
  for (const auto& one : model.standings())
    if (one.index >= cheap) costly += one.weight;
  CHECK(costly > 0.3);  // four of twelve members, and one is the process itself

  std::vector<double> curve(24);
  predict_mean(model, {}, curve);
  double error = 0;
  for (std::size_t h = 0; h < curve.size(); ++h)
    error += std::abs(curve[h] - (100 + 10 * std::sin(static_cast<double>(400 + h) * 0.2618))) / 24;
  CHECK(error < 6.9);  // the standard deviation of the process about its pattern
}

TEST_CASE("short series, few values and none") {
  CHECK_FALSE(fit(auto_thorough{}, hourly({}), {}).has_value());
  CHECK(fit(auto_thorough{}, hourly(std::vector<double>(50, NAN)), {}).error() == errc::all_missing);
  for (const std::size_t n : {1U, 5U, 30U, 60U}) {
    const auto y = process(n);
    const auto model = fit(auto_thorough{.horizon = 6}, hourly(y), {});
    REQUIRE(model);
    std::vector<double> curve(6);
    predict_mean(*model, {}, curve);
    CHECK(std::ranges::all_of(curve, [](double v) { return std::isfinite(v); }));
  }
}

TEST_CASE("it is saved with its pool, and restored by the same specification only") {
  const auto y = process(200);
  const auto_thorough spec{.horizon = 12};
  auto model = *fit(spec, hourly(y), {});
  const auto bytes = *save(spec, model);
  auto again = restore(spec, bytes);
  REQUIRE(again.has_value());
  std::vector<double> a(12), b(12);
  update(model, 101.0, {});
  update(*again, 101.0, {});
  predict_mean(model, {}, a);
  predict_mean(*again, {}, b);
  CHECK(a == b);
  CHECK(restore(spec.quick(), bytes).error() == errc::other_model);
}
