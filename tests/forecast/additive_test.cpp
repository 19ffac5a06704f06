#include "reference_table.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/additive.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;
using forecast_test::reference_table;
using forecast_test::reference_text;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();
constexpr std::chrono::hours hour{1};

// What R's prophet was given and what it answered: tests/data/reference/r_prophet.md.
struct peer {
  std::map<std::string, std::vector<double>> curves;
  telemetry::series history;      // months: one observation and a month of gaps each
  std::vector<std::size_t> step;  // of each row, future rows included
  forecast::detail::additive_parameters stan;
  double stan_sigma = 0;
  std::vector<double> changepoints;

  peer(const std::string& name, duration grid_step) : curves(reference_table("r_prophet_" + name + ".csv")) {
    const auto dates = reference_text("r_prophet_" + name + ".csv").at("ds");
    const auto& y = curves["y"];
    history.start = *parse_time(dates.at(0));
    history.step = grid_step;
    for (std::size_t i = 0; i < dates.size(); ++i) {
      step.push_back(static_cast<std::size_t>((*parse_time(dates[i]) - history.start) / grid_step));
      if (std::isnan(y[i])) continue;
      history.values.resize(step.back() + 1, gap);
      history.values.back() = y[i];
    }
    const auto params = reference_text("r_prophet_" + name + "_params.csv");
    for (std::size_t i = 0; i < params.at("name").size(); ++i) {
      const std::string& what = params.at("name")[i];
      const double value = forecast_test::number(params.at("value")[i]);
      if (what == "k") stan.k = value;
      if (what == "m") stan.m = value;
      if (what == "sigma_obs") stan_sigma = value;
      if (what.starts_with("delta")) stan.delta.push_back(value);
      if (what.starts_with("beta")) stan.beta.push_back(value);
      if (what.starts_with("changepoint_t")) changepoints.push_back(value);
    }
  }
  // The largest difference over history and future, against the range of the series.
  [[nodiscard]] double off(const std::string& column, const std::vector<double>& ours) const {
    double low = INFINITY, high = -INFINITY, most = 0;
    for (const double v : history.values)
      if (!std::isnan(v)) low = std::min(low, v), high = std::max(high, v);
    const auto& theirs = curves.at(column);
    for (std::size_t i = 0; i < step.size(); ++i) most = std::max(most, std::abs(ours[step[i]] - theirs[i]));
    return most / (high - low);
  }
};

// Same problem, no greater loss, and the same curves.
additive_components agree(const std::string& name, const additive& spec, duration step,
                          regressor_view x = {}) {
  CAPTURE(name);
  const peer r{name, step};
  const auto known = x.slice(0, x.columns == 0 ? 0 : r.history.size());
  const forecast::detail::additive_fit prepared{spec, r.history, known};
  const auto& problem = prepared.problem();
  REQUIRE(problem.features() == r.stan.beta.size());
  REQUIRE(problem.changepoints.size() == r.changepoints.size());
  for (std::size_t j = 0; j < r.changepoints.size(); ++j)
    CHECK(problem.changepoints[j] == doctest::Approx(r.changepoints[j]).epsilon(1e-12));

  const auto m = *fit(spec, r.history, known);
  CHECK(m.converged());
  const double theirs = forecast::detail::penalised_loss(problem, r.stan, r.stan_sigma);
  INFO("penalised loss " << m.loss() << ", at Stan's parameters " << theirs);
  CHECK(m.loss() <= theirs);

  const auto parts = components(m, {r.history.start, step, r.step.back() + 1}, x);
  CHECK(r.off("trend", parts.trend) < 0.02);
  CHECK(r.off("yhat", parts.yhat) < 0.02);
  CHECK(r.off("additive_terms", parts.additive_terms) < 0.02);
  for (std::size_t i = 0; i < r.step.size(); ++i)  // a share of the trend
    CHECK(std::abs(parts.multiplicative_terms[r.step[i]] - r.curves.at("multiplicative_terms")[i]) < 0.02);
  for (const char* season : {"yearly", "weekly", "daily", "campaign"})
    if (r.curves.contains(season) && parts.find(season)->mode == effect_mode::additive)
      CHECK(r.off(season, parts.find(season)->values) < 0.02);

  std::vector<double> ahead(r.step.back() + 1 - r.history.size());  // what the model itself forecasts
  predict_mean(m, x.slice(x.columns == 0 ? 0 : r.history.size(), x.columns == 0 ? 0 : ahead.size()), ahead);
  for (std::size_t h = 0; h < ahead.size(); ++h)
    CHECK(ahead[h] == doctest::Approx(parts.yhat[r.history.size() + h]).epsilon(1e-9));
  return parts;
}

additive with_campaigns() {
  additive_holiday campaign{.name = "campaign", .upper_window = 1};
  const auto events = reference_text("r_prophet_events.csv");
  for (const std::string& day : events.at("ds")) campaign.days.push_back(*parse_time(day));
  return {.holidays = {campaign}};
}

std::vector<double> rising(std::size_t n) {
  random_stream random{1};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t) y.push_back(10 + 0.1 * static_cast<double>(t) + random.normal());
  return y;
}

}  // namespace

TEST_CASE("Prophet's curves: months with a yearly season, added and multiplied") {
  agree("air_add", {}, 24 * hour);
  agree("air_mult", {.seasonality_mode = effect_mode::multiplicative}, 24 * hour);
}

TEST_CASE("Prophet's curves: hours with a daily and a weekly season") { agree("hourly_load", {}, hour); }

TEST_CASE("Prophet's curves: days with events in a window") {
  agree("daily_events", with_campaigns(), 24 * hour);
}

TEST_CASE("Prophet's curves: logistic growth") {
  agree("daily_logistic", {.growth = trend_growth::logistic, .cap = 100}, 24 * hour);
}

TEST_CASE("Prophet's curves: a regressor beside events") {
  auto spec = with_campaigns();
  spec.regressors = {{.name = "temperature"}};
  const peer r{"daily_regressor", 24 * hour};
  const auto parts = agree("daily_regressor", spec, 24 * hour, {r.curves.at("temp"), 1});
  CHECK(r.off("extra_regressors_additive", parts.find("temperature")->values) < 0.02);
  CHECK(r.off("holidays", parts.total(component_kind::holiday, effect_mode::additive)) < 0.02);
}

TEST_CASE("change points stand at equal numbers of observations, or where they are asked for") {
  const auto y = rising(101);
  const auto at = [&](const additive& spec) {
    const auto m = *fit(spec, {{}, hour, y}, {});
    return std::vector<double>(m.changepoints().begin(), m.changepoints().end());
  };
  CHECK(at({.n_changepoints = 4, .changepoint_range = 0.8}) == std::vector<double>{0.2, 0.4, 0.59, 0.79});
  CHECK(at({.n_changepoints = 0}).empty());
  const time_point start{};
  CHECK(at({.changepoints = {{start + 50 * hour, start - hour, start + 10 * hour, start + 500 * hour,
                              start + 10 * hour}}}) == std::vector<double>{0.1, 0.5});
  CHECK(at({.growth = trend_growth::flat}).empty());
  // Few observations have fewer of them: 10 x 0.8 = 8 leave 7.
  CHECK(fit(additive{}, {{}, hour, std::span{y}.first(10)}, {})->changepoints().size() == 7);
}

TEST_CASE("regressors that do not fit are told") {
  const auto y = rising(50);
  const telemetry::series_view view{{}, hour, y};
  const std::vector<double> good(50, 1.0), odd(49, 1.0);
  auto broken = good;
  broken[7] = gap;
  CHECK(fit(additive{}, view, {good, 1}));
  CHECK(fit(additive{}, view, {odd, 1}).error() == errc::bad_regressors);
  CHECK(fit(additive{}, view, {broken, 1}).error() == errc::bad_regressors);
  CHECK(fit(additive{.regressors = {{}, {}}}, view, {good, 1}).error() == errc::bad_regressors);
  CHECK(fit(additive{.regressors = {{}}}, view, {}).error() == errc::bad_regressors);
  CHECK(fit(additive{}, view.first(1), {}).error() == errc::too_short);
}

TEST_CASE("any unit of the series gives the same shape") {
  const auto y = rising(200);
  const auto base = *fit(additive{}, {{}, hour, y}, {});
  std::vector<double> expected(5), out(5);
  predict_mean(base, {}, expected);
  for (const double unit : {1e-200, 1e-3, 1e98}) {
    auto scaled = y;
    for (double& v : scaled) v *= unit;
    predict_mean(*fit(additive{}, {{}, hour, scaled}, {}), {}, out);
    for (std::size_t h = 0; h < 5; ++h) CHECK(out[h] / unit == doctest::Approx(expected[h]).epsilon(1e-6));
  }
}

TEST_CASE("seasons too many for the history, and steps that alias them, are survived") {
  const auto y = rising(30);
  std::vector<double> out(40);
  const additive many{.yearly_seasonality = 50, .weekly_seasonality = 20, .daily_seasonality = 12};
  for (const duration step : {duration{hour}, duration{6 * hour}, duration{24 * 7 * hour}, duration{1}}) {
    for (const auto mode : {effect_mode::additive, effect_mode::multiplicative}) {
      auto spec = many;
      spec.seasonality_mode = mode;
      const auto m = *fit(spec, {{}, step, y}, {});
      predict_mean(m, {}, out);
      for (const double v : out) CHECK(std::abs(v) < 1000);  // the series lies in 10 to 15
    }
  }
}
