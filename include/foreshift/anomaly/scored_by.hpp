#pragma once
/// @file
/// A control chart, or any other detector, on the scale that all metrics share.
///
/// A detector's own score says how far off it finds a value by its own rule, which means something else for
/// each of them. As a measure of an ensemble its odds become a p-value by their own running tail, with the
/// hold-off, the cause and the threshold that the other measures have: `ensemble<scored_by<ewma_chart>>`.

#include <foreshift/anomaly/detector.hpp>
#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/core/archive.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

/// @see NonconformityMeasure. The amount is the odds of the score, v / (1 - v): of a chart whose score is 1/2
/// at its limit, how many limits off it is.
template <Detector D>
class scored_by {
 public:
  static constexpr std::string_view name = D::name;
  static constexpr bool two_sided = false;

  explicit scored_by(D detector = D{}) : detector_(std::move(detector)) {}

  nonconformity measure(const telemetry::sample& s) {
    constexpr double most = 1 - 1e-9;
    const double value = std::clamp(detector_.observe(s).value, 0.0, most);
    return {value / (1 - value), value, 0};
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) { archive(self.detector_); }

  D detector_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
