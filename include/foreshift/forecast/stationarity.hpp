#pragma once
/// @file
/// How often a series has to be differenced before its level stays where it is.
///
/// The KPSS statistic takes stationarity for granted and measures what speaks against it: the partial sums of
/// the deviations from the mean stay small if the series returns to it, and wander off if it does not.
///
/// Source: D. Kwiatkowski, P. C. B. Phillips, P. Schmidt, Y. Shin, "Testing the null hypothesis of
/// stationarity against the alternative of a unit root", J. Econometrics 54, 1992 (critical values: table 1);
/// lags and repetition as in R's forecast::ndiffs.

#include <foreshift/core/config.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// The level statistic, with Bartlett weights over trunc(3 sqrt(n) / 13) lags; 0 for a constant series.
/// O(n sqrt n). @pre finite values
[[nodiscard]] inline double kpss_statistic(std::span<const double> y) {
  const std::size_t n = y.size();
  if (n == 0) return 0;
  const auto count = static_cast<double>(n);
  double size = 0, mean = 0, sum = 0, wandered = 0, variance = 0;
  for (const double v : y) size = std::max(size, std::abs(v));
  if (!(size > 0)) return 0;
  for (const double v : y) mean += v / size / count;
  std::vector<double> rest(n);
  for (std::size_t t = 0; t < n; ++t) {
    rest[t] = y[t] / size - mean;
    sum += rest[t];
    wandered += sum * sum;
    variance += rest[t] * rest[t];
  }
  if (variance <= 1e-26 * count) return 0;  // rounding about a constant
  const auto lags = static_cast<std::size_t>(3 * std::sqrt(count) / 13);
  for (std::size_t s = 1; s <= lags && s < n; ++s) {
    double product = 0;
    for (std::size_t t = s; t < n; ++t) product += rest[t] * rest[t - s];
    variance += 2 * (1 - static_cast<double>(s) / static_cast<double>(lags + 1)) * product;
  }
  return variance > 0 ? wandered / (count * variance) : 0.0;
}

/// Differences, at most `most`, after which the statistic is below its critical value at 5 percent.
/// O(n sqrt n) each. @pre finite values
[[nodiscard]] inline std::size_t differences_to_level(std::span<const double> y, std::size_t most) {
  constexpr double critical = 0.463;
  std::vector<double> x(y.begin(), y.end());
  std::size_t d = 0;
  while (d < most && x.size() > 1 && kpss_statistic(x) > critical) {
    for (std::size_t t = 0; t + 1 < x.size(); ++t) x[t] = x[t + 1] - x[t];
    x.pop_back();
    ++d;
  }
  return d;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
