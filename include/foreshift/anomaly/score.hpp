#pragma once
/// @file
/// How strange an observation is, and why.

#include <foreshift/core/config.hpp>
#include <foreshift/core/time.hpp>

#include <cstddef>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

/// @invariant 0 <= value <= 1; 0 is as usual. `alert` says that a person or a policy should look now.
struct score {
  double value = 0;
  bool alert = false;
  friend constexpr bool operator==(const score&, const score&) = default;
};

/// Why a score is what it is: the measure that brought the most evidence.
struct cause {
  std::string_view measure;  ///< its name; empty when nothing is strange
  std::size_t index = 0;     ///< its place in the ensemble
  bool above = false;        ///< observed above expected
  double surprise = 0;       ///< -log10 of the probability of its amount
  double observed = 0;       ///< in the measure's terms
  double expected = 0;
  time_point since{};  ///< from when on this measure has been surprised
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
