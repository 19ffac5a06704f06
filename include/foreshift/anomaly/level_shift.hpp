#pragma once
/// @file
/// A measure: how far the recent level is from the long one.
///
/// The exponentially weighted mean over a short memory against that over a long one, in standard deviations
/// of the long one. A short memory of one sample makes it a z-score; the longer it is, the smaller the
/// lasting shifts that stand out from the noise, and the later.
///
/// S. W. Roberts, "Control chart tests based on geometric moving averages" (Technometrics 1, 1959), with a
/// centre line and limits that follow the stream.

#include <foreshift/anomaly/exponential_moments.hpp>
#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/core/archive.hpp>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct level_shift_options {
  double short_memory = 30;   ///< samples; at least 1
  double long_memory = 1000;  ///< samples; longer than the short one
};

class level_shift {
 public:
  static constexpr std::string_view name = "level shift";
  static constexpr bool two_sided = false;

  explicit level_shift(const level_shift_options& options = {})
      : recent_(options.short_memory), usual_(options.long_memory) {
    FORESHIFT_EXPECT(options.long_memory > options.short_memory);
  }

  /// 0 for the first ten samples.
  nonconformity measure(const telemetry::sample& s) {
    constexpr double fewest = 10;
    recent_.learn(s.value);
    nonconformity out{0, recent_.mean(), usual_.mean()};
    if (usual_.seen() >= fewest)
      out.amount =
          distance_between(out.observed, out.expected) / scale_at_least(usual_.deviation(), usual_.mean());
    usual_.learn(s.value);
    return out;
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) { archive(self.recent_, self.usual_); }
  exponential_moments recent_, usual_;
};
static_assert(NonconformityMeasure<level_shift>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
