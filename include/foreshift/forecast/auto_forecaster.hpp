#pragma once
/// @file
/// The forecast for somebody who does not want to choose: a pool of cheap methods, weighted by how right each
/// has just been on this series.
///
/// Regular series belong to seasonal autoregressions on a logarithmic or root scale, restless ones to robust
/// profiles and levels. Nobody has to know which a series is: every method forecasts from rolling origins
/// inside the history, and weighs by a high power of its error there. Learning goes on while streaming. A
/// look at the next steps only, far within the season, has a pool of its own.
///
/// The members, the power and the spacing of the origins were chosen on the training part of M4 hourly and on
/// the load of virtual machines before their last week; the near pool on five-minute load.

#include <foreshift/forecast/any_forecaster.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/load_pool.hpp>
#include <foreshift/forecast/local_reversion.hpp>
#include <foreshift/forecast/robust_level.hpp>
#include <foreshift/forecast/saved_model.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>
#include <foreshift/forecast/seasonal_median.hpp>
#include <foreshift/forecast/selection.hpp>
#include <foreshift/forecast/smoothing.hpp>
#include <foreshift/forecast/transformed.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// The kind of series, and how far ahead matters.
struct auto_forecaster {
  using model = streaming_selection_model;
  static constexpr std::string_view name = "auto";
  std::size_t season_length = 24;    ///< in steps, at least 1
  std::size_t seasons_in_cycle = 7;  ///< e.g. days in a week; 1: none
  std::size_t horizon = 48;          ///< the leads that matter, at least 1

  /// Within an eighth of a season the next steps are like the last ones: `load_pool` competes, and the mean
  /// of the best two predicts.
  [[nodiscard]] bool looks_near() const { return 8 * horizon <= season_length; }
};

/// The members of the pool that looks further ahead, the simplest first.
[[nodiscard]] inline std::vector<any_forecaster> seasonal_pool(const auto_forecaster& spec) {
  const std::size_t m = spec.season_length, k = spec.seasons_in_cycle;
  const seasonal_ar day{.season_length = m, .seasons_in_cycle = 1, .rounds = 1},
      week{.season_length = m, .seasons_in_cycle = k, .rounds = 1};
  seasonal_ar dense = week;
  dense.lags = lag_pattern::dense;
  return {level_median{.window = 12},
          exponential_smoothing{},
          local_reversion{},
          seasonal_median{.season_length = m, .seasons_max = 4},
          seasonal_median{.season_length = m * k, .seasons_max = 4},
          transformed<seasonal_ar>{.inner = day, .to = scale::log},
          transformed<seasonal_ar>{.inner = day, .to = scale::root},
          transformed<seasonal_ar>{.inner = week, .to = scale::log},
          transformed<seasonal_ar>{.inner = dense, .to = scale::root}};
}

/// What `auto_forecaster` stands for.
[[nodiscard]] inline streaming_selection selection_of(const auto_forecaster& spec) {
  FORESHIFT_EXPECT(spec.season_length >= 1 && spec.seasons_in_cycle >= 1 && spec.horizon >= 1);
  if (spec.looks_near())
    return {.pool = load_pool(spec.season_length),
            .horizon = spec.horizon,
            .mean_of = 2,
            .memory = static_cast<double>(std::max(spec.season_length, spec.horizon))};
  return {.pool = seasonal_pool(spec),
          .horizon = spec.horizon,
          .judge_every = std::max<std::size_t>(1, spec.horizon / 2),
          .mean_of = 9,
          .sharpness = 8,
          .memory = 4.0 * static_cast<double>(spec.horizon),
          .replay_max = 4 * spec.horizon,
          .refit = false};
}

[[nodiscard]] inline std::string name_of(const auto_forecaster& spec) {
  return std::string{spec.name} + ':' + name_of(selection_of(spec));
}
[[nodiscard]] inline streaming_selection_model blank_model(const auto_forecaster& spec) {
  return blank_model(selection_of(spec));
}

/// The reasons of `streaming_selection`; one observation is enough. About 2 ms for 1000 hourly values.
[[nodiscard]] inline result<streaming_selection_model, errc> fit(const auto_forecaster& spec,
                                                                 telemetry::series_view y, regressor_view x) {
  return fit(selection_of(spec), y, x);
}

static_assert(Forecaster<auto_forecaster>);

/// The pool with its distribution, quantiles and joint paths. For a look further ahead from twenty forecasts
/// made half a horizon apart; for the next steps from one at each of the last 288 steps, where those like the
/// present one count more. The bandwidth was chosen by pinball loss, on the data of the near pool.
[[nodiscard]] inline backtested<auto_forecaster> calibrated(const auto_forecaster& spec) {
  if (spec.looks_near())
    return {.inner = spec, .horizon = spec.horizon, .errors_kept = 288, .bandwidth = 0.5};
  return {.inner = spec,
          .horizon = spec.horizon,
          .errors_kept = 20,
          .every = std::max<std::size_t>(1, spec.horizon / 2),
          .refit = false};
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
