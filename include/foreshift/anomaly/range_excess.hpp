#pragma once
/// @file
/// A measure: how far a value lies outside everything seen so far.
///
/// The distance beyond the highest or the lowest value, as a share of the range between them. 0 within the
/// range, so that only what is new counts. `range_novelty` is a detector on the same idea with a memory of
/// its own for alarms; this one leaves them to the ensemble. Extremes may be forgotten at a share of their
/// distance from the mean per sample. By default they are not: on the Numenta files forgetting them makes
/// old extremes news again, at four points of the score. The rule is ours.

#include <foreshift/anomaly/exponential_moments.hpp>
#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/core/archive.hpp>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct range_excess_options {
  double forget = 0;     ///< share of an extreme's distance from the mean lost each sample; in [0, 1)
  double warm_up = 30;   ///< samples that only learn; at least 1
  double memory = 2000;  ///< of that mean, in samples; at least 1
};

class range_excess {
 public:
  static constexpr std::string_view name = "range";
  static constexpr bool two_sided = false;

  explicit range_excess(const range_excess_options& options = {})
      : forget_(options.forget), warm_up_(options.warm_up), mean_(options.memory) {
    FORESHIFT_EXPECT(consistent());
  }

  /// `expected` is the nearer end of the range, or the value itself within it.
  nonconformity measure(const telemetry::sample& s) {
    const double x = s.value;
    if (mean_.seen() == 0) low_ = high_ = x;
    const double end = std::clamp(x, low_, high_);
    nonconformity out{0, x, end};
    if (mean_.seen() >= warm_up_) {
      const double range = std::min(high_ / 2 - low_ / 2, 1e300) * 2;
      out.amount = std::min(distance_between(x, end) / scale_at_least(range, end), 1e300);
    }
    low_ = std::min(x, low_ + forget_ * (mean_.mean() - low_));
    high_ = std::max(x, high_ + forget_ * (mean_.mean() - high_));
    mean_.learn(x);
    return out;
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    archive(self.forget_, self.warm_up_, self.mean_, self.low_, self.high_);
  }
  [[nodiscard]] bool consistent() const {
    return forget_ >= 0 && forget_ < 1 && warm_up_ >= 1 && std::isfinite(low_) && std::isfinite(high_) &&
           low_ <= high_;
  }
  double forget_, warm_up_;
  exponential_moments mean_;
  double low_ = 0, high_ = 0;
};
static_assert(NonconformityMeasure<range_excess>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
