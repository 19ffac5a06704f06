#pragma once
/// @file
/// Equal steps of time, and which step an instant falls into.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>

#include <cstddef>
#include <optional>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

/// The number of whole steps from `origin` to t, rounded down also before the origin.
/// @pre step > 0; the two instants are less than 292 years apart
[[nodiscard]] constexpr duration::rep steps_between(time_point origin, time_point t, duration step) {
  FORESHIFT_EXPECT(step > duration::zero());
  const duration off = t - origin;
  const duration::rep whole = off / step;
  return off % step < duration::zero() ? whole - 1 : whole;
}

/// The last multiple of `step` since 1970-01-01 00:00 UTC at or before t: steps of five minutes start at :00,
/// :05 ...
[[nodiscard]] constexpr time_point align_down(time_point t, duration step) {
  return time_point{steps_between(time_point{}, t, step) * step};
}

/// `size` steps after `start`; step i covers [start + i step, start + (i + 1) step). @pre step > 0
struct time_grid {
  time_point start{};
  duration step = std::chrono::minutes{5};
  std::size_t size = 0;

  [[nodiscard]] constexpr time_point time_at(std::size_t i) const {
    return start + static_cast<duration::rep>(i) * step;
  }
  [[nodiscard]] constexpr time_point end() const { return time_at(size); }
  /// The step that t falls into; nothing outside the grid.
  [[nodiscard]] constexpr std::optional<std::size_t> index_of(time_point t) const {
    if (t < start || t >= end()) return std::nullopt;
    return static_cast<std::size_t>(steps_between(start, t, step));
  }
  friend constexpr bool operator==(const time_grid&, const time_grid&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
