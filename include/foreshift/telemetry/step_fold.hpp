#pragma once
/// @file
/// Several readings of one step made into one value.

#include <foreshift/core/config.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

/// Which value stands for a step: the mean suits load, the last one suits levels such as memory in use, the
/// maximum suits limits that must not be exceeded even briefly.
enum class step_rule : std::uint8_t { mean, last, max };

/// Collects the readings of one step in constant memory. The newest reading is kept apart, so that a
/// repetition of its instant can correct it. NaN is skipped.
class step_fold {
 public:
  /// A reading newer than all before.
  void add_newest(double x) {
    if (std::isnan(x)) return;
    if (has_newest_) absorb(newest_);
    newest_ = x;
    has_newest_ = true;
  }
  /// A reading older than the newest: it takes part in mean and maximum only.
  void add_older(double x) {
    if (std::isnan(x)) return;
    if (!has_newest_) return add_newest(x);
    absorb(x);
  }
  /// A second reading of the newest instant: it stands in place of the first.
  void correct_newest(double x) {
    if (std::isnan(x)) return;
    newest_ = x;
    has_newest_ = true;
  }
  void clear() { *this = {}; }

  [[nodiscard]] bool empty() const { return !has_newest_; }
  /// The step's value; NaN when there was no reading.
  [[nodiscard]] double value(step_rule rule) const {
    if (empty()) return std::numeric_limits<double>::quiet_NaN();
    switch (rule) {
      case step_rule::mean:
        return (sum_ + newest_) / (count_ + 1);
      case step_rule::max:
        return std::fmax(max_, newest_);
      case step_rule::last:
        break;
    }
    return newest_;
  }

 private:
  void absorb(double x) {
    sum_ += x;
    count_ += 1;
    max_ = std::fmax(max_, x);
  }
  double newest_ = 0;
  double sum_ = 0;    // of all but the newest
  double count_ = 0;  // of all but the newest
  double max_ = -std::numeric_limits<double>::infinity();
  bool has_newest_ = false;
};

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
