#include "saved_model.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>
#include <foreshift/forecast/seasonally_adjusted.hpp>
#include <foreshift/forecast/smoothing.hpp>
#include <foreshift/forecast/theta.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }

// A day of `swing` inside a week of `week`, on a level.
double value(std::size_t t, double swing = 10, double week = 5) {
  return 50 + swing * std::sin(static_cast<double>(t) * 6.283185307179586 / 24) +
         (t % 168 < 120 ? week : -week);
}
std::vector<double> history(std::size_t n, double noise) {
  random_stream random{3};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t) y.push_back(value(t) + noise * random.normal());
  return y;
}

}  // namespace

TEST_CASE("a day inside a week is forecast by a model that knows neither") {
  const auto y = history(168 * 5 + 50, 0.1);
  const auto m = *fit(seasonally_adjusted<theta>{.inner = {.season_length = 1}, .season_lengths = {24, 168}},
                      hourly(y), {});
  const auto ahead = forecast_test::mean_curve(m, 168);
  for (std::size_t h = 0; h < 168; ++h)
    CHECK(std::abs(ahead[h] - value(y.size() + h)) < 2);  // a fifth of the swing
}

TEST_CASE("the forecast is that of the adjusted series plus the last season") {
  const auto y = history(500, 1);
  const auto parts = *decompose(mstl{.season_lengths = {24}}, y);
  const auto rest = without_seasons(parts);
  const auto inner = forecast_test::mean_curve(*fit(exponential_smoothing{}, hourly(rest), {}), 30);
  const auto whole =
      forecast_test::mean_curve(*fit(seasonally_adjusted<exponential_smoothing>{}, hourly(y), {}), 30);
  for (std::size_t h = 0; h < 30; ++h) CHECK(whole[h] == inner[h] + parts.seasonal[500 - 24 + h % 24]);
}

TEST_CASE("a fixed pattern stays, a following one learns a new day") {
  const auto y = history(24 * 20, 0.1);
  auto fixed = *fit(seasonally_adjusted<exponential_smoothing>{.season_rate = 0}, hourly(y), {});
  auto following = *fit(seasonally_adjusted<exponential_smoothing>{.season_rate = 0.3}, hourly(y), {});
  std::size_t t = y.size();
  for (std::size_t i = 0; i < 24 * 20; ++i, ++t)  // the swing turns round, the level stays
    update(fixed, value(t, -10, 0), {}), update(following, value(t, -10, 0), {});
  double off_fixed = 0, off_following = 0;
  const auto a = forecast_test::mean_curve(fixed, 24), b = forecast_test::mean_curve(following, 24);
  for (std::size_t h = 0; h < 24; ++h) {
    off_fixed += std::abs(a[h] - value(t + h, -10, 0)) / 24;
    off_following += std::abs(b[h] - value(t + h, -10, 0)) / 24;
  }
  CHECK(off_fixed > 8);
  CHECK(off_following < 1);
}

TEST_CASE("without two seasons of history the wrapped model is alone") {
  const auto y = history(40, 1);
  const auto m = *fit(seasonally_adjusted<naive>{}, hourly(y), {});
  CHECK(m.season_lengths().empty());
  CHECK(forecast_test::mean_curve(m) == std::vector<double>(12, y.back()));
  CHECK(fit(seasonally_adjusted<naive>{.season_lengths = {24, 168}}, hourly(history(200, 1)), {})
            ->season_lengths()
            .size() == 1);
}

TEST_CASE("gaps reach the wrapped model as gaps") {
  auto y = history(24 * 10, 1);
  y.back() = gap;
  auto m = *fit(seasonally_adjusted<naive>{}, hourly(y), {});
  const double last = m.inner().last;
  update(m, gap, {});
  CHECK(m.inner().last == last);
  CHECK(fit(seasonally_adjusted<naive>{}, hourly(std::vector<double>(100, gap)), {}).error() ==
        errc::all_missing);
  CHECK(fit(seasonally_adjusted<naive>{}, hourly({}), {}).error() == fit(naive{}, hourly({}), {}).error());
}

TEST_CASE("regressors act on the adjusted series") {
  std::vector<double> y = history(24 * 12, 0.1), x(y.size(), 0.0);
  for (std::size_t t = 5; t < y.size(); t += 37) x[t] = 1, y[t] += 30;
  const auto m = fit(seasonally_adjusted<seasonal_ar>{}, hourly(y), {x, 1});
  REQUIRE(m);
  const std::vector<double> now{0, 1, 0};
  std::vector<double> with(3), without(3);
  predict_mean(*m, {now, 1}, with);
  predict_mean(*m, {std::vector<double>(3, 0.0), 1}, without);
  CHECK(with[1] - without[1] > 15);  // at least half of the effect
}

TEST_CASE("a saved model comes back, damage does no harm") {
  const auto y = history(168 * 3, 1);
  const seasonally_adjusted<theta> spec{.inner = {.season_length = 1}, .season_lengths = {6, 12}};
  const auto m = *fit(spec, hourly(y), {});
  forecast_test::check_saving(m, *fit(seasonally_adjusted<theta>{}, hourly(y), {}));
}
