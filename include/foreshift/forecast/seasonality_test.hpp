#pragma once
/// @file
/// Is there a season at all? The autocorrelation one season back against what chance allows.
///
/// Under no autocorrelation beyond shorter lags, that coefficient is about normal with the variance of
/// Bartlett's formula. The test is two-sided at 90 %, as in the M3 and M4 competitions and in R's `thetaf`.
///
/// Source: V. Assimakopoulos, K. Nikolopoulos, "The theta model", Int. J. Forecasting 16, 2000; J. A.
/// Fiorucci et al., "Models for optimising the theta method", Int. J. Forecasting 32, 2016, section 5.

#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// The first `lags` autocorrelations, from lag 1 on; sums over pairs of observations divide by the variance
/// of all. All 0 where nothing varies. O(n * lags), allocates two vectors.
[[nodiscard]] inline std::vector<double> autocorrelations(std::span<const double> y, std::size_t lags) {
  std::vector<double> out(lags, 0.0);
  double sum = 0, count = 0;
  for (const double v : y)
    if (is_observed(v)) sum += v, ++count;
  std::vector<double> deviation(y.size(), 0.0);  // a gap is nothing but average
  double largest = 0;
  for (std::size_t i = 0; i < y.size(); ++i)
    if (is_observed(y[i])) largest = std::max(largest, std::abs(deviation[i] = y[i] - sum / count));
  // Rounding of the mean alone is no variation.
  if (!(largest > 1e-14 * std::abs(sum / std::max(count, 1.0)))) return out;
  for (double& d : deviation) d /= largest;  // squares of tiny values would vanish

  const auto product = [&](std::size_t lag) {
    double s[4] = {};
    const double *a = deviation.data(), *b = a + lag;
    const std::size_t n = deviation.size() - lag;
    std::size_t i = 0;
    for (; i + 4 <= n; i += 4)
      for (std::size_t k = 0; k < 4; ++k) s[k] += a[i + k] * b[i + k];
    for (; i < n; ++i) s[0] += a[i] * b[i];
    return (s[0] + s[1]) + (s[2] + s[3]);
  };
  const double variance = product(0);
  for (std::size_t lag = 1; lag <= lags && lag < y.size(); ++lag) out[lag - 1] = product(lag) / variance;
  return out;
}

/// Whether the lag of one season stands out at 90 %. False for histories of at most two seasons.
/// O(n * season_length).
[[nodiscard]] inline bool is_seasonal(std::span<const double> y, std::size_t season_length) {
  if (season_length < 2 || y.size() <= 2 * season_length) return false;
  constexpr double two_sided_90 = 1.6448536269514722;  // the normal quantile of 0.95
  const auto r = autocorrelations(y, season_length);
  double squares = 0;
  for (std::size_t i = 0; i + 1 < season_length; ++i) squares += r[i] * r[i];
  return std::abs(r.back()) > two_sided_90 * std::sqrt((1 + 2 * squares) / static_cast<double>(y.size()));
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
