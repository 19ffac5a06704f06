#pragma once
/// @file
/// A recurrent network that forecasts all leads and their quantiles at once: one for a series, or one for a
/// fleet.
///
/// `fit(spec, y, x)` trains on one series. `fit_global(spec, histories)` trains one network on many. What it
/// returns is itself a specification: fitting that to a series trains nothing, and gives a model with a state
/// of its own and the shared weights. Where there is too little to learn from, or nothing learned survives
/// validation, the forecast is the one training starts from: a robust regression on smoothed daily and weekly
/// profiles, or their plain mean.

#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/lstm_model.hpp>
#include <foreshift/forecast/lstm_network.hpp>

#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Trains on one series and follows it. `too_short` without steps, `all_missing` without an observation,
/// `bad_regressors` when x has not one finite row for each y. @pre the numbers of `spec` are in their ranges
[[nodiscard]] inline result<lstm_model, errc> fit(const lstm& spec, telemetry::series_view y,
                                                  regressor_view x) {
  const lstm_history history{y, x};
  auto network = lstm_network::trained(spec, std::span{&history, 1});
  if (!network) return failure{network.error()};
  return lstm_model::following(std::make_shared<const lstm_network>(std::move(*network)), history);
}

/// A network for many series. Copies share the weights.
struct lstm_fleet {
  using model = lstm_model;
  static constexpr std::string_view name = "lstm-fleet";
  std::shared_ptr<const lstm_network> network;  ///< not null
};

/// See `lstm_network::trained`. All histories have the same step and the same columns of regressors.
[[nodiscard]] inline result<lstm_fleet, errc> fit_global(const lstm& spec,
                                                         std::span<const lstm_history> histories) {
  auto network = lstm_network::trained(spec, histories);
  if (!network) return failure{network.error()};
  return lstm_fleet{std::make_shared<const lstm_network>(std::move(*network))};
}

/// Follows one series with the weights of the fleet, also one that they have not seen. O(n), some
/// microseconds a step. Errors as above.
[[nodiscard]] inline result<lstm_model, errc> fit(const lstm_fleet& spec, telemetry::series_view y,
                                                  regressor_view x) {
  return lstm_model::following(spec.network, {y, x});
}

static_assert(Forecaster<lstm> && Forecaster<lstm_fleet>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
