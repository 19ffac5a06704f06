#pragma once
/// @file
/// A measure: how long a stream has not moved.
///
/// The number of samples equal to the one before. A gauge that sticks repeats itself longer than it ever did;
/// a counter that often rests has a tail of long runs, and is not disturbed. Data that do not come at all are
/// `phi_accrual`'s. The rule that monitoring systems have for stuck gauges; no paper is behind it.

#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/core/archive.hpp>

#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

class flatline {
 public:
  static constexpr std::string_view name = "flatline";
  static constexpr bool two_sided = false;

  /// `expected` is the longest run that has ended. A run that began with the stream is no wonder: amount 0.
  nonconformity measure(const telemetry::sample& s) {
    if (run_ > 0 && s.value == last_) {
      ++run_;
    } else {
      if (moved_) longest_ = std::max(longest_, run_);
      moved_ = run_ > 0;
      run_ = 1;
    }
    last_ = s.value;
    const auto length = static_cast<double>(run_ - 1);
    return {moved_ ? length : 0, length, static_cast<double>(longest_ > 0 ? longest_ - 1 : 0)};
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    archive(self.last_, self.run_, self.longest_, self.moved_);
  }
  [[nodiscard]] bool consistent() const { return std::isfinite(last_) && (!moved_ || run_ > 0); }
  double last_ = 0;
  std::uint64_t run_ = 0;      ///< samples in this run
  std::uint64_t longest_ = 0;  ///< of those that have begun and ended
  bool moved_ = false;         ///< there has been another value
};
static_assert(NonconformityMeasure<flatline>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
