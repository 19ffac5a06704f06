#pragma once
/// @file
/// How near a series has been to a limit, in its own standard deviations.
///
/// Where a limit was never exceeded there is no event to count, but a day whose peaks came close to it is
/// not a day far below it. Kept are the peak of the last horizon and of a longer past, and a short and a long
/// running mean; each is given as its distance from the limit, so that the answers have no unit.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace foreshift::inline FORESHIFT_ABI::risk {

/// Distances above the limit in deviations, each in [-6, 6].
struct margins {
  double recent_peak = 0;  ///< of the largest value of late
  double past_peak = 0;    ///< of the largest value of a longer past
  double recent_mean = 0;
  double past_mean = 0;
};

struct limit_margins_options {
  std::size_t recent = 6;  ///< steps, at least 1
  std::size_t past = 144;  ///< steps, at least `recent`
  /// A series that hardly moves has at least this deviation, as a share of the limit; > 0.
  double deviation_share_min = 0.025;

  static void members(auto& self, auto& archive) {
    archive(self.recent, self.past, self.deviation_share_min);
  }
  [[nodiscard]] bool consistent() const {
    return is_archived_size(recent) && is_archived_size(past) && recent <= past && deviation_share_min > 0 &&
           deviation_share_min <= 1e6;
  }
};

/// A value of fixed size, whatever the past: long peaks are those of two blocks that take turns. O(1).
class limit_margins {
 public:
  explicit limit_margins(const limit_margins_options& o) : options_(o) { FORESHIFT_EXPECT(o.consistent()); }

  /// What is not a number is passed over.
  void observe(double y) {
    if (!std::isfinite(y)) return;
    y = std::clamp(y, -largest, largest);
    if (seen_ == 0) short_.mean = long_.mean = y;
    ++seen_;
    short_.learn(y, options_.recent, seen_), long_.learn(y, options_.past, seen_);
    short_peak_.learn(y, options_.recent), long_peak_.learn(y, options_.past);
  }
  [[nodiscard]] const limit_margins_options& options() const { return options_; }
  [[nodiscard]] bool empty() const { return seen_ == 0; }
  /// All 0 before the first value.
  [[nodiscard]] margins from(double limit) const {
    if (empty()) return {};
    const double least = std::max(std::abs(limit) * options_.deviation_share_min, 1e-12);
    const double of_past = std::max(std::sqrt(long_.variance), least);
    const auto apart = [&](double value, double unit) {
      return std::clamp((value - limit) / unit, -6.0, 6.0);
    };
    return {apart(short_peak_.largest(), of_past), apart(long_peak_.largest(), of_past),
            apart(short_.mean, std::max(std::sqrt(short_.variance), least)), apart(long_.mean, of_past)};
  }

 private:
  friend struct foreshift::archive_access;
  static constexpr double largest = 1e100;
  limit_margins() = default;
  struct running {
    double mean = 0, variance = 0;
    void learn(double y, std::size_t memory, std::size_t seen) {
      const double share = 1 / static_cast<double>(std::min(2 * memory, seen));
      const double apart = y - mean;
      variance += share * (apart * apart - variance);
      mean += share * apart;
    }
    static void members(auto& self, auto& archive) { archive(self.mean, self.variance); }
    [[nodiscard]] bool consistent() const {
      return std::abs(mean) <= 4 * limit_margins::largest && variance >= 0 && variance <= 1e203;
    }
  };
  /// The largest of the last n to 2 n values.
  struct peak {
    double now = -limit_margins::largest, before = -limit_margins::largest;
    std::size_t age = 0;
    void learn(double y, std::size_t n) {
      if (age >= n) before = now, now = -limit_margins::largest, age = 0;
      now = std::max(now, y), ++age;
    }
    [[nodiscard]] double largest() const { return std::max(now, before); }
    static void members(auto& self, auto& archive) { archive(self.now, self.before, self.age); }
    [[nodiscard]] bool consistent() const {
      return std::abs(now) <= limit_margins::largest && std::abs(before) <= limit_margins::largest;
    }
  };
  static void members(auto& self, auto& archive) {
    archive(self.options_, self.seen_, self.short_, self.long_, self.short_peak_, self.long_peak_);
  }
  limit_margins_options options_;
  std::size_t seen_ = 0;
  running short_, long_;
  peak short_peak_, long_peak_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
