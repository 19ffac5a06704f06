#pragma once
/// @file
/// What to put where a regular series has no reading.
///
/// A short gap is a lost packet and may be bridged; a long one is ignorance, and a model must see it as such.

#include <foreshift/core/config.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

enum class gap_rule : std::uint8_t {
  keep,           ///< leave NaN
  carry_forward,  ///< repeat the value before the gap, in its first `steps_max` steps; causal
  interpolate,    ///< a line between both ends, in gaps of at most `steps_max` steps; looks one reading ahead
};

struct gap_policy {
  gap_rule rule = gap_rule::keep;
  std::size_t steps_max = 3;
};

/// Fills gaps (runs of NaN) in place; returns how many values were filled. A gap at the beginning is never
/// filled, one at the end only by carrying forward. O(n), no allocation.
inline std::size_t impute(std::span<double> values, gap_policy policy) {
  if (policy.rule == gap_rule::keep) return 0;
  std::size_t filled = 0;
  for (std::size_t i = 0; i < values.size();) {
    if (!std::isnan(values[i])) {
      ++i;
      continue;
    }
    const std::size_t first = i;
    while (i < values.size() && std::isnan(values[i])) ++i;
    const std::size_t length = i - first;
    if (first == 0) continue;
    const double before = values[first - 1];
    if (policy.rule == gap_rule::carry_forward) {
      const std::size_t n = std::min(length, policy.steps_max);
      std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(first), n, before);
      filled += n;
    } else if (i < values.size() && length <= policy.steps_max) {
      for (std::size_t k = 0; k < length; ++k)
        values[first + k] =
            std::lerp(before, values[i], static_cast<double>(k + 1) / static_cast<double>(length + 1));
      filled += length;
    }
  }
  return filled;
}

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
