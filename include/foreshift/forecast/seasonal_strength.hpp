#pragma once
/// @file
/// How much of what a trend leaves of a series is its season: from 0, none, to 1, all.
///
/// The trend is a moving average over one season; the season at each place of the cycle is a weighted mean of
/// the same place in the seasons around it, so it may change slowly. The strength compares the variance of
/// what remains with that of season and remainder together.
///
/// Source: X. Wang, K. Smith, R. J. Hyndman, "Characteristic-based clustering for time series data", Data
/// Mining and Knowledge Discovery 13, 2006 (the measure; above 0.64 a seasonal difference is called for, R's
/// forecast::nsdiffs). Departure: moving averages in place of the local lines of STL.

#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Above this the season is strong enough that it should be differenced away.
inline constexpr double strong_season = 0.64;

namespace detail {

/// Centred mean over one season; the ends are continued by the line through the nearest whole season.
inline void moving_average(std::span<const double> y, std::size_t m, std::span<double> out) {
  const std::size_t n = y.size(), half = m / 2;
  std::vector<double> sums(n + 1);
  for (std::size_t t = 0; t < n; ++t) sums[t + 1] = sums[t] + y[t];
  const auto length = static_cast<double>(m);
  for (std::size_t t = half; t + half < n; ++t) {
    out[t] = m % 2 == 1 ? (sums[t + half + 1] - sums[t - half]) / length
                        : (sums[t + half] - sums[t - half] + 0.5 * (y[t + half] - y[t - half])) / length;
  }
  const std::size_t first = half, last = n - 1 - half, reach = std::min(m, last - first);
  const auto slope = [&](std::size_t a, std::size_t b) {
    return reach == 0 ? 0.0 : (out[b] - out[a]) / static_cast<double>(reach);
  };
  const double before = slope(first, first + reach), after = slope(last - reach, last);
  for (std::size_t i = 1; i <= half; ++i) {
    out[first - i] = out[first] - before * static_cast<double>(i);
    out[last + i] = out[last] + after * static_cast<double>(i);
  }
}

/// Each place of the cycle smoothed over eleven seasons with tricube weights.
inline void smooth_seasons(std::span<const double> y, std::size_t m, std::span<double> out) {
  constexpr std::size_t reach = 5;
  double weight[reach + 1];
  for (std::size_t k = 0; k <= reach; ++k) {
    const double u = static_cast<double>(k) / (reach + 1.0);
    weight[k] = std::pow(1 - u * u * u, 3);
  }
  for (std::size_t t = 0; t < y.size(); ++t) {
    double sum = weight[0] * y[t], total = weight[0];
    for (std::size_t k = 1; k <= reach; ++k) {
      if (k * m <= t) sum += weight[k] * y[t - k * m], total += weight[k];
      if (t + k * m < y.size()) sum += weight[k] * y[t + k * m], total += weight[k];
    }
    out[t] = sum / total;
  }
}

}  // namespace detail

/// In [0, 1]; 0 when there are not more than two seasons. O(n). Allocates. @pre season_length >= 1, finite
/// values
[[nodiscard]] inline double seasonal_strength(std::span<const double> y, std::size_t season_length) {
  FORESHIFT_EXPECT(season_length >= 1);
  const std::size_t n = y.size(), m = season_length;
  if (m < 2 || n <= 2 * m) return 0;
  std::vector<double> trend(n), season(n), level(n), work(n);
  std::ranges::copy(y, work.begin());
  for (int round = 0; round < 2; ++round) {
    detail::moving_average(work, m, trend);
    for (std::size_t t = 0; t < n; ++t) work[t] = y[t] - trend[t];
    detail::smooth_seasons(work, m, season);
    detail::moving_average(season, m, level);  // a season has no level of its own
    for (std::size_t t = 0; t < n; ++t) {
      season[t] -= level[t];
      work[t] = y[t] - season[t];
    }
  }
  detail::moving_average(work, m, trend);
  const auto variance = [&](auto value) {
    double mean = 0, sum = 0;
    for (std::size_t t = 0; t < n; ++t) mean += value(t) / static_cast<double>(n);
    for (std::size_t t = 0; t < n; ++t) sum += (value(t) - mean) * (value(t) - mean);
    return sum;
  };
  const double rest = variance([&](std::size_t t) { return work[t] - trend[t]; });
  const double both = variance([&](std::size_t t) { return y[t] - trend[t]; });
  return both > 0 ? std::clamp(1 - rest / both, 0.0, 1.0) : 0.0;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
