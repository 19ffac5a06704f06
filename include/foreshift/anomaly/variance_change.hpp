#pragma once
/// @file
/// A measure: how much livelier, or calmer, the stream is than it used to be.
///
/// The logarithm of the ratio of two exponentially weighted variances, over a short and a long memory,
/// without its sign: a stream that falls silent is as strange as one that begins to swing. After the EWMS
/// chart of J. F. MacGregor, T. J. Harris, "The exponentially weighted moving variance" (Journal of Quality
/// Technology 25, 1993).

#include <foreshift/anomaly/exponential_moments.hpp>
#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/core/archive.hpp>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct variance_change_options {
  double short_memory = 60;  ///< samples; at least 1
  double long_memory = 400;  ///< samples; longer than the short one
};

class variance_change {
 public:
  static constexpr std::string_view name = "variance change";
  static constexpr bool two_sided = false;

  explicit variance_change(const variance_change_options& options = {})
      : recent_(options.short_memory), usual_(options.long_memory) {
    FORESHIFT_EXPECT(options.long_memory > options.short_memory);
  }

  /// `observed` and `expected` are standard deviations. 0 until the short memory is full.
  nonconformity measure(const telemetry::sample& s) {
    recent_.learn(s.value);
    nonconformity out{0, recent_.deviation(), usual_.deviation()};
    const double level = usual_.mean();
    if (recent_.warm())
      out.amount =
          2 * std::abs(std::log(scale_at_least(out.observed, level) / scale_at_least(out.expected, level)));
    usual_.learn(s.value);
    return out;
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) { archive(self.recent_, self.usual_); }
  exponential_moments recent_, usual_;
};
static_assert(NonconformityMeasure<variance_change>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
