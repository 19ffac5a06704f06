#pragma once
// Every forecaster there is, for suites that run over all of them.

#include <foreshift/forecast.hpp>

#define EVERY_FORECASTER                                                                                  \
  foreshift::forecast::naive, foreshift::forecast::seasonal_naive, foreshift::forecast::level_median,     \
      foreshift::forecast::seasonal_median, foreshift::forecast::exponential_smoothing,                   \
      foreshift::forecast::local_reversion, foreshift::forecast::seasonal_ar, foreshift::forecast::theta, \
      foreshift::forecast::optimised_theta, foreshift::forecast::ets, foreshift::forecast::auto_ets,      \
      foreshift::forecast::additive, foreshift::forecast::lstm,                                           \
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

}  // namespace forecast_test
