#pragma once
/// @file
/// A counter as a rate, restarts left out.
///
/// A counter only grows, but for a restart, after which it begins at 0 again: what it shows then is what has
/// been added since. That is what Prometheus's `increase` does as well; here nothing is extrapolated to the
/// edges of a window, because steps touch.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// Rates per second of the steps between n + 1 counts, in place: `counts[i]` becomes that of the step from
/// count i to count i + 1, and the last element NaN. A step without a count at its end has no rate; after a
/// gap the first rate is the mean over the gap. O(n). @pre step > 0
inline void counts_to_rates(std::span<double> counts, duration step) {
  FORESHIFT_EXPECT(step > duration::zero());
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const double seconds = to_seconds(step);
  double last = none;
  std::size_t steps = 0;  // since `last`
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double count = counts[i];
    if (i > 0) {
      const double added = count < last ? count : count - last;  // a reset; NaN where either is missing
      counts[i - 1] = added / (seconds * static_cast<double>(steps));
    }
    if (!std::isnan(count)) last = count, steps = 0;
    ++steps;
  }
  if (!counts.empty()) counts.back() = none;
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
