#pragma once
/// @file
/// The default with the costly methods beside the cheap ones: for those who can wait a tenth of a second.
///
/// The pool of auto_forecaster.hpp competes with an automatic seasonal ARIMA, automatic exponential
/// smoothing, Theta behind a decomposition by day and week, and an LSTM. Each counts as much as it has been
/// right on this series, so a method that does not suit it costs its time and nothing else.
///
/// The members and how long they are judged were chosen on the training part of M4 hourly, its last 48 values
/// held back: on 94 of its series OWA 0.418, the cheap pool judged as long 0.424, and judged half as long
/// 0.437. Prophet's model and harmonic regression made the pool worse.

#include <foreshift/forecast/auto_arima.hpp>
#include <foreshift/forecast/auto_ets.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/lstm.hpp>
#include <foreshift/forecast/optimised_theta.hpp>
#include <foreshift/forecast/seasonally_adjusted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

struct auto_thorough {
  using model = streaming_selection_model;
  static constexpr std::string_view name = "auto-thorough";
  std::size_t season_length = 24;    ///< in steps, at least 1
  std::size_t seasons_in_cycle = 7;  ///< e.g. days in a week; 1: none
  std::size_t horizon = 48;          ///< the leads that matter, at least 1
  std::uint64_t seed = 1;            ///< of the LSTM

  /// The cheap pool for the same series.
  [[nodiscard]] auto_forecaster quick() const {
    return {.season_length = season_length, .seasons_in_cycle = seasons_in_cycle, .horizon = horizon};
  }
};

/// What competes beside the cheap pool. In a season of more steps than 60 a seasonal ARIMA and smoothing
/// would take seconds; there the ARIMA sees the series without its seasons.
[[nodiscard]] inline std::vector<any_forecaster> costly_pool(const auto_thorough& spec) {
  constexpr std::size_t season_max = 60;
  const std::size_t m = spec.season_length, k = spec.seasons_in_cycle;
  const std::vector<std::size_t> seasons = {m, m * k};
  std::vector<any_forecaster> pool;
  if (m <= season_max) {
    const auto_arima seasonal{.season_length = m, .standard_errors = false};
    pool = {transformed<auto_arima>{.inner = seasonal, .to = scale::log}, auto_ets{.season_length = m}};
  } else {
    const auto_arima plain{.season_length = 1, .standard_errors = false};
    pool = {transformed<seasonally_adjusted<auto_arima>>{.inner = {.inner = plain, .season_lengths = seasons},
                                                         .to = scale::log}};
  }
  pool.push_back(
      seasonally_adjusted<optimised_theta>{.inner = {.season_length = 1}, .season_lengths = seasons});
  pool.push_back(transformed<lstm>{.inner = {.season_length = m, .seasons_in_cycle = k, .seed = spec.seed},
                                   .to = scale::log});
  return pool;
}

/// What `auto_thorough` stands for.
[[nodiscard]] inline streaming_selection selection_of(const auto_thorough& spec) {
  auto selection = selection_of(spec.quick());
  for (auto& one : costly_pool(spec)) selection.pool.push_back(std::move(one));
  if (!spec.quick().looks_near()) {
    selection.mean_of = selection.pool.size();
    selection.replay_max = 8 * spec.horizon;
  }
  return selection;
}

[[nodiscard]] inline std::string name_of(const auto_thorough& spec) {
  return std::string{spec.name} + ':' + name_of(selection_of(spec));
}
[[nodiscard]] inline streaming_selection_model blank_model(const auto_thorough& spec) {
  return blank_model(selection_of(spec));
}

/// The reasons of `streaming_selection`; one observation is enough. Some 0.1 s for 1000 hourly values.
[[nodiscard]] inline result<streaming_selection_model, errc> fit(const auto_thorough& spec,
                                                                 telemetry::series_view y, regressor_view x) {
  return fit(selection_of(spec), y, x);
}

static_assert(Forecaster<auto_thorough>);

/// With its distribution, as that of the cheap pool, and fitted a second time on the whole history: an ARIMA
/// does not learn its coefficients on the stream.
[[nodiscard]] inline backtested<auto_thorough> calibrated(const auto_thorough& spec) {
  const auto like = calibrated(spec.quick());
  return {.inner = spec,
          .horizon = like.horizon,
          .errors_kept = like.errors_kept,
          .every = like.every,
          .refit = true};
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
