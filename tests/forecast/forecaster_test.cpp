// One suite over every model of the concepts Forecaster and FittedModel, and types that must not satisfy
// them.

#include "every_forecaster.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

// Every model with options that suit a season of 24 and histories from 100 observations.
template <class Spec>
Spec example() {
  return forecast_test::small<Spec>();
}
template <>
streaming_selection example<streaming_selection>() {
  return {.pool = {naive{}, seasonal_naive{24}, level_median{}, seasonal_ar{}}, .horizon = 6, .mean_of = 2};
}
template <>
any_forecaster example<any_forecaster>() {
  return seasonal_ar{};
}

template <>
backtested<any_forecaster> example<backtested<any_forecaster>>() {
  return {.inner = exponential_smoothing{}};
}
template <>
backtested<streaming_selection> example<backtested<streaming_selection>>() {
  return {.inner = example<streaming_selection>()};
}

telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }

// A day's pattern, noise, and a level.
std::vector<double> pattern(std::size_t n, std::uint64_t seed = 1) {
  random_stream random{seed};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t)
    y.push_back(50 + 20 * std::sin(static_cast<double>(t) * 6.283185307179586 / 24) + 3 * random.normal());
  return y;
}

template <class Model>
std::vector<double> curve(const Model& m, std::size_t h = 12) {
  std::vector<double> out(h);
  predict_mean(m, {}, out);
  return out;
}

bool all_finite(const std::vector<double>& v) {
  return std::ranges::all_of(v, [](double x) { return std::isfinite(x); });
}

}  // namespace

// Near misses: each lacks one thing.
namespace forecast_near_miss {

struct no_update {
  friend void predict_mean(const no_update&, regressor_view, std::span<double>);
};
struct returns_error {
  friend bool update(returns_error&, double, std::span<const double>);
  friend void predict_mean(const returns_error&, regressor_view, std::span<double>);
};
struct predicts_by_mutation {
  friend void update(predicts_by_mutation&, double, std::span<const double>);
  friend void predict_mean(predicts_by_mutation&, regressor_view, std::span<double>);
};
struct cannot_be_copied {
  cannot_be_copied(const cannot_be_copied&) = delete;
  friend void update(cannot_be_copied&, double, std::span<const double>);
  friend void predict_mean(const cannot_be_copied&, regressor_view, std::span<double>);
};
struct without_model {
  friend result<naive_model, errc> fit(const without_model&, telemetry::series_view, regressor_view);
};
struct returns_bare_model {
  using model = naive_model;
  friend naive_model fit(const returns_bare_model&, telemetry::series_view, regressor_view);
};

static_assert(FittedModel<naive_model>);
static_assert(!FittedModel<no_update> && !FittedModel<returns_error> && !FittedModel<predicts_by_mutation>);
static_assert(!FittedModel<cannot_be_copied> && !FittedModel<int>);

static_assert(Forecaster<naive>);
static_assert(!Forecaster<without_model> && !Forecaster<returns_bare_model> && !Forecaster<naive_model>);
static_assert(Predictor<backtested_model<naive>> && !Predictor<naive_model>);

}  // namespace forecast_near_miss

TEST_CASE_TEMPLATE("a copy forecasts alike and learns on its own", F, EVERY_FORECASTER) {
  const auto y = pattern(400);
  auto a = *fit(example<F>(), hourly(y), {});
  auto b = a;
  CHECK(curve(a) == curve(b));
  const auto before = curve(a);
  for (int i = 0; i < 30; ++i) update(b, 1000 + i, {});
  CHECK(curve(a) == before);
  CHECK(curve(a) != curve(b));
  for (int i = 0; i < 30; ++i) update(a, 1000 + i, {});
  CHECK(curve(a) == curve(b));
}

TEST_CASE_TEMPLATE("the same input gives the same forecast", F, EVERY_FORECASTER) {
  const auto y = pattern(300);
  CHECK(curve(*fit(example<F>(), hourly(y), {})) == curve(*fit(example<F>(), hourly(y), {})));
}

TEST_CASE_TEMPLATE("a constant series is forecast to stay constant", F, EVERY_FORECASTER) {
  for (const double c : {0.0, 5.0, -3e7, 1e-12}) {
    auto m = *fit(example<F>(), hourly(std::vector<double>(120, c)), {});
    for (int i = 0; i < 40; ++i) update(m, c, {});
    for (const double v : curve(m)) CHECK(v == doctest::Approx(c).epsilon(1e-9));
  }
}

TEST_CASE_TEMPLATE("gaps of any place and length leave every mean finite and in range", F, EVERY_FORECASTER) {
  const auto y = pattern(400);
  for (const std::size_t at : {0U, 60U, 150U})
    for (const std::size_t length : {1U, 30U, 200U}) {
      auto holed = y;
      for (std::size_t i = at; i < at + length; ++i) holed[i] = i % 3 == 0 ? gap : INFINITY;
      auto m = *fit(example<F>(), hourly(holed), {});
      for (int i = 0; i < 60; ++i) update(m, gap, {});
      for (const double v : curve(m)) {
        CHECK(v > -50);  // the pattern lies in 50 +- 35
        CHECK(v < 150);
      }
    }
}

TEST_CASE_TEMPLATE("after huge, tiny and alternating inputs every mean is finite", F, EVERY_FORECASTER) {
  for (const double scale : {1e-200, 1e-30, 1e30, 1e99, 1e300}) {
    auto y = pattern(150);
    auto m = *fit(example<F>(), hourly(y), {});
    for (std::size_t i = 0; i < 200; ++i) {
      update(m, (i % 2 == 0 ? 1.0 : -1.0) * scale, {});
      REQUIRE(all_finite(curve(m, 6)));
    }
    for (double& v : y) v *= std::min(scale, 1e97);
    auto scaled = *fit(example<F>(), hourly(y), {});
    CHECK(all_finite(curve(scaled)));
    for (int i = 0; i < 50; ++i) update(scaled, 1.0, {});
    CHECK(all_finite(curve(scaled)));
  }
}

TEST_CASE_TEMPLATE("no observation at all is a named error", F, EVERY_FORECASTER) {
  const auto none = fit(example<F>(), hourly({}), {});
  REQUIRE_FALSE(none);
  const auto gaps = fit(example<F>(), hourly(std::vector<double>(200, gap)), {});
  REQUIRE_FALSE(gaps);
  CHECK(gaps.error() == errc::all_missing);
  const auto absurd = fit(example<F>(), hourly(std::vector<double>(200, 1e250)), {});
  REQUIRE_FALSE(absurd);
  CHECK(absurd.error() == errc::all_missing);
  CHECK_FALSE(explain(none.error()).empty());
}

TEST_CASE_TEMPLATE("any length of history gives a forecast or a named error", F, EVERY_FORECASTER) {
  const auto y = pattern(80);
  bool worked = false;
  for (std::size_t n = 1; n <= y.size(); ++n) {
    const auto m = fit(example<F>(), hourly(y).first(n), {});
    if (m) CHECK(all_finite(curve(*m)));
    CHECK(!(worked && !m));  // more history never makes it fail
    worked = worked || m.has_value();
  }
  CHECK(worked);
}

TEST_CASE_TEMPLATE("what is learned by updating forecasts about as well as a new fit", F, EVERY_FORECASTER) {
  const auto y = pattern(700);
  auto streamed = *fit(example<F>(), hourly(y).first(300), {});
  for (std::size_t t = 300; t < 650; ++t) update(streamed, y[t], {});
  const auto refitted = *fit(example<F>(), hourly(y).first(650), {});
  const auto a = curve(streamed), b = curve(refitted);
  double difference = 0;
  for (std::size_t h = 0; h < a.size(); ++h) difference += std::abs(a[h] - b[h]) / 12;
  CHECK(difference < 1.5);  // half of the noise's standard deviation
}

TEST_CASE("updates of models without a robust start equal a refit") {
  const auto y = pattern(500);
  const auto equal = [&](const any_forecaster& spec) {
    auto streamed = *fit(spec, hourly(y).first(200), {});
    for (std::size_t t = 200; t < y.size(); ++t) update(streamed, y[t], {});
    return curve(streamed) == curve(*fit(spec, hourly(y), {}));
  };
  CHECK(equal(naive{}));
  CHECK(equal(seasonal_naive{24}));
  CHECK(equal(level_median{7}));
  CHECK(equal(exponential_smoothing{}));
  CHECK(equal(local_reversion{}));
  CHECK(equal(seasonal_median{.season_length = 24, .seasons_max = 30}));
}
