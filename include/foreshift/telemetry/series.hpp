#pragma once
/// @file
/// A regular series: equal steps, oldest first, NaN where there is no reading.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

/// A look at n equally spaced values, oldest first; value i covers [start + i step, start + (i + 1) step).
/// The values belong to somebody else and must outlive the view. @pre step > 0
struct series_view {
  time_point start{};
  duration step = std::chrono::minutes{5};
  std::span<const double> values{};

  [[nodiscard]] std::size_t size() const { return values.size(); }
  [[nodiscard]] time_point time_at(std::size_t i) const {
    return start + static_cast<duration::rep>(i) * step;
  }
  /// The first instant not covered: where a forecast begins.
  [[nodiscard]] time_point end() const { return time_at(values.size()); }
  /// The first n values. @pre n <= size()
  [[nodiscard]] series_view first(std::size_t n) const { return {start, step, values.first(n)}; }
  /// The last n values. @pre n <= size()
  [[nodiscard]] series_view last(std::size_t n) const {
    return {time_at(values.size() - n), step, values.last(n)};
  }
};

/// A series that owns its values.
struct series {
  time_point start{};
  duration step = std::chrono::minutes{5};
  std::vector<double> values{};

  [[nodiscard]] series_view view() const { return {start, step, values}; }
  operator series_view() const { return view(); }  // NOLINT: an owner is usable wherever a look is
  [[nodiscard]] std::size_t size() const { return values.size(); }
  [[nodiscard]] time_point time_at(std::size_t i) const { return view().time_at(i); }
  [[nodiscard]] time_point end() const { return view().end(); }
  friend bool operator==(const series&, const series&) = default;
};

/// How many steps make one season: steps_in(24h, 5min) == 288. @pre season is a multiple of step
[[nodiscard]] constexpr std::size_t steps_in(duration season, duration step) {
  FORESHIFT_EXPECT(step > duration::zero() && season % step == duration::zero());
  return static_cast<std::size_t>(season / step);
}

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
