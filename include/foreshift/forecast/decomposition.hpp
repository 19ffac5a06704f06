#pragma once
/// @file
/// A series as the sum of a trend, one or more seasonal components and a remainder, and how strong they are.
///
/// Source: R. J. Hyndman, G. Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., section 4.3
/// (strength of trend and seasonality); X. Wang, K. Smith, R. J. Hyndman, "Characteristic-based clustering
/// for time series data", Data Mining and Knowledge Discovery 13, 2006.

#include <foreshift/core/contract.hpp>
#include <foreshift/numeric/statistics.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// n values each, oldest first: y = trend + sum of the seasons + remainder.
struct decomposition {
  std::vector<std::size_t> season_lengths;  ///< ascending
  std::vector<double> seasonal;             ///< one component after the other, n values each
  std::vector<double> trend;
  std::vector<double> remainder;  ///< NaN where nothing was observed
  std::vector<double>
      weights;  ///< what robustness left of each value, in [0, 1]; 0 where nothing was observed

  [[nodiscard]] std::size_t size() const { return trend.size(); }
  /// @pre i < season_lengths.size()
  [[nodiscard]] std::span<const double> season(std::size_t i) const {
    FORESHIFT_EXPECT(i < season_lengths.size());
    return std::span{seasonal}.subspan(i * size(), size());
  }
};

/// The series without its seasons: trend + remainder, NaN where nothing was observed.
[[nodiscard]] inline std::vector<double> without_seasons(const decomposition& d) {
  std::vector<double> out = d.remainder;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] += d.trend[i];
  return out;
}

namespace detail {

/// 1 - Var(remainder) / Var(component + remainder), at least 0; 0 where neither varies.
[[nodiscard]] inline double strength(std::span<const double> component, std::span<const double> remainder) {
  std::vector<double> both(component.begin(), component.end());
  for (std::size_t i = 0; i < both.size(); ++i) both[i] += remainder[i];
  const double of_both = numeric::variance(both);
  return of_both > 0 ? std::clamp(1 - numeric::variance(remainder) / of_both, 0.0, 1.0) : 0.0;
}

}  // namespace detail

/// From 0 (no season in it) to 1 (nothing but season beside the trend). O(n). @pre i < season_lengths.size()
[[nodiscard]] inline double seasonal_strength(const decomposition& d, std::size_t i = 0) {
  return detail::strength(d.season(i), d.remainder);
}
/// From 0 (no trend) to 1 (nothing but trend once the seasons are removed). O(n).
[[nodiscard]] inline double trend_strength(const decomposition& d) {
  return detail::strength(d.trend, d.remainder);
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
