#pragma once
/// @file
/// How sure it is that a source has fallen silent.
///
/// The times between arrivals are remembered; phi is -log10 of the probability that one is longer than the
/// silence so far, under a normal distribution with their mean and deviation: 1 is one mistake in ten, 8 is
/// one in a hundred million. The caller's threshold says what to do at which phi.
///
/// N. Hayashibara, X. Defago, R. Yared, T. Katayama, "The phi accrual failure detector" (SRDS 2004).

#include <foreshift/anomaly/exponential_moments.hpp>
#include <foreshift/core/archive.hpp>
#include <foreshift/core/time.hpp>

#include <cmath>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct phi_accrual_options {
  double memory = 200;               ///< arrivals; at least 1
  double deviation_share_min = 0.1;  ///< of the mean, so that a metronome may be late by a little; positive
};

class phi_accrual {
 public:
  explicit phi_accrual(const phi_accrual_options& options = {})
      : share_(options.deviation_share_min), between_(options.memory) {
    FORESHIFT_EXPECT(consistent());
  }

  /// Something came. An arrival not later than the last one teaches nothing.
  void arrive(time_point at) {
    if (heard_ && at <= last_) return;
    if (heard_) between_.learn(to_seconds(at - last_));
    heard_ = true;
    last_ = at;
  }
  /// At least 0 and finite; 0 before the second arrival. Past where the normal tail can be computed it grows
  /// by its leading term.
  [[nodiscard]] double phi(time_point now) const {
    if (between_.seen() == 0 || now <= last_) return 0;
    const double scale = std::max(between_.deviation(), share_ * between_.mean());
    const double z = (to_seconds(now - last_) - between_.mean()) / scale;
    constexpr double computed = 37, log10_e = 0.43429448190325182765;
    constexpr double root_two_pi = 2.50662827463100050242;
    if (z < computed) return -std::log10(0.5 * std::erfc(z / 1.41421356237309504880));
    return z * z / 2 * log10_e + std::log10(z * root_two_pi);
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    archive(self.share_, self.between_, self.heard_, self.last_);
  }
  [[nodiscard]] bool consistent() const { return share_ > 0 && std::isfinite(share_); }
  double share_;
  exponential_moments between_;  ///< seconds
  bool heard_ = false;
  time_point last_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
