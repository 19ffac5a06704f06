#pragma once
/// @file
/// The mean and deviation of a stream's beginning, which control charts hold the rest against.

#include <foreshift/anomaly/exponential_moments.hpp>
#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/core/archive.hpp>

#include <optional>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

/// Learns `probation` finite samples, then stands still.
class probation_baseline {
 public:
  /// @param probation at least 2
  explicit probation_baseline(double probation = 100) : probation_(probation), moments_(probation) {
    FORESHIFT_EXPECT(consistent());
  }
  /// In standard deviations from the mean, cut to a million; nothing during the probation.
  std::optional<double> standardise(double x) {
    if (moments_.seen() < probation_) return moments_.learn(x), std::nullopt;
    const double z =
        (x / 2 - moments_.mean() / 2) / (scale_at_least(moments_.deviation(), moments_.mean()) / 2);
    return std::clamp(z, -1e6, 1e6);
  }
  /// Learns anew.
  void restart() { moments_ = exponential_moments{probation_}; }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) { archive(self.probation_, self.moments_); }
  [[nodiscard]] bool consistent() const { return probation_ >= 2 && std::isfinite(probation_); }
  double probation_;
  exponential_moments moments_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
