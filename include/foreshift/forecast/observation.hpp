#pragma once
/// @file
/// What counts as an observation: everything else is a gap, in which time passes and nothing is learned.

#include <foreshift/core/config.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Readings beyond this (`explain` of errc names it) are faults of a sensor, not demand; below it, sums of
/// squares cannot overflow.
inline constexpr double largest_observation = 1e100;

/// False for NaN, for the infinities and for what is larger than any demand.
[[nodiscard]] inline bool is_observed(double y) { return std::abs(y) <= largest_observation; }

/// True for all that a model may come to remember after such observations: squares of it are still finite.
[[nodiscard]] inline bool is_bounded(double x) { return std::abs(x) <= 1e150; }

[[nodiscard]] inline std::size_t count_observed(std::span<const double> y) {
  return static_cast<std::size_t>(std::count_if(y.begin(), y.end(), is_observed));
}

/// The place of the first observation; y.size() when there is none.
[[nodiscard]] inline std::size_t first_observed(std::span<const double> y) {
  return static_cast<std::size_t>(std::find_if(y.begin(), y.end(), is_observed) - y.begin());
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
