#pragma once
/// @file
/// Classical decomposition: one seasonal figure for the whole series, by ratios or differences to a moving
/// average.
///
/// Source: R. J. Hyndman, G. Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., section 3.4.
/// Agrees with R's `decompose`.

#include <foreshift/forecast/gap_bridge.hpp>
#include <foreshift/forecast/moving_average.hpp>
#include <foreshift/forecast/observation.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// How a season acts on the level.
enum class seasonal_form : std::uint8_t {
  additive,        ///< y = trend + season + rest; a figure has mean 0
  multiplicative,  ///< y = trend * season * rest; a figure has mean 1
};

/// The factor or addend of each place in the season, from the place of y's first value on. Gaps count for
/// nothing; a place that was never seen is neutral. O(n), allocates three vectors.
/// @pre 2 <= season_length and 2 * season_length <= y.size(); multiplicative: all observations are positive
[[nodiscard]] inline std::vector<double> classical_figure(std::span<const double> y,
                                                          std::size_t season_length, seasonal_form form) {
  FORESHIFT_EXPECT(season_length >= 2 && 2 * season_length <= y.size());
  const bool ratio = form == seasonal_form::multiplicative;
  std::vector<double> whole(y.begin(), y.end()), trend(y.size()), scratch;
  bridge_gaps(whole);
  centred_moving_average(whole, season_length, trend, scratch);

  std::vector<double> figure(season_length);
  double total = 0;
  for (std::size_t place = 0; place < season_length; ++place) {
    double sum = 0, count = 0;
    for (std::size_t i = place; i < y.size(); i += season_length) {
      const double part = ratio ? y[i] / trend[i] : y[i] - trend[i];
      if (!is_observed(y[i]) || !std::isfinite(part)) continue;  // the trend has no value at the ends
      sum += part;
      ++count;
    }
    figure[place] = count > 0 ? sum / count : ratio ? 1.0 : 0.0;
    total += figure[place];
  }
  const double mean = total / static_cast<double>(season_length);
  for (double& f : figure) f = ratio ? f / mean : f - mean;
  return figure;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
