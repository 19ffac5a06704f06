#pragma once
/// @file
/// The danger that one host is in.

#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/core/units.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::risk {

/// That demand on `what` exceeds `limit` on a host within the horizon, as the joint paths say.
struct overload_risk {
  host_id host{};
  resource what = resource::cpu;
  double limit = 0;                ///< in the resource's unit
  time_point from{};               ///< the horizon's begin
  duration step{};                 ///< of the horizon's steps
  std::vector<double> per_step{};  ///< probability that the limit is exceeded in each step
  double probability = 0;          ///< that it is exceeded in at least one step
  duration expected_overload{};    ///< mean time above the limit within the horizon
  std::optional<duration>
      time_to_limit{};    ///< median time from `from` to the first breach among the paths with one
  std::size_t paths = 0;  ///< how many paths this was counted on: its resolution is 1 / paths
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
