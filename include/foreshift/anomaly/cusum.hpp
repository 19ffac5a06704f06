#pragma once
/// @file
/// The cumulative sum chart: the smallest lasting shifts, soonest.
///
/// Two sums of standardised values, each less a slack k and never below 0, one for each direction; out of
/// control when one exceeds h. After an alarm the baseline is learned anew, so that a new level alerts once.
///
/// E. S. Page, "Continuous inspection schemes" (Biometrika 41, 1954). With k = 1/2 and h = 5 the average run
/// length in control is 465 where the baseline is known.

#include <foreshift/anomaly/detector.hpp>
#include <foreshift/anomaly/probation_baseline.hpp>
#include <foreshift/core/archive.hpp>

#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct cusum_options {
  double slack = 0.5;      ///< k, in standard deviations: half the shift to be found; at least 0
  double decision = 5;     ///< h, in standard deviations; positive
  double probation = 100;  ///< samples of the baseline; at least 2
};

class cusum {
 public:
  static constexpr std::string_view name = "CUSUM";

  explicit cusum(const cusum_options& options = {})
      : slack_(options.slack), decision_(options.decision), baseline_(options.probation) {
    FORESHIFT_EXPECT(consistent());
  }

  /// The score is 1/2 at the decision limit.
  score observe(const telemetry::sample& s) {
    if (!std::isfinite(s.value)) return {};
    const auto x = baseline_.standardise(s.value);
    if (!x) return {};
    up_ = std::max(0.0, up_ + *x - slack_);
    down_ = std::max(0.0, down_ - *x - slack_);
    const double sum = std::max(up_, down_);
    const score out{sum / (sum + decision_), sum > decision_};
    if (out.alert) {
      baseline_.restart();
      up_ = down_ = 0;
    }
    return out;
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    archive(self.slack_, self.decision_, self.baseline_, self.up_, self.down_);
  }
  [[nodiscard]] bool consistent() const {
    return slack_ >= 0 && decision_ > 0 && std::isfinite(decision_) && up_ >= 0 && std::isfinite(up_) &&
           down_ >= 0 && std::isfinite(down_);
  }
  double slack_, decision_;
  probation_baseline baseline_;
  double up_ = 0, down_ = 0;
};
static_assert(Detector<cusum>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
