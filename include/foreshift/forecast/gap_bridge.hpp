#pragma once
/// @file
/// Stand-ins for what was not observed, for methods that need a value at every step.
///
/// Inside the series a gap lies on the line between its neighbours, at the ends it repeats the nearest
/// observation. Who can give these values no weight should: they are there to keep the arithmetic going.

#include <foreshift/forecast/observation.hpp>

#include <cmath>
#include <cstddef>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Fills every gap in place and returns how many values were filled; without any observation nothing is.
/// O(n).
inline std::size_t bridge_gaps(std::span<double> y) {
  std::size_t filled = 0;
  std::size_t next = 0;  // the first place after the last observation
  bool seen = false;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!is_observed(y[i])) continue;
    for (std::size_t g = next; g < i; ++g, ++filled)
      y[g] = !seen ? y[i]
                   : std::lerp(y[next - 1], y[i],
                               static_cast<double>(g + 1 - next) / static_cast<double>(i + 1 - next));
    seen = true;
    next = i + 1;
  }
  if (!seen) return 0;
  for (std::size_t g = next; g < y.size(); ++g, ++filled) y[g] = y[next - 1];
  return filled;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
