#pragma once
/// @file
/// How many samples are missing before this one, and whether it comes too late.
///
/// Nobody says at which step a stream is sampled, so the usual step is learned: its logarithm moves a little
/// towards each step, up or down, which makes it the median (H. Robbins, S. Monro, "A stochastic
/// approximation method", 1951), and follows when the sampling changes. A step of more than two and a half
/// usual ones is a gap. A sample from before the latest one is late; a second one that goes on from there
/// says that the clock was set back, and time goes on from there.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/config.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

/// O(1), no allocation.
class sample_clock {
 public:
  struct tick {
    std::uint32_t missed = 0;  ///< usual steps that passed without a sample, at most a million
    bool late = false;
  };

  /// The next sample's time, in the order of arrival.
  tick observe(time_point at) {
    if (!latest_) return latest_ = at, tick{};
    if (at < *latest_ && !(late_ && at >= *late_)) return late_ = at, tick{0, true};
    late_.reset();
    const time_point before = std::exchange(*latest_, at);
    if (at <= before) return {};  // at once, or the clock was set back
    // Not the difference of the times: two far ones may be more nanoseconds apart than there are numbers.
    return {after(to_seconds(at.time_since_epoch()) - to_seconds(before.time_since_epoch())), false};
  }

 private:
  friend struct foreshift::archive_access;
  static constexpr double gap = 2.5, fewest = 10, pace = 0.02, most = 1e6;
  static void members(auto& self, auto& archive) {
    archive(self.usual_, self.steps_, self.latest_, self.late_);
  }
  [[nodiscard]] bool consistent() const { return usual_ >= 0 && usual_ < 1e12 && steps_ <= fewest / pace; }

  std::uint32_t after(double step) {
    if (steps_ == 0) usual_ = step;
    const double in_steps = usual_ > 0 ? step / usual_ : 1;
    const bool missing = steps_ >= fewest && in_steps > gap;
    steps_ = std::min(steps_ + 1, fewest / pace);
    const double factor = 1 + std::max(pace, 1 / steps_);
    usual_ = std::clamp(step, usual_ / factor, usual_ * factor);
    return missing ? static_cast<std::uint32_t>(std::min(std::round(in_steps) - 1, most)) : 0;
  }

  double usual_ = 0;  ///< seconds
  double steps_ = 0;
  std::optional<time_point> latest_, late_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
