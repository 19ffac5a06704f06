#pragma once
/// @file
/// Mean and variance of a stream, in constant memory.
///
/// Updating the mean and the squares about it, instead of sums of x and x^2, keeps the variance exact to
/// rounding when it is small beside the mean.
///
/// Source: B. P. Welford, "Note on a method for calculating corrected sums of squares and products",
/// Technometrics 4, 1962; merging after T. Chan, G. Golub, R. LeVeque, 1979; weighting after T. Finch,
/// "Incremental calculation of weighted mean and variance", 2009.

#include <foreshift/core/contract.hpp>

#include <cmath>
#include <cstddef>
#include <limits>

namespace foreshift::inline FORESHIFT_ABI::numeric {

/// Every value counts alike. NaN is skipped. O(1) a value.
class running_moments {
 public:
  void add(double x) {
    if (std::isnan(x)) return;
    ++count_;
    const double off = x - mean_;
    mean_ += off / static_cast<double>(count_);
    squares_ += off * (x - mean_);
  }
  /// As if the other's values had been added here.
  void merge(const running_moments& other) {
    if (other.count_ == 0) return;
    const auto n = static_cast<double>(count_), m = static_cast<double>(other.count_);
    const double off = other.mean_ - mean_;
    mean_ += off * m / (n + m);
    squares_ += other.squares_ + off * off * n * m / (n + m);
    count_ += other.count_;
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  /// NaN when there is no value.
  [[nodiscard]] double mean() const { return count_ == 0 ? std::numeric_limits<double>::quiet_NaN() : mean_; }
  /// Unbiased; NaN below two values.
  [[nodiscard]] double variance() const {
    return count_ < 2 ? std::numeric_limits<double>::quiet_NaN() : squares_ / static_cast<double>(count_ - 1);
  }

 private:
  std::size_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

/// The weight of a value fades by the factor `decay` with each later one; the first values are not overrated,
/// because weights are divided by their sum. NaN is skipped. O(1) a value.
class fading_moments {
 public:
  /// @pre 0 < decay < 1; about 1 / (1 - decay) values are remembered
  explicit fading_moments(double decay) : decay_(decay) { FORESHIFT_EXPECT(decay > 0 && decay < 1); }

  void add(double x) {
    if (std::isnan(x)) return;
    weight_ = decay_ * weight_ + 1.0;
    const double off = x - mean_;
    const double step = off / weight_;
    mean_ += step;
    squares_ = decay_ * squares_ + off * (x - mean_);
  }

  /// The sum of the weights: 0 at first, 1 / (1 - decay) in the end.
  [[nodiscard]] double weight() const { return weight_; }
  [[nodiscard]] double mean() const { return weight_ > 0 ? mean_ : std::numeric_limits<double>::quiet_NaN(); }
  /// The weighted mean square about the mean (not corrected for bias); NaN when there is no value.
  [[nodiscard]] double variance() const {
    return weight_ > 0 ? squares_ / weight_ : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  double decay_;
  double weight_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
