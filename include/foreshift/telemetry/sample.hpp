#pragma once
/// @file
/// One reading, as it comes from the world: at an irregular time, possibly late, possibly twice.

#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/metric.hpp>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

/// @note `value` is in the metric's unit; NaN says that the source knew of the time but had no reading.
struct sample {
  time_point at{};
  double value = 0;
};

/// A sample that knows whose it is: what a telemetry source delivers.
struct reading {
  series_key key;
  sample what;
};

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
