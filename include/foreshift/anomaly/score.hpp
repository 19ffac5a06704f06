#pragma once
/// @file
/// How strange an observation is.

#include <foreshift/core/config.hpp>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

/// @invariant 0 <= value <= 1; 0 is as usual. `alert` says that a person or a policy should look now.
struct score {
  double value = 0;
  bool alert = false;
  friend constexpr bool operator==(const score&, const score&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
