#pragma once
/// @file
/// How many moves may be made: at most a share of the workloads in any rolling hour.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::migration {

struct move_budget_options {
  double share = 0.05;                      ///< of the workloads; in [0, 1]
  duration window = std::chrono::hours{1};  ///< above 0
};

/// A rule, not a record: when moves were started is the caller's to know, ascending, each start once. Where
/// that comes from the log, all sites count the same. Each question is O(log n).
class move_budget {
 public:
  move_budget(const move_budget_options& options, std::size_t workload_count) : window_(options.window) {
    FORESHIFT_EXPECT(options.share >= 0 && options.share <= 1 && options.window > duration::zero());
    // 5 % of 20 is one move: a product that is a hair below a whole number counts as that number.
    limit_ = static_cast<std::size_t>(std::floor(options.share * static_cast<double>(workload_count) + 1e-9));
  }

  [[nodiscard]] std::size_t limit() const { return limit_; }
  /// How many moves may still start now: those in (now - window, now] are counted, and later ones too.
  [[nodiscard]] std::size_t left(std::span<const time_point> starts, time_point now) const {
    const auto counted = std::ranges::upper_bound(starts, now - window_);
    const auto used = static_cast<std::size_t>(starts.end() - counted);
    return used >= limit_ ? 0 : limit_ - used;
  }
  /// The first instant from `now` on at which a move may start; `now + window` where none ever may.
  [[nodiscard]] time_point next_at(std::span<const time_point> starts, time_point now) const {
    if (left(starts, now) > 0) return now;
    if (limit_ == 0) return now + window_;
    return starts[starts.size() - limit_] + window_;
  }

 private:
  duration window_;
  std::size_t limit_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::migration
