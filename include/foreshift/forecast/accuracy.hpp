#pragma once
/// @file
/// How good a forecast was. All scores are averages over the steps handed in; smaller is better, save for
/// coverage.
///
/// Steps whose observation is NaN are left out; a score of nothing is NaN.
///
/// Sources: S. Makridakis et al., "The M4 Competition: 100,000 time series and 61 forecasting methods", Int.
/// J. Forecasting 36, 2020 (sMAPE, MASE, OWA, MSIS); R. J. Hyndman, A. B. Koehler, "Another look at measures
/// of forecast accuracy", ibid. 22, 2006 (MASE); T. Gneiting, A. E. Raftery, "Strictly proper scoring rules",
/// JASA 102, 2007 (pinball loss, interval score, CRPS, Brier); C. A. T. Ferro, "Fair scores for ensemble
/// forecasts", QJRMS 140, 2014.

#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::forecast {

namespace detail {

/// The mean of score(i) over the i where y[i] is a number.
template <class F>
[[nodiscard]] double mean_over(std::span<const double> y, F score) {
  double sum = 0;
  std::size_t n = 0;
  for (std::size_t i = 0; i < y.size(); ++i)
    if (!std::isnan(y[i])) sum += score(i), ++n;
  return n > 0 ? sum / static_cast<double>(n) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace detail

/// What was observed and what had been forecast for it, step by step. @pre same length
struct outcome {
  std::span<const double> observed;
  std::span<const double> forecast;
};

/// Mean absolute error: mean |y - f|.
[[nodiscard]] inline double mean_absolute_error(const outcome& o) {
  FORESHIFT_EXPECT(o.observed.size() == o.forecast.size());
  return detail::mean_over(o.observed,
                           [&](std::size_t i) { return std::abs(o.observed[i] - o.forecast[i]); });
}

/// Root of the mean squared error.
[[nodiscard]] inline double root_mean_squared_error(const outcome& o) {
  FORESHIFT_EXPECT(o.observed.size() == o.forecast.size());
  return std::sqrt(detail::mean_over(o.observed, [&](std::size_t i) {
    return (o.observed[i] - o.forecast[i]) * (o.observed[i] - o.forecast[i]);
  }));
}

/// Symmetric mean absolute percentage error, M4's form, in percent: 200 mean |y - f| / (|y| + |f|), in [0,
/// 200]. A step where both are 0 counts 0.
[[nodiscard]] inline double smape(const outcome& o) {
  FORESHIFT_EXPECT(o.observed.size() == o.forecast.size());
  return detail::mean_over(o.observed, [&](std::size_t i) {
    const double size = std::abs(o.observed[i]) + std::abs(o.forecast[i]);
    return size > 0 ? 200.0 * std::abs(o.observed[i] - o.forecast[i]) / size : 0.0;
  });
}

/// The denominator of MASE and MSIS: mean |y_t - y_{t-m}| over the history the forecast was made from, pairs
/// with a gap left out. NaN when there is no pair. @pre season_length >= 1
[[nodiscard]] inline double seasonal_naive_scale(std::span<const double> history, std::size_t season_length) {
  FORESHIFT_EXPECT(season_length >= 1);
  double sum = 0;
  std::size_t n = 0;
  for (std::size_t t = season_length; t < history.size(); ++t)
    if (const double d = std::abs(history[t] - history[t - season_length]); !std::isnan(d)) sum += d, ++n;
  return n > 0 ? sum / static_cast<double>(n) : std::numeric_limits<double>::quiet_NaN();
}

/// Mean absolute scaled error. @param scale see `seasonal_naive_scale`; 0 gives 0 for a perfect forecast,
/// else infinity
[[nodiscard]] inline double mase(const outcome& o, double scale) {
  const double error = mean_absolute_error(o);
  return error == 0 ? 0.0 : error / scale;
}

/// Overall weighted average of M4: the mean of sMAPE and MASE, each relative to the benchmark Naive2.
struct owa_reference {
  double smape = 0;
  double mase = 0;
};
/// Naive2 on the 414 hourly series of M4, as published by its organisers.
inline constexpr owa_reference m4_hourly_naive2{18.383, 2.395};
[[nodiscard]] inline double owa(const owa_reference& score, const owa_reference& naive2) {
  return 0.5 * (score.smape / naive2.smape + score.mase / naive2.mase);
}

/// Mean pinball loss of the quantile forecasts at level p: p (y - q) above q, (1 - p) (q - y) below.
/// @pre 0 < p < 1
[[nodiscard]] inline double pinball_loss(const outcome& o, double p) {
  FORESHIFT_EXPECT(o.observed.size() == o.forecast.size() && p > 0 && p < 1);
  return detail::mean_over(o.observed, [&](std::size_t i) {
    const double e = o.observed[i] - o.forecast[i];
    return e >= 0 ? p * e : (p - 1.0) * e;
  });
}

/// What was observed, and the two ends of the prediction interval for it. @pre same length, lower <= upper
struct interval_outcome {
  std::span<const double> observed;
  std::span<const double> lower;
  std::span<const double> upper;
};

/// Share of the observations inside their interval, ends included.
[[nodiscard]] inline double coverage(const interval_outcome& o) {
  FORESHIFT_EXPECT(o.observed.size() == o.lower.size() && o.observed.size() == o.upper.size());
  return detail::mean_over(o.observed, [&](std::size_t i) {
    return o.observed[i] >= o.lower[i] && o.observed[i] <= o.upper[i] ? 1.0 : 0.0;
  });
}

struct interval_scale {
  double level = 0.95;  ///< of the interval, 1 - alpha, in (0, 1)
  double scale = 1;     ///< see `seasonal_naive_scale`
};
/// Mean scaled interval score: mean of (u - l) + 2/alpha (l - y)+ + 2/alpha (y - u)+, over the scale.
[[nodiscard]] inline double msis(const interval_outcome& o, const interval_scale& by) {
  FORESHIFT_EXPECT(o.observed.size() == o.lower.size() && o.observed.size() == o.upper.size());
  FORESHIFT_EXPECT(by.level > 0 && by.level < 1);
  const double penalty = 2.0 / (1.0 - by.level);
  return detail::mean_over(o.observed,
                           [&](std::size_t i) {
                             return o.upper[i] - o.lower[i] +
                                    penalty * std::max(o.lower[i] - o.observed[i], 0.0) +
                                    penalty * std::max(o.observed[i] - o.upper[i], 0.0);
                           }) /
         by.scale;
}

/// Continuous ranked probability score of one observation from a sample of its forecast distribution, the
/// fair form: mean |x_i - y| - sum_ij |x_i - x_j| / (2 m (m - 1)). One value gives its absolute error. O(m
/// log m); sorts the sample.
/// @pre sample not empty
[[nodiscard]] inline double crps_in_place(std::span<double> sample, double observed) {
  FORESHIFT_EXPECT(!sample.empty());
  std::ranges::sort(sample);
  const auto m = static_cast<double>(sample.size());
  double distance = 0, spread = 0;  // spread: sum over pairs i < j of x_j - x_i
  for (std::size_t i = 0; i < sample.size(); ++i) {
    distance += std::abs(sample[i] - observed);
    spread += (2.0 * static_cast<double>(i) + 1.0 - m) * sample[i];
  }
  return distance / m - (sample.size() > 1 ? spread / (m * (m - 1.0)) : 0.0);
}

/// A forecast distribution by some of its quantiles. @pre same length, both ascending
struct quantile_outcome {
  double observed = 0;
  std::span<const double> levels;
  std::span<const double> quantiles;
};
/// CRPS of one observation from quantiles: twice the integral of the pinball loss over the levels, each level
/// standing for the probability nearest to it. Exact in the limit of dense levels. NaN without levels.
[[nodiscard]] inline double crps(const quantile_outcome& o) {
  FORESHIFT_EXPECT(o.levels.size() == o.quantiles.size());
  double sum = 0, from = 0;
  for (std::size_t i = 0; i < o.levels.size(); ++i) {
    const double to = i + 1 < o.levels.size() ? 0.5 * (o.levels[i] + o.levels[i + 1]) : 1.0;
    const double e = o.observed - o.quantiles[i];
    sum += 2.0 * (to - from) * (e >= 0 ? o.levels[i] * e : (o.levels[i] - 1.0) * e);
    from = to;
  }
  return o.levels.empty() ? std::numeric_limits<double>::quiet_NaN() : sum;
}

/// Brier score of forecast probabilities of an event, `observed` being 1 where it happened and 0 where not:
/// mean (p - o)^2.
[[nodiscard]] inline double brier_score(const outcome& o) {
  FORESHIFT_EXPECT(o.observed.size() == o.forecast.size());
  return detail::mean_over(o.observed, [&](std::size_t i) {
    return (o.forecast[i] - o.observed[i]) * (o.forecast[i] - o.observed[i]);
  });
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
