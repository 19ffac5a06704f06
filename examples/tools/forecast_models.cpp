#include "forecast_models.hpp"

#include <foreshift/forecast/additive.hpp>
#include <foreshift/forecast/any_forecaster.hpp>
#include <foreshift/forecast/auto_arima.hpp>
#include <foreshift/forecast/auto_ets.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/auto_thorough.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/dynamic_regression.hpp>
#include <foreshift/forecast/lstm.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/forecast/optimised_theta.hpp>
#include <foreshift/forecast/robust_level.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>
#include <foreshift/forecast/seasonal_median.hpp>
#include <foreshift/forecast/seasonally_adjusted.hpp>
#include <foreshift/forecast/smoothing.hpp>
#include <foreshift/forecast/theta.hpp>

#include <algorithm>
#include <utility>

namespace tool {

using foreshift::failure;
using foreshift::result;
using namespace foreshift::forecast;

namespace {

/// How the default is held against the past is how every model is: the same origins, the same intervals.
backtested<auto_forecaster> calibrated_default(const model_choice& c) {
  auto spec = calibrated(auto_forecaster{
      .season_length = c.season_length, .seasons_in_cycle = c.seasons_in_cycle, .horizon = c.horizon});
  spec.lower = c.lower;
  spec.upper = c.upper;
  return spec;
}

template <class Spec>
forecast_function function_of(backtested<Spec> spec) {
  return [spec = std::move(spec)](const series_task& task) -> result<series_forecast, errc> {
    const auto model = fit(spec, task.past, regressor_view{});
    if (!model) return failure{model.error()};
    series_forecast out{predict(*model, task.wanted), {}, {}};
    out.exceeds.resize(task.limits.size());
    for (std::size_t h = 0; h < task.limits.size(); ++h)  // few limits differ: one call for each of them
      if (h == 0 || task.limits[h] != task.limits[h - 1]) {
        const auto above = probability_exceeds(*model, out.curve.mean, task.limits[h]);
        for (std::size_t k = h; k < task.limits.size(); ++k)
          if (task.limits[k] == task.limits[h]) out.exceeds[k] = above[k];
      }
    return out;
  };
}

/// The seasons that a decomposition takes out.
std::vector<std::size_t> seasons_of(const model_choice& c) {
  if (c.seasons_in_cycle < 2) return {c.season_length};
  return {c.season_length, c.season_length * c.seasons_in_cycle};
}

/// For a model that only knows its mean: its distribution comes from its errors in the past.
forecast_function by_backtest(const model_choice& c, any_forecaster point) {
  const auto like = calibrated_default(c);
  return function_of(backtested<any_forecaster>{.inner = std::move(point),
                                                .horizon = like.horizon,
                                                .errors_kept = like.errors_kept,
                                                .every = like.every,
                                                .lower = like.lower,
                                                .upper = like.upper});
}

constexpr model_entry models[] = {
    {"auto", "a pool of quick models, weighted by how right each has been on this series; the default",
     [](const model_choice& c) { return function_of(calibrated_default(c)); }},
    {"auto-thorough", "the same with ARIMA, ETS, Theta and an LSTM in the pool; forty times slower",
     [](const model_choice& c) {
       auto spec = calibrated(auto_thorough{.season_length = c.season_length,
                                            .seasons_in_cycle = c.seasons_in_cycle,
                                            .horizon = c.horizon,
                                            .seed = c.seed});
       spec.lower = c.lower;
       spec.upper = c.upper;
       return function_of(spec);
     }},
    {"arima", "seasonal ARIMA, its order chosen by AICc",
     [](const model_choice& c) {
       return by_backtest(c, auto_arima{.season_length = c.season_length, .standard_errors = false});
     }},
    {"ets", "exponential smoothing in state-space form, chosen by AICc",
     [](const model_choice& c) { return by_backtest(c, auto_ets{.season_length = c.season_length}); }},
    {"theta", "the Theta method",
     [](const model_choice& c) { return by_backtest(c, theta{.season_length = c.season_length}); }},
    {"optimised-theta", "the dynamic optimised Theta model",
     [](const model_choice& c) { return by_backtest(c, optimised_theta{.season_length = c.season_length}); }},
    {"stl", "both seasons taken out by STL, the rest by optimised Theta",
     [](const model_choice& c) {
       return by_backtest(c, seasonally_adjusted<optimised_theta>{.inner = {.season_length = 1},
                                                                  .season_lengths = seasons_of(c)});
     }},
    {"harmonic", "sines and cosines of both seasons and ARIMA errors",
     [](const model_choice& c) {
       return by_backtest(c, dynamic_regression{.season_lengths = seasons_of(c)});
     }},
    {"prophet", "Prophet's model: a bending trend, seasons by the clock",
     [](const model_choice& c) { return by_backtest(c, additive{}); }},
    {"lstm", "a recurrent network trained on the series",
     [](const model_choice& c) {
       return by_backtest(
           c, lstm{.season_length = c.season_length, .seasons_in_cycle = c.seasons_in_cycle, .seed = c.seed});
     }},
    {"naive", "the last value", [](const model_choice& c) { return by_backtest(c, naive{}); }},
    {"seasonal-naive", "the value one season ago",
     [](const model_choice& c) { return by_backtest(c, seasonal_naive{.season_length = c.season_length}); }},
    {"smoothing", "simple exponential smoothing at the pace that has been best of late",
     [](const model_choice& c) { return by_backtest(c, exponential_smoothing{}); }},
    {"seasonal-median", "the median of each place of the longer season, over the last four",
     [](const model_choice& c) {
       return by_backtest(
           c, seasonal_median{.season_length = c.season_length * c.seasons_in_cycle, .seasons_max = 4});
     }},
    {"level-median", "the median of the last season",
     [](const model_choice& c) { return by_backtest(c, level_median{.window = c.season_length}); }},
    {"seasonal-ar", "autoregression on both seasons, robust to spikes",
     [](const model_choice& c) {
       return by_backtest(
           c, seasonal_ar{.season_length = c.season_length, .seasons_in_cycle = c.seasons_in_cycle});
     }},
};

}  // namespace

std::span<const model_entry> known_models() { return models; }

const model_entry* find_model(std::string_view name) {
  const auto found = std::ranges::find(models, name, &model_entry::name);
  return found == std::end(models) ? nullptr : found;
}

std::string model_names() {
  std::string all;
  for (const auto& m : models) all += (all.empty() ? "" : ", ") + std::string{m.name};
  return all;
}

std::string model_help() {
  std::size_t width = 0;
  for (const auto& m : models) width = std::max(width, m.name.size());
  std::string out;
  for (const auto& m : models)
    out +=
        "  " + std::string{m.name} + std::string(width + 2 - m.name.size(), ' ') + std::string{m.help} + '\n';
  return out;
}

}  // namespace tool
