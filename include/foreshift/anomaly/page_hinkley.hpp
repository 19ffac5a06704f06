#pragma once
/// @file
/// Page and Hinkley's test: a lasting change of a mean that is not known and goes on being learned.
///
/// What the values exceed their running mean by, less a tolerance, is summed up; the test is how far the sum
/// has risen above its least value, and the same downwards. A CUSUM chart asks that of a baseline that has
/// been learned and stands still; here a slow drift is learned along, and only what outruns it counts. After
/// an alarm the mean is learned anew, so that a new level alerts once.
///
/// E. S. Page, "Continuous inspection schemes" (Biometrika 41, 1954); D. V. Hinkley, "Inference about the
/// change-point from cumulative sum tests" (Biometrika 58, 1971).

#include <foreshift/anomaly/detector.hpp>
#include <foreshift/anomaly/exponential_moments.hpp>
#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/core/archive.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct page_hinkley_options {
  double tolerance = 0.5;  ///< delta, in standard deviations: half the change to be found; at least 0
  double decision = 20;    ///< lambda, in standard deviations; positive
  double memory = 1000;    ///< values that the running mean and deviation go by; at least 2
  double probation = 50;   ///< values before anything counts; at least 2
};

class page_hinkley {
 public:
  static constexpr std::string_view name = "Page-Hinkley";

  explicit page_hinkley(const page_hinkley_options& options = {})
      : tolerance_(options.tolerance),
        decision_(options.decision),
        memory_(options.memory),
        probation_(options.probation),
        moments_(options.memory) {
    FORESHIFT_EXPECT(consistent());
  }

  /// The score is 1/2 at the decision limit. O(1).
  score observe(const telemetry::sample& s) {
    if (!std::isfinite(s.value)) return {};
    if (moments_.seen() < probation_) return moments_.learn(s.value), score{};
    const double scale = scale_at_least(moments_.deviation(), moments_.mean());
    const double x = std::clamp((s.value / 2 - moments_.mean() / 2) / (scale / 2), -1e6, 1e6);
    moments_.learn(s.value);
    // The rise above the least sum so far is a sum that never falls below 0.
    risen_ = std::max(0.0, risen_ + x - tolerance_);
    fallen_ = std::max(0.0, fallen_ - x - tolerance_);
    const double test = std::max(risen_, fallen_);
    const score out{test / (test + decision_), test > decision_};
    if (out.alert) {
      moments_ = exponential_moments{memory_};
      risen_ = fallen_ = 0;
    }
    return out;
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    archive(self.tolerance_, self.decision_, self.memory_, self.probation_, self.moments_, self.risen_,
            self.fallen_);
  }
  [[nodiscard]] bool consistent() const {
    return tolerance_ >= 0 && std::isfinite(tolerance_) && decision_ > 0 && std::isfinite(decision_) &&
           memory_ >= 2 && std::isfinite(memory_) && probation_ >= 2 && std::isfinite(probation_) &&
           risen_ >= 0 && std::isfinite(risen_) && fallen_ >= 0 && std::isfinite(fallen_);
  }
  double tolerance_, decision_, memory_, probation_;
  exponential_moments moments_;
  double risen_ = 0, fallen_ = 0;
};
static_assert(Detector<page_hinkley>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
