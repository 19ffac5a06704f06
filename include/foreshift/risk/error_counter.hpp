#pragma once
/// @file
/// How surprising a count of errors is, given how many there used to be.
///
/// Counts of one interval are Poisson with a rate that is not known exactly: a gamma posterior on a fading
/// past. The p-value is the predictive probability of so many or more, which is negative binomial; with
/// little past it is cautious by itself.
///
/// Source: A. Gelman et al., Bayesian Data Analysis, 3rd edition (2013), section 2.6.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>

#include <cmath>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::risk {

/// A value of fixed size; no allocation.
class error_counter {
 public:
  /// @param memory intervals after which a count counts 1/e, at least 1
  explicit error_counter(double memory = 1000) : kept_(1 - 1 / memory) {
    FORESHIFT_EXPECT(memory >= 1 && memory <= 1e12);
  }

  /// P(count or more) in the next interval, before `learn` has seen it. In (0, 1]. O(min(count, 4096)).
  [[nodiscard]] double p_value(std::uint64_t count) const {
    const double shape = events_ + 0.5, q = 1 / (intervals_ + 2);  // q: of an event before an interval's end
    double term = std::pow(1 - q, shape), below = 0;
    const std::uint64_t end = count < sums_max ? count : sums_max;
    for (std::uint64_t k = 0; k < end; ++k) {
      below += term;
      term *= q * (shape + static_cast<double>(k)) / (static_cast<double>(k) + 1);
    }
    return below < 1 - 1e-12 ? 1 - below : 1e-12;
  }
  void learn(std::uint64_t count) {
    constexpr std::uint64_t most = 1'000'000'000;
    events_ = kept_ * events_ + static_cast<double>(count < most ? count : most);
    intervals_ = kept_ * intervals_ + 1;
  }

 private:
  friend struct foreshift::archive_access;
  static constexpr std::uint64_t sums_max = 4096;
  static void members(auto& self, auto& archive) { archive(self.kept_, self.events_, self.intervals_); }
  [[nodiscard]] bool consistent() const {
    return kept_ >= 0 && kept_ < 1 && events_ >= 0 && events_ <= 1e22 && intervals_ >= 0 &&
           intervals_ <= 1e13;
  }
  double kept_;
  double events_ = 0, intervals_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
