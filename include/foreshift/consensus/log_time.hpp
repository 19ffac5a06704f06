#pragma once
/// @file
/// Log time: one clock for all, made of many.
///
/// Every entry carries its proposer's clock. Log time follows it but never goes back, and advances by a
/// bounded step per entry and by a bounded amount per window of entries, so that one fast clock cannot expire
/// everything. It is a function of the log and therefore the same everywhere.

#include <foreshift/consensus/wire.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// `t + by`, held at the ends of time: clocks come from other sites.
[[nodiscard]] constexpr time_point later(time_point t, duration by) {
  if (by > duration{} && t > time_point::max() - by) return time_point::max();
  if (by < duration{} && t < time_point::min() - by) return time_point::min();
  return t + by;
}

/// How far log time may advance. Part of the genesis: all sites must agree.
struct log_time_bounds {
  duration per_entry = std::chrono::minutes{10};
  duration per_window = std::chrono::minutes{60};
  /// Entries, at least 1; alpha is a good value. It does not follow the epochs' alpha: no epoch
  /// should be able to widen a bound on clocks.
  std::uint32_t window = 16;
  friend bool operator==(const log_time_bounds&, const log_time_bounds&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.per_entry, self.per_window, self.window); }
};

/// A regular value. The first entry sets the clock: there is nothing before it to be bounded by.
class log_clock {
 public:
  explicit log_clock(log_time_bounds bounds = {}) : bounds_(bounds) {
    bounds_.window = std::max<std::uint32_t>(bounds_.window, 1);
  }

  void advance(time_point given) {
    if (history_.empty()) {
      now_ = given;
    } else {
      const time_point latest =
          std::min(later(now_, bounds_.per_entry), later(history_.front(), bounds_.per_window));
      now_ = std::max(now_, std::min(given, latest));
    }
    // The log times after the last `window` entries: the front is where the window began.
    history_.push_back(now_);
    if (history_.size() > bounds_.window) history_.erase(history_.begin());
  }
  [[nodiscard]] time_point now() const { return now_; }
  friend bool operator==(const log_clock&, const log_clock&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.bounds_, self.now_, self.history_); }
  /// True when what was read is a clock that never went back.
  [[nodiscard]] bool restored() const {
    return bounds_.window >= 1 && history_.size() <= bounds_.window &&
           std::is_sorted(history_.begin(), history_.end()) &&
           now_ == (history_.empty() ? time_point{} : history_.back());
  }

 private:
  log_time_bounds bounds_;
  time_point now_{};
  std::vector<time_point> history_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
