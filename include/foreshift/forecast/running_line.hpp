#pragma once
/// @file
/// The least-squares line through everything seen so far, one observation at a time.
///
/// Sums are kept about the running means, so that neither late times nor a high level cost digits.
///
/// Source: B. P. Welford, "Note on a method for calculating corrected sums of squares and products",
/// Technometrics 4, 1962.

#include <foreshift/core/archive.hpp>

#include <cmath>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// O(1) an observation, no allocation.
class running_line {
 public:
  void add(double time, double y) {
    ++count_;
    const double from_time = time - mean_time_;
    mean_time_ += from_time / count_;
    mean_ += (y - mean_) / count_;
    squares_ += from_time * (time - mean_time_);
    products_ += from_time * (y - mean_);
  }
  [[nodiscard]] double mean() const { return mean_; }
  /// 0 before there are two times.
  [[nodiscard]] double slope() const { return squares_ > 0 ? products_ / squares_ : 0.0; }
  /// The line's value at time 0.
  [[nodiscard]] double intercept() const { return mean_ - slope() * mean_time_; }
  /// The same line through `unit` times the values.
  void scale(double unit) {
    mean_ *= unit;
    products_ *= unit;
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    archive(self.count_, self.mean_time_, self.mean_, self.squares_, self.products_);
  }
  [[nodiscard]] bool consistent() const {  // two whole times are at least 1 apart: their squares sum to 1/2
    return count_ >= 0 && count_ <= 1e15 && std::abs(mean_time_) <= 1e15 && std::abs(mean_) <= 1e110 &&
           (squares_ == 0 || (squares_ >= 0.25 && squares_ <= 1e50)) && std::abs(products_) <= 1e150;
  }

  double count_ = 0, mean_time_ = 0, mean_ = 0;
  double squares_ = 0, products_ = 0;  // of times, and of times with values, about the means
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
