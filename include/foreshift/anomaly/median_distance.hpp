#pragma once
/// @file
/// A measure: how far a value is from the middle of everything so far.
///
/// The median does not move for outliers, however large, and follows a lasting change only when half of the
/// past has seen it. Above and below are judged apart: load that never rises much may well fall to nothing.
///
/// After the identifier of F. R. Hampel, "The influence curve and its role in robust estimation" (Journal of
/// the American Statistical Association 69, 1974), with a running tail for the median absolute deviation.

#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/anomaly/thinned_history.hpp>
#include <foreshift/core/archive.hpp>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

class median_distance {
 public:
  static constexpr std::string_view name = "distance from the median";
  static constexpr bool two_sided = true;

  /// 0 for the first ten samples.
  nonconformity measure(const telemetry::sample& s) {
    constexpr std::size_t fewest = 10;
    nonconformity out{0, s.value, past_.empty() ? s.value : past_.median()};
    if (past_.size() >= fewest) out.amount = distance_between(out.observed, out.expected);
    past_.learn(s.value);
    return out;
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) { archive(self.past_); }
  thinned_history past_;
};
static_assert(NonconformityMeasure<median_distance>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
