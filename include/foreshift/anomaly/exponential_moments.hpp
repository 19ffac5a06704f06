#pragma once
/// @file
/// The mean and the variance of the recent past, the older the less.
///
/// Exponentially weighted, with the plain mean until as many values have been seen as the memory is long, so
/// that the first value does not weigh for ever (T. Finch, "Incremental calculation of weighted mean and
/// variance", 2009). Huge values are cut, so that nothing overflows.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/config.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cmath>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

class exponential_moments {
 public:
  exponential_moments() : exponential_moments(100) {}
  /// @param memory in values; at least 1
  explicit exponential_moments(double memory) : gain_(1 / memory) { FORESHIFT_EXPECT(consistent()); }

  /// @pre x is finite
  void learn(double x) {
    x = std::clamp(x, -limit, limit);
    ++seen_;
    const double gain = std::max(gain_, 1 / seen_);
    const double off = x - mean_;
    mean_ += gain * off;
    variance_ = (1 - gain) * (variance_ + gain * off * off);
  }
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double variance() const { return variance_; }
  [[nodiscard]] double deviation() const { return std::sqrt(variance_); }
  [[nodiscard]] double seen() const { return seen_; }
  [[nodiscard]] bool warm() const { return seen_ * gain_ >= 1; }
  static constexpr double limit = 1e150;  ///< values are cut to it: their squares are finite

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    archive(self.gain_, self.seen_, self.mean_, self.variance_);
  }
  [[nodiscard]] bool consistent() const {
    return gain_ > 0 && gain_ <= 1 && seen_ >= 0 && std::abs(mean_) <= limit && variance_ >= 0 &&
           std::isfinite(variance_);
  }
  double gain_;
  double seen_ = 0;
  double mean_ = 0;
  double variance_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
