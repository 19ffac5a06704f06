#pragma once
// Every forecaster there is, and some that wrap another, for suites that run over all of them. Only
// lstm_fleet is absent, which is fitted with a network that is there before, and whose model is that of lstm.

#include <foreshift/forecast.hpp>

#define EVERY_FORECASTER                                                                                  \
  foreshift::forecast::naive, foreshift::forecast::seasonal_naive, foreshift::forecast::level_median,     \
      foreshift::forecast::seasonal_median, foreshift::forecast::exponential_smoothing,                   \
      foreshift::forecast::local_reversion, foreshift::forecast::seasonal_ar, foreshift::forecast::theta, \
      foreshift::forecast::optimised_theta, foreshift::forecast::ets, foreshift::forecast::auto_ets,      \
      foreshift::forecast::additive, foreshift::forecast::lstm, foreshift::forecast::arima,               \
      foreshift::forecast::auto_arima, foreshift::forecast::dynamic_regression,                           \
      foreshift::forecast::auto_thorough,                                                                 \
      foreshift::forecast::seasonally_adjusted<foreshift::forecast::theta>,                               \
      foreshift::forecast::seasonally_adjusted<foreshift::forecast::exponential_smoothing>,               \
      foreshift::forecast::transformed<foreshift::forecast::seasonal_ar>,                                 \
      foreshift::forecast::streaming_selection, foreshift::forecast::auto_forecaster,                     \
      foreshift::forecast::any_forecaster, foreshift::forecast::backtested<foreshift::forecast::naive>,   \
      foreshift::forecast::backtested<foreshift::forecast::seasonal_ar>,                                  \
      foreshift::forecast::backtested<foreshift::forecast::any_forecaster>,                               \
      foreshift::forecast::backtested<foreshift::forecast::streaming_selection>

namespace forecast_test {

/// Options where the defaults are too much for a test.
template <class Spec>
Spec small() {
  return Spec{};
}
template <>
inline foreshift::forecast::lstm small<foreshift::forecast::lstm>() {
  return {.leads = 12, .hidden = 8, .window = 24, .epochs_max = 3, .levels = {}};
}

template <>
inline foreshift::forecast::arima small<foreshift::forecast::arima>() {
  return {.d = 0, .D = 1, .Q = 1, .season_length = 24};
}
template <>
inline foreshift::forecast::auto_arima small<foreshift::forecast::auto_arima>() {
  return {.p_max = 2,
          .q_max = 1,
          .P_max = 1,
          .Q_max = 1,
          .finalists = 1,
          .last_steps = 0,
          .standard_errors = false};
}
template <>
inline foreshift::forecast::dynamic_regression small<foreshift::forecast::dynamic_regression>() {
  return {.harmonics_max = 2,
          .errors = {.season_length = 1,
                     .p_max = 1,
                     .q_max = 1,
                     .finalists = 1,
                     .last_steps = 0,
                     .standard_errors = false}};
}

}  // namespace forecast_test
