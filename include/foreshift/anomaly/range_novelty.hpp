#pragma once
/// @file
/// An alarm when a stream goes further out than it ever has.
///
/// The median of a probation at the beginning of the stream says what is usual. From then on an observation
/// is novel when it lies further from that median than any before it, and its score is the share of its
/// distance that is new: 0 when others have been as far, 1 when nothing has ever left the median. An incident
/// is reported once: after an alarm nothing is scored for a hold-off. What is seen meanwhile belongs to that
/// incident and does not widen the known range, so that an incident which grows is reported again.
///
/// State after the probation: the median, the furthest distance and the rest of the hold-off. It is the floor
/// that every other detector has to beat: on benchmarks such as that of Lavin and Ahmad, Evaluating Real-time
/// Anomaly Detection Algorithms: the Numenta Anomaly Benchmark (ICMLA 2015), a hold-off is worth more than a
/// better score.

#include <foreshift/anomaly/detector.hpp>
#include <foreshift/anomaly/score.hpp>
#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/telemetry/sample.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct range_novelty_options {
  std::size_t probation = 750;  ///< finite samples that are learned from and never scored; at least 1
  double holdoff_share = 0.2;   ///< of the probation, in finite samples after an alarm; at least 0
  double alert_threshold = 0;   ///< an alarm needs a score above it; in [0, 1)
};

/// The detector. Memory: `probation` numbers until the probation is over, then none. @see Detector
class range_novelty {
 public:
  explicit range_novelty(const range_novelty_options& options = {})
      : options_(options),
        holdoff_(static_cast<std::size_t>(
            std::ceil(options.holdoff_share * static_cast<double>(options.probation)))) {
    FORESHIFT_EXPECT(options.probation > 0 && options.holdoff_share >= 0);
    FORESHIFT_EXPECT(options.alert_threshold >= 0 && options.alert_threshold < 1);
    learned_.resize(options.probation);
  }

  /// O(1), except for the last sample of the probation: O(probation) on average. Allocates never.
  /// A value that is not finite scores 0, teaches nothing and does not count towards probation or hold-off.
  score observe(const telemetry::sample& s) {
    if (!std::isfinite(s.value)) return {};
    if (seen_ < options_.probation) return learn(s.value), score{};

    // Halved, so that the distance between two finite numbers is finite.
    const double distance = std::abs(s.value / 2 - half_median_);
    if (rest_ > 0) return --rest_, score{};
    if (distance <= furthest_) return {};
    const double share_new = 1 - furthest_ / distance;
    furthest_ = distance;
    if (share_new <= options_.alert_threshold) return {share_new, false};
    rest_ = holdoff_;
    return {share_new, true};
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    auto& o = self.options_;
    archive(o.probation, o.holdoff_share, o.alert_threshold, self.holdoff_, self.learned_, self.seen_,
            self.half_median_, self.furthest_, self.rest_);
  }
  [[nodiscard]] bool consistent() const {
    const auto& o = options_;
    return o.probation > 0 && o.holdoff_share >= 0 && o.alert_threshold >= 0 && o.alert_threshold < 1 &&
           seen_ <= o.probation && learned_.size() == (seen_ < o.probation ? o.probation : 0) &&
           std::isfinite(half_median_) && furthest_ >= 0 && std::isfinite(furthest_) && rest_ <= holdoff_;
  }
  void learn(double value) {
    learned_[seen_++] = value;
    if (seen_ < options_.probation) return;
    const auto middle = learned_.begin() + static_cast<std::ptrdiff_t>(learned_.size() / 2);
    std::nth_element(learned_.begin(), middle, learned_.end());
    half_median_ = *middle / 2;  // the upper median: an observation, also where the number of samples is even
    for (const double x : learned_) furthest_ = std::max(furthest_, std::abs(x / 2 - half_median_));
    std::vector<double>{}.swap(learned_);
  }

  range_novelty_options options_;
  std::size_t holdoff_ = 0;
  std::vector<double> learned_;
  std::size_t seen_ = 0;
  double half_median_ = 0;
  double furthest_ = 0;
  std::size_t rest_ = 0;
};
static_assert(Detector<range_novelty>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
