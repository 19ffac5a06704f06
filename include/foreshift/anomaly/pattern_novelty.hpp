#pragma once
/// @file
/// A measure: how unlike every shape before it the recent shape of the stream is.
///
/// The stream is cut to block means; the last few, less their own mean, are a shape. The amount is the
/// Euclidean distance to the nearest prototype, which moves a little towards it; a full set of prototypes
/// gives up the one that has matched least recently. Discords after E. Keogh, J. Lin, A. Fu, "HOT SAX:
/// efficiently finding the most unusual time series subsequence" (ICDM 2005), on a bounded memory as in
/// online vector quantisation.

#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct pattern_novelty_options {
  std::size_t decimation = 4;    ///< samples in a block; at least 1
  std::size_t length = 12;       ///< blocks in a shape; at least 2
  std::size_t prototypes = 256;  ///< at least 2, at most 256
  double pace = 0.2;             ///< share of the way that the nearest prototype moves; in [0, 1]
};

/// Memory: prototypes x length numbers. Between two blocks the amount is that of the last one.
class pattern_novelty {
 public:
  static constexpr std::string_view name = "pattern";
  static constexpr bool two_sided = false;

  explicit pattern_novelty(const pattern_novelty_options& options = {}) : options_(options) {
    FORESHIFT_EXPECT(consistent());
    blocks_.reserve(options.length + 1);
    shape_.reserve(options.length);
    known_.reserve(options.prototypes * options.length);
    matched_.reserve(options.prototypes);
  }

  /// `observed` is the distance, `expected` is 0. O(prototypes x length / decimation).
  nonconformity measure(const telemetry::sample& s) {
    sum_ += std::clamp(s.value, -limit, limit);
    if (++in_block_ == options_.decimation) end_block();
    return {distance_, distance_, 0};
  }

  /// A shape begins anew.
  void interrupt() {
    sum_ = distance_ = 0;
    in_block_ = 0;
    blocks_.clear();
  }

 private:
  friend struct foreshift::archive_access;
  static constexpr double limit = 1e150;
  static void members(auto& self, auto& archive) {
    auto& o = self.options_;
    archive(o.decimation, o.length, o.prototypes, o.pace, self.sum_, self.in_block_, self.blocks_,
            self.known_, self.matched_, self.round_, self.spread_, self.distance_);
  }
  [[nodiscard]] bool consistent() const {
    const auto& o = options_;
    const auto finite = [](double x) { return std::isfinite(x); };
    return o.decimation >= 1 && o.length >= 2 && o.length <= 4096 && o.prototypes >= 2 &&
           o.prototypes <= 256 && o.pace >= 0 && o.pace <= 1 && in_block_ < o.decimation &&
           blocks_.size() <= o.length && matched_.size() <= o.prototypes &&
           known_.size() == matched_.size() * o.length && std::isfinite(sum_) && std::isfinite(distance_) &&
           distance_ >= 0 && spread_ >= 0 && std::isfinite(spread_) && std::ranges::all_of(blocks_, finite) &&
           std::ranges::all_of(known_, finite);
  }

  void end_block() {
    blocks_.push_back(sum_ / static_cast<double>(in_block_));
    sum_ = 0;
    in_block_ = 0;
    if (blocks_.size() > options_.length) blocks_.erase(blocks_.begin());
    if (blocks_.size() == options_.length) compare();
  }
  void compare() {
    const std::size_t n = options_.length;
    double mean = 0;
    for (const double b : blocks_) mean += b / static_cast<double>(n);
    shape_.assign(blocks_.begin(), blocks_.end());
    for (double& x : shape_) x = distance_between(x, mean) == 0 ? 0 : x - mean;
    ++round_;

    double nearest = std::numeric_limits<double>::infinity();
    std::size_t best = 0;
    for (std::size_t p = 0; p < matched_.size(); ++p) {
      double sum = 0;
      for (std::size_t i = 0; i < n && sum < nearest; ++i) {
        const double off = (shape_[i] - known_[p * n + i]);
        sum += off * off;
      }
      if (sum < nearest) nearest = sum, best = p;
    }
    constexpr std::size_t fewest = 4;  // shapes, before any is new
    distance_ = matched_.size() < fewest ? 0 : std::min(std::sqrt(nearest), limit * 1e3);
    if (!matched_.empty() && nearest == 0) return void(matched_[best] = round_);
    if (matched_.size() < options_.prototypes) {
      known_.insert(known_.end(), shape_.begin(), shape_.end());
      matched_.push_back(round_);
      return;
    }
    for (std::size_t i = 0; i < n; ++i)
      known_[best * n + i] += options_.pace * (shape_[i] - known_[best * n + i]);
    matched_[best] = round_;
    spread_ += 0.02 * (distance_ - spread_);
    if (distance_ <= 2 * spread_) return;
    const auto oldest = static_cast<std::size_t>(std::ranges::min_element(matched_) - matched_.begin());
    std::ranges::copy(shape_, known_.begin() + static_cast<std::ptrdiff_t>(oldest * n));
    matched_[oldest] = round_;
  }

  pattern_novelty_options options_;
  double sum_ = 0;
  std::size_t in_block_ = 0;
  std::vector<double> blocks_, shape_, known_;
  std::vector<std::uint64_t> matched_;  ///< of each prototype, when it last was the nearest
  std::uint64_t round_ = 0;
  double spread_ = 0;  ///< usual distance once there is no room
  double distance_ = 0;
};
static_assert(NonconformityMeasure<pattern_novelty>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
