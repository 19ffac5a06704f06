#pragma once
/// @file
/// A streaming isolation forest: where a point falls among the last ones, in trees that are cut blindly.
///
/// Each tree halves a random box again and again, in a random direction each time, before any data is seen;
/// only how many points fall into each half is learned. A window of samples is counted while the one before
/// it judges, and then takes its place. Where few have fallen a point is strange. A point is the last values
/// of the stream, so that an odd
/// order of usual values is strange as well. It is coarse: what lies beyond nearly all points is strange, and
/// hardly more so further out.
///
/// S. C. Tan, K. M. Ting, T. F. Liu, "Fast anomaly detection for streaming data" (IJCAI 2011). The isolation
/// forest is F. T. Liu, K. M. Ting, Z.-H. Zhou (ICDM 2008).

#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/anomaly/probation_baseline.hpp>
#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct half_space_trees_options {
  std::size_t trees = 25;
  std::size_t depth = 8;     ///< cuts from the root to a leaf; 1 to 15
  std::size_t window = 250;  ///< samples counted before they judge; at least 2
  std::size_t lags = 3;      ///< values in a point; 1 to 8
  double size_limit = 25;    ///< a node with at most so many points is not cut further
  double probation = 250;    ///< samples that set the unit of the values; at least 2
  std::uint64_t seed = 1;    ///< equal seeds make equal trees
};

/// The amount is how many times emptier, as a logarithm to base 2, the point's places are than those of a
/// window that falls into one leaf. O(trees x depth) a sample, once in a window O(trees x 2^depth); no
/// allocation after construction. Memory: 17 bytes a node, 2^(depth + 1) nodes a tree. Observed and
/// expected are points, each counted 2^level times.
class half_space_trees {
 public:
  static constexpr std::string_view name = "half-space trees";
  static constexpr bool two_sided = false;

  explicit half_space_trees(const half_space_trees_options& o = {})
      : trees_(o.trees),
        depth_(o.depth),
        window_(o.window),
        lags_(o.lags),
        size_limit_(o.size_limit),
        baseline_(o.probation) {
    FORESHIFT_EXPECT(consistent_options());
    direction_.resize(trees_ * nodes());
    cut_.resize(trees_ * nodes());
    counted_.resize(trees_ * nodes());
    judging_.resize(trees_ * nodes());
    random_stream random{o.seed};
    for (std::size_t t = 0; t < trees_; ++t) grow(t, random);
  }

  nonconformity measure(const telemetry::sample& s) {
    const auto x = baseline_.standardise(s.value);
    if (!x) return {};
    std::shift_right(point_.begin(), point_.end(), 1);
    // From three deviations below to three above the mean is the unit interval that the boxes surround.
    point_[0] = *x / 6 + 0.5;
    if (++seen_ < lags_) return {};
    double mass = 0;
    for (std::size_t t = 0; t < trees_; ++t) mass += visit(t);
    const bool judges = windows_ > 0;
    if (++in_window_ == window_) turn_window();
    if (!judges) return {};
    const double full = static_cast<double>(window_) * std::ldexp(1.0, static_cast<int>(depth_));
    const double mean = mass / static_cast<double>(trees_);
    return {std::max(0.0, std::log2((full + 1) / (mean + 1))), mean, full};
  }

  /// A point begins anew.
  void interrupt() { seen_ = 0; }

 private:
  friend struct foreshift::archive_access;
  static constexpr std::size_t lags_max = 8;

  static void members(auto& self, auto& archive) {
    archive(self.trees_, self.depth_, self.window_, self.lags_, self.size_limit_, self.baseline_,
            self.direction_, self.cut_, self.counted_, self.judging_, self.point_, self.seen_,
            self.in_window_, self.windows_);
  }
  [[nodiscard]] bool consistent_options() const {
    return trees_ >= 1 && trees_ <= 4096 && depth_ >= 1 && depth_ <= 15 && window_ >= 2 &&
           window_ <= archived_size_max && lags_ >= 1 && lags_ <= lags_max && size_limit_ >= 0;
  }
  [[nodiscard]] bool consistent() const {
    return consistent_options() && direction_.size() == trees_ * nodes() &&
           cut_.size() == direction_.size() && counted_.size() == direction_.size() &&
           judging_.size() == direction_.size() &&
           std::ranges::all_of(direction_, [&](std::uint8_t d) { return d < lags_; }) &&
           std::ranges::all_of(cut_, [](double c) { return std::isfinite(c); }) &&
           std::ranges::all_of(point_, [](double x) { return std::isfinite(x); }) && in_window_ < window_;
  }
  /// A tree as a heap: the root is 1, the children of i are 2i and 2i + 1.
  [[nodiscard]] std::size_t nodes() const { return std::size_t{2} << depth_; }

  /// The box reaches beyond the unit interval by a random amount in each direction, and every cut is in the
  /// middle of what is left of it.
  void grow(std::size_t t, random_stream& random) {
    std::array<std::pair<double, double>, lags_max> box;
    for (auto& [low, high] : box) {
      const double at = random.uniform(), reach = 2 * std::max(at, 1 - at);
      low = at - reach, high = at + reach;
    }
    cut_below(t, 1, 0, box, random);
  }
  void cut_below(std::size_t t, std::size_t node, std::size_t level,
                 std::array<std::pair<double, double>, lags_max> box, random_stream& random) {
    if (level == depth_) return;
    const auto along = static_cast<std::uint8_t>(random.below(lags_));
    auto& [low, high] = box[along];
    const double middle = low + (high - low) / 2;
    direction_[t * nodes() + node] = along;
    cut_[t * nodes() + node] = middle;
    const auto whole = box;
    high = middle;
    cut_below(t, 2 * node, level + 1, box, random);
    box = whole;
    box[along].first = middle;
    cut_below(t, 2 * node + 1, level + 1, box, random);
  }

  /// Counts the point down to its leaf. How many of the judging window fell where it stops being cut, times
  /// 2^level: an even spread gives the same at every level.
  double visit(std::size_t t) {
    const std::size_t root = t * nodes();
    std::size_t node = 1;
    double mass = -1;
    for (std::size_t level = 0;; ++level) {
      ++counted_[root + node];
      const auto before = static_cast<double>(judging_[root + node]);
      if (mass < 0 && (before <= size_limit_ || level == depth_))
        mass = std::ldexp(before, static_cast<int>(level));
      if (level == depth_) return mass;
      node = 2 * node + (point_[direction_[root + node]] < cut_[root + node] ? 0 : 1);
    }
  }
  void turn_window() {
    judging_.swap(counted_);
    std::ranges::fill(counted_, 0U);
    in_window_ = 0;
    windows_ = 1;
  }

  std::size_t trees_, depth_, window_, lags_;
  double size_limit_;
  probation_baseline baseline_;
  std::vector<std::uint8_t> direction_;
  std::vector<double> cut_;
  std::vector<std::uint32_t> counted_, judging_;
  std::array<double, lags_max> point_{};
  std::uint64_t seen_ = 0, in_window_ = 0, windows_ = 0;
};
static_assert(NonconformityMeasure<half_space_trees>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
