#pragma once
/// @file
/// What the Theta models are fitted to: a history without its season and gaps, and its smoothed level.
///
/// Source: as theta.hpp; for the start of the level R. J. Hyndman et al., "Forecasting with Exponential
/// Smoothing", 2008, section 10.2 (the errors of an additive model are linear in its first state).

#include <foreshift/forecast/gap_bridge.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/seasonal_figure.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// A history ready for smoothing: without its season, from the first observation on, gaps bridged, and in
/// units of its largest value, so that no square of anything overflows or vanishes.
struct theta_history {
  seasonal_figure season;
  std::vector<double> values;
  std::vector<bool> observed;
  double unit = 1;

  /// @pre y has an observation
  theta_history(std::span<const double> y, std::size_t season_length)
      : season(seasonal_figure::tested(y, season_length)), values(season.without(y)) {
    if (std::ranges::none_of(values, is_observed)) {  // factors below 1 have made the largest too large
      season = {};
      values.assign(y.begin(), y.end());
    }
    values.erase(values.begin(), std::ranges::find_if(values, is_observed));
    for (const double v : values) observed.push_back(is_observed(v));
    bridge_gaps(values);
    double largest = 0;
    for (const double v : values) largest = std::max(largest, std::abs(v));
    if (largest > 0) unit = largest;
    for (double& v : values) v /= unit;
  }
};

/// What smoothing with one alpha leaves, from the start that leaves least.
struct smoothed_level {
  double level = 0;    ///< after the last value
  double start = 0;    ///< before the first
  double squares = 0;  ///< of the one-step errors of what was observed
};
[[nodiscard]] inline smoothed_level smooth_level(const theta_history& h, double alpha) {
  // The errors are linear in the start of the level: smoothed from the first value, each error would change
  // by `share` of a change of that start.
  double level = h.values[0], share = 1, ee = 0, es = 0, ss = 0;
  for (std::size_t i = 0; i < h.values.size(); ++i) {
    const double e = h.values[i] - level;
    if (h.observed[i]) {
      ee += e * e;
      es += e * share;
      ss += share * share;
    }
    level += alpha * e;
    share = share < 1e-100 ? 0.0 : share * (1 - alpha);  // denormal numbers are slow and say nothing
  }
  const double change = es / ss;
  return {level + share * change, h.values[0] + change, std::max(0.0, ee - change * es)};
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
