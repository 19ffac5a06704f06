#pragma once
/// @file
/// How likely the next error is above a number, read off the past errors without sorting them.
///
/// The quantiles of error_distribution.hpp are order statistics, so the level at which they pass a number is
/// known from the weight of the errors up to it and of the first one beyond: one pass over the errors in
/// place of a sort and a bisection. Beyond the outermost error its normal stretch is inverted.
///
/// Sources: those of error_distribution.hpp.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/forecast/error_blocks.hpp>
#include <foreshift/forecast/error_likeness.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace foreshift::inline FORESHIFT_ABI::forecast {

namespace detail {

/// The level at which `stretched_edge(edge, n, level)` passes e, which lies beyond the edge.
[[nodiscard]] inline double stretched_level(double edge, double n, double e) {
  const bool outwards = e < edge ? edge < 0 : edge > 0;
  if (!outwards) return e < edge ? 0 : 1;
  const double at_edge =
      foreshift::detail::portable_normal_quantile(e < edge ? 0.75 / (n + 1.0) : 1 - 0.75 / (n + 1.0));
  return 0.5 * std::erfc(-e / edge * at_edge / 1.4142135623730951);
}

}  // namespace detail

/// P(error > e) at a step that has its own distribution, to the same convention as the quantiles of
/// `error_distribution`; from 1e-6 to 1 - 1e-6. One pass, no allocation.
/// @param like the weights of the errors at this step
/// @pre errors.known(step) >= 1
[[nodiscard]] inline double probability_above(const error_blocks& errors, std::size_t step,
                                              const error_likeness& like, double e) {
  const std::size_t known = errors.known(step);
  FORESHIFT_EXPECT(known >= 1);
  constexpr double none = std::numeric_limits<double>::infinity();
  double up_to = 0, all = 0, next = none, next_weight = none, least = none, most = -none;
  for (std::size_t age = 0; age < known; ++age) {
    const double x = errors.error(step, age), w = like.weight(age);
    all += w;
    least = std::min(least, x), most = std::max(most, x);
    if (x <= e)
      up_to += w;
    else if (x < next || (x == next && w < next_weight))
      next = x, next_weight = w;
  }
  double level = 0;
  if (most <= e)
    level = std::max(all / (all + 1), detail::stretched_level(most, all, e));
  else if (e < least)
    level = std::min(next_weight / (all + 1), detail::stretched_level(least, all, e));
  else if (up_to / (all + 1) >= 0.5)
    level = up_to / (all + 1);
  else  // below the middle an order statistic holds until the next one begins
    level = std::min((up_to + next_weight) / (all + 1), 0.5);
  return 1 - std::clamp(level, 1e-6, 1 - 1e-6);
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
