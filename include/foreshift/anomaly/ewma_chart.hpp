#pragma once
/// @file
/// The EWMA control chart: small lasting shifts of the mean.
///
/// z_t = w x_t + (1 - w) z_(t-1) over standardised x; out of control when |z_t| exceeds
/// L sqrt(w / (2 - w) (1 - (1 - w)^(2t))). After an alarm the chart learns its baseline anew, so that a new
/// level alerts once.
///
/// S. W. Roberts, "Control chart tests based on geometric moving averages" (Technometrics 1, 1959); the
/// defaults are from J. M. Lucas, M. S. Saccucci (Technometrics 32, 1990), whose average run length in
/// control is about 500 where the baseline is known.

#include <foreshift/anomaly/detector.hpp>
#include <foreshift/anomaly/probation_baseline.hpp>
#include <foreshift/core/archive.hpp>

#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct ewma_chart_options {
  double weight = 0.2;     ///< of the newest value, w; in (0, 1]
  double limit = 2.962;    ///< L, in standard deviations of z; positive
  double probation = 100;  ///< samples of the baseline; at least 2
};

class ewma_chart {
 public:
  static constexpr std::string_view name = "EWMA chart";

  explicit ewma_chart(const ewma_chart_options& options = {})
      : weight_(options.weight), limit_(options.limit), baseline_(options.probation) {
    FORESHIFT_EXPECT(consistent());
  }

  /// The score is 1/2 at the control limit.
  score observe(const telemetry::sample& s) {
    if (!std::isfinite(s.value)) return {};
    const auto x = baseline_.standardise(s.value);
    if (!x) return {};
    z_ += weight_ * (*x - z_);
    fade_ *= (1 - weight_) * (1 - weight_);
    const double edge = limit_ * std::sqrt(weight_ / (2 - weight_) * (1 - fade_));
    const score out{std::abs(z_) / (std::abs(z_) + edge), std::abs(z_) > edge};
    if (out.alert) {
      baseline_.restart();
      z_ = 0;
      fade_ = 1;
    }
    return out;
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    archive(self.weight_, self.limit_, self.baseline_, self.z_, self.fade_);
  }
  [[nodiscard]] bool consistent() const {
    return weight_ > 0 && weight_ <= 1 && limit_ > 0 && std::isfinite(z_) && fade_ >= 0 && fade_ <= 1;
  }
  double weight_, limit_;
  probation_baseline baseline_;
  double z_ = 0;
  double fade_ = 1;  ///< (1 - w)^(2t)
};
static_assert(Detector<ewma_chart>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
