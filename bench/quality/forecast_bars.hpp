#pragma once
// What the forecasts have to reach, and what they do: accuracy on M4 hourly and on the load of servers, speed
// on one core. Speeds are CPU time, measured by what the benchmarks of bench/forecast measure.

#include "../forecast/additive_load.hpp"
#include "../forecast/lstm_epoch.hpp"
#include "../forecast/update_load.hpp"
#include "bars.hpp"
#include "exceedance_scores.hpp"
#include "m4_scores.hpp"
#include "r_cases.hpp"
#include "server_load.hpp"

#include <foreshift/forecast/additive.hpp>
#include <foreshift/forecast/auto_arima.hpp>
#include <foreshift/forecast/auto_ets.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/auto_thorough.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

inline constexpr std::size_t whole_history = std::numeric_limits<std::size_t>::max();

/// CPU milliseconds of the automatic fit for each series of R's table.
template <class Spec>
std::vector<double> fits_of_r_cases(const std::string& data, const std::string& table, const Spec& spec) {
  const auto series = series_by_name(data + "/m4-hourly/train.csv", true);
  std::vector<double> out;
  for (const auto& cells : rows_of(data + "/r-parity/" + table))
    out.push_back(1e3 * timed_fit(spec, series.at(cells[1])).seconds);
  return out;
}

inline void m4_bars(const std::string& data, bool slow, bar_table& table) {
  using namespace foreshift::forecast;
  const auto cases = read_m4(data);
  const auto quick = score_m4(calibrated(auto_forecaster{}), cases);
  table.row({"M4 hourly OWA, auto", at_most(0.415), at_most(0.400), 4}, quick.owa);
  if (slow) {
    const auto thorough = score_m4(calibrated(auto_thorough{}), cases);
    const double below = std::nextafter(quick.owa, 0);
    table.row({"M4 hourly OWA, auto-thorough: below auto", at_most(below), at_most(0.385), 4}, thorough.owa);
  } else {
    table.left_out("M4 hourly OWA, auto-thorough", "--slow");
  }
  table.row({"M4 hourly MSIS 95 %, auto", at_most(6.6), at_most(6.1), 2}, quick.msis);
  table.row({"M4 hourly coverage of 95 %, auto", {0.94, 0.96}, no_aim, 4}, quick.coverage);
  table.row({"auto, CPU ms a M4 series, median", at_most(10), at_most(2), 2}, 1e3 * quick.seconds);
}

inline void fit_bars(const std::string& data, bar_table& table) {
  using namespace foreshift::forecast;
  const auto arima_ms = fits_of_r_cases(data, "m4h_autoarima_models.csv", auto_arima{});
  const auto ets_ms = fits_of_r_cases(data, "m4h_ets_models.csv", auto_ets{});
  const std::string of = ", of " + std::to_string(arima_ms.size());
  table.row({"auto_arima, m = 24, n = 700 to 960, CPU ms, median" + of, at_most(100), at_most(30), 1},
            median(arima_ms));
  table.row({"the same, slowest", at_most(100), at_most(30), 1}, std::ranges::max(arima_ms));
  table.row({"ETS auto, CPU ms, median of " + std::to_string(ets_ms.size()), at_most(20), at_most(5), 2},
            median(ets_ms));
  table.row({"the same, slowest", at_most(20), at_most(5), 2}, std::ranges::max(ets_ms));

  const auto y = additive_load(700);
  const double prophet = median_seconds(20, [&] { return timed_fit(additive{}, y).value.has_value(); });
  table.row({"Prophet fit, n = 700, CPU ms", at_most(5), at_most(1), 2}, 1e3 * prophet);

  const auto wave = lstm_timed::wave();
  auto weights = lstm_timed::random_weights(lstm_timed::layer.weights() + lstm_timed::hidden + 1);
  detail::lstm_batch<float> engine{lstm_timed::layer, {lstm_timed::steps, lstm_timed::batch}};
  detail::adam optimiser{weights.size()};
  const double epoch = median_seconds(2, [&] { lstm_timed::epoch(engine, optimiser, weights, wave); });
  table.row({"LSTM epoch, CPU ms", at_most(125), at_most(40), 1}, 1e3 * epoch);
}

inline void update_bars(bar_table& table) {
  using foreshift::forecast::auto_forecaster;
  const auto row = [&](const char* what, const auto_forecaster& spec) {
    auto learner = update_timed::make_learner(spec, 1000);
    if (!learner) return;
    table.row({what, at_most(5), at_most(1), 2}, 1e6 * median_seconds(50'000, [&] { learner->learn(); }));
  };
  row("update of auto, next hour at 5 min, CPU us",
      {.season_length = update_timed::steps_a_day, .horizon = 12});
  row("update of auto, two days by the hour, CPU us", {});
}

inline void load_bars(const std::string& data, bar_table& table) {
  constexpr double must[] = {2.14, 1.04, 1.38, 1.16};
  for (const std::size_t history : {whole_history, std::size_t{816}}) {
    const auto sets = read_server_load(data, history);
    for (std::size_t i = 0; i < sets.size(); ++i) {
      const bool azure = i < 2;  // 28 days in any case
      if (azure && history != whole_history) continue;
      const std::string kept = azure ? "" : history == whole_history ? ", 3 months" : ", last 34 days";
      table.row({"MASE of auto, " + sets[i].title + kept, at_most(must[i]), at_most(0.95 * must[i]), 3},
                score_load(foreshift::forecast::auto_forecaster{}, sets[i]).mase);
    }
  }
}

inline void exceedance_bars(const std::string& data, bool slow, bar_table& table) {
  using namespace exceedance;
  if (!slow) return table.left_out("P(above 80 %), Azure at 5 min", "--slow");
  for (const std::string set : {"max", "avg"}) {
    scores all;
    for (const auto& y : read_series(data + "/server-load/azure_v1_100vm_5min_" + set + ".csv"))
      judge(y, all);
    const auto ours = pooled(all, standard);
    const auto skill = [&](contender c) { return 1 - ours.brier() / pooled(all, c).brier(); };
    const bar_range positive = at_least(std::numeric_limits<double>::min());
    const std::string what = "P(above 80 %), Azure " + set + ": ";
    table.row({what + "skill against climatology", positive, no_aim, 3}, skill(climatology));
    table.row({what + "against Gaussian errors", positive, no_aim, 3}, skill(gaussian));
    table.row({what + "calibration error", {}, at_most(0.02), 4}, ours.calibration_error());
  }
}

/// @param slow  the rows that take minutes too
inline void print_bars(const std::string& data, bool slow) {
  bar_table table;
  m4_bars(data, slow, table);
  fit_bars(data, table);
  update_bars(table);
  load_bars(data, table);
  exceedance_bars(data, slow, table);
  table.conclude();
}
