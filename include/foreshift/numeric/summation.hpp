#pragma once
/// @file
/// Sums that do not lose small terms beside large ones.
///
/// A second number collects what each addition rounds away. The error of the sum then no longer grows with n.
///
/// Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54,
/// 1974.

#include <foreshift/core/config.hpp>

#include <span>

namespace foreshift::inline FORESHIFT_ABI::numeric {

/// A sum that is built term by term. Useless under -ffast-math, which optimises the correction away.
class compensated_sum {
 public:
  constexpr void add(double x) {
    const double sum = sum_ + x;
    // The larger of the two lost nothing; what the smaller one lost is recovered exactly.
    lost_ += (magnitude(sum_) >= magnitude(x)) ? (sum_ - sum) + x : (x - sum) + sum_;
    sum_ = sum;
  }
  [[nodiscard]] constexpr double value() const {
    return lost_ == lost_ ? sum_ + lost_ : sum_;  // past an infinity the correction is NaN and says nothing
  }

 private:
  static constexpr double magnitude(double x) { return x < 0 ? -x : x; }
  double sum_ = 0;
  double lost_ = 0;
};

/// The sum of all values; NaN if one is. O(n), no allocation.
[[nodiscard]] constexpr double sum(std::span<const double> values) {
  compensated_sum total;
  for (const double x : values) total.add(x);
  return total.value();
}

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
