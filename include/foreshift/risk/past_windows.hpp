#pragma once
/// @file
/// What a series has done within a horizon before: how far it rose from where it stood.
///
/// For each of the last windows the memory holds where the series stood, how it was moving, and the largest
/// rise within the horizon that followed. Two opinions on a limit follow without any model: the share of all
/// rises that would carry the present value over it, and the share among analogues, the windows that began at
/// a like level with a like slope.
///
/// Sources: E. N. Lorenz, Atmospheric predictability as revealed by naturally occurring analogues, J.
/// Atmospheric Sciences 26 (1969); the weights are a kernel's, E. A. Nadaraya, On estimating regression,
/// Theory of Probability and its Applications 9 (1964).

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/ring_buffer.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace foreshift::inline FORESHIFT_ABI::risk {

struct past_windows_options {
  std::size_t horizon = 12;     ///< steps of a window, at least 1
  std::size_t kept = 288;       ///< windows remembered, at least 1
  std::size_t slope_steps = 3;  ///< the slope is the rise over this many steps, at least 1
  double bandwidth = 0.25;      ///< distance at which an analogue counts a quarter, in standard deviations

  static void members(auto& self, auto& archive) {
    archive(self.horizon, self.kept, self.slope_steps, self.bandwidth);
  }
  [[nodiscard]] bool consistent() const {
    return is_archived_size(horizon) && is_archived_size(kept) && is_archived_size(slope_steps) &&
           bandwidth > 0 && bandwidth <= 1e6;
  }
};

/// Memory for kept + horizon windows, allocated at once. `observe` is O(1), the questions are O(kept).
class past_windows {
 public:
  /// Both in (0, 1] as soon as something is known: they are shrunk to what was believed before.
  struct opinion {
    double increments = 0;
    double analogues = 0;
  };

  explicit past_windows(const past_windows_options& o)
      : options_(checked(o)), recent_(o.horizon), levels_(o.horizon + o.slope_steps + 1), windows_(o.kept) {}

  /// The next value. What is not a number is a gap: it is passed over where a largest value is sought, and
  /// the level stays where it was. O(horizon).
  void observe(double y) {
    if (std::isfinite(y)) level_ = std::clamp(y, -largest, largest), known_ = true;
    if (!known_) return;
    recent_.push(std::isfinite(y) ? level_ : nothing);
    levels_.push(level_);
    if (!levels_.full()) return;
    // The window that began `horizon` steps ago is whole now.
    double peak = nothing;
    for (std::size_t i = 0; i < recent_.size(); ++i) peak = std::max(peak, recent_[i]);
    if (peak == nothing) return;
    const double begin = levels_[options_.slope_steps];
    windows_.push({begin, begin - levels_[0], peak - begin});
  }

  [[nodiscard]] const past_windows_options& options() const { return options_; }
  [[nodiscard]] std::size_t windows() const { return windows_.size(); }
  /// How likely a value above the limit is within the horizon.
  /// @param base the probability believed before any window is counted; it counts as half a window
  [[nodiscard]] opinion above(double limit, double base) const {
    FORESHIFT_EXPECT(base >= 0 && base <= 1);
    opinion out{base, base};
    if (windows_.empty()) return out;
    const double slope = level_ - levels_[levels_.size() - 1 - options_.slope_steps];
    const double needed = limit - level_;
    double over = 0, sums[4] = {};
    for (std::size_t i = 0; i < windows_.size(); ++i) {
      const auto& w = windows_[i];
      over += w.rise > needed ? 1 : 0;
      sums[0] += w.level, sums[1] += w.level * w.level, sums[2] += w.slope, sums[3] += w.slope * w.slope;
    }
    const auto n = static_cast<double>(windows_.size());
    out.increments = (over + 0.5 * base) / (n + 0.5);
    const auto inverse_square = [&](double sum, double squares) {
      const double variance = std::max(squares / n - sum / n * (sum / n), 0.0);
      return 1 / std::max(variance * options_.bandwidth * options_.bandwidth, 1e-12);
    };
    const double of_level = inverse_square(sums[0], sums[1]), of_slope = inverse_square(sums[2], sums[3]);
    double alike = 0, alike_over = 0;
    for (std::size_t i = 0; i < windows_.size(); ++i) {
      const auto& w = windows_[i];
      const double dl = w.level - level_, ds = w.slope - slope;
      const double near = 1 / (1 + dl * dl * of_level + ds * ds * of_slope);
      alike += near * near;
      if (w.rise > needed) alike_over += near * near;
    }
    out.analogues = (alike_over + 0.5 * out.increments) / (alike + 0.5);
    return out;
  }

 private:
  friend struct foreshift::archive_access;
  past_windows() = default;
  static void members(auto& self, auto& archive) {
    archive(self.options_, self.recent_, self.levels_, self.windows_, self.level_, self.known_);
  }
  [[nodiscard]] bool consistent() const {
    if (recent_.capacity() != options_.horizon || windows_.capacity() != options_.kept) return false;
    if (levels_.capacity() != options_.horizon + options_.slope_steps + 1) return false;
    if (!windows_.empty() && !levels_.full()) return false;
    if (recent_.size() != std::min(levels_.size(), options_.horizon) || !(std::abs(level_) <= largest))
      return false;
    for (std::size_t i = 0; i < levels_.size(); ++i)
      if (!(std::abs(levels_[i]) <= largest)) return false;
    for (std::size_t i = 0; i < recent_.size(); ++i)
      if (!(std::abs(recent_[i]) <= largest || recent_[i] == nothing)) return false;
    return true;
  }
  static const past_windows_options& checked(const past_windows_options& o) {
    FORESHIFT_EXPECT(o.consistent());
    return o;
  }
  struct window {
    double level = 0, slope = 0, rise = 0;
    static void members(auto& self, auto& archive) { archive(self.level, self.slope, self.rise); }
    [[nodiscard]] bool consistent() const {
      return std::abs(level) <= largest && std::abs(slope) <= 2 * largest && std::abs(rise) <= 2 * largest;
    }
  };
  static constexpr double largest = 1e100;  ///< squares of it can be summed
  static constexpr double nothing = std::numeric_limits<double>::lowest();
  past_windows_options options_;
  ring_buffer<double> recent_;  ///< the last `horizon` values, `nothing` where there was none
  ring_buffer<double> levels_;  ///< of which a window and its slope begin, gaps bridged
  ring_buffer<window> windows_;
  double level_ = 0;
  bool known_ = false;  ///< whether there has been a value
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
