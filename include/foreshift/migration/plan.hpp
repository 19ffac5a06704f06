#pragma once
/// @file
/// How many moves may be made: at most a share of the workloads in any rolling hour.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::migration {

struct move_budget_options {
  double share = 0.05;                      ///< of the workloads; in [0, 1]
  duration window = std::chrono::hours{1};  ///< above 0
};

/// Counts the moves in the window (now - window, now]. Memory: at most that many instants.
class move_budget {
 public:
  move_budget(const move_budget_options& options, std::size_t workload_count) : window_(options.window) {
    FORESHIFT_EXPECT(options.share >= 0 && options.share <= 1 && options.window > duration::zero());
    // 5 % of 20 is one move: a product that is a hair below a whole number counts as that number.
    limit_ = static_cast<std::size_t>(std::floor(options.share * static_cast<double>(workload_count) + 1e-9));
  }

  [[nodiscard]] std::size_t limit() const { return limit_; }
  /// How many moves may still start now. O(moves in the window).
  [[nodiscard]] std::size_t left(time_point now) const {
    const auto used = static_cast<std::size_t>(
        std::ranges::count_if(starts_, [&](time_point at) { return now - at < window_; }));
    return used >= limit_ ? 0 : limit_ - used;
  }
  [[nodiscard]] bool may_start(time_point now) const { return left(now) > 0; }
  /// A move starts. It is counted even where it was not allowed: somebody else may have decided so.
  /// Starts come in order of time.
  void record(time_point now) {
    std::erase_if(starts_, [&](time_point at) { return now - at >= window_; });
    starts_.push_back(now);
  }
  /// The first instant from `now` on at which a move may start; `now + window` where none ever may.
  [[nodiscard]] time_point next_at(time_point now) const {
    if (may_start(now)) return now;
    if (limit_ == 0) return now + window_;
    return starts_[starts_.size() - limit_] + window_;
  }

 private:
  duration window_;
  std::size_t limit_ = 0;
  std::vector<time_point> starts_;  // ascending
};

}  // namespace foreshift::inline FORESHIFT_ABI::migration
