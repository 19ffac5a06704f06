#pragma once
/// @file
/// Who goes first when there are more moves to make than may be made.
///
/// Risk says how likely the overload is, impact what the move saves if it comes, criticality to whom it
/// matters; their product is the loss expected of leaving the move out. The time left discounts it: what is
/// hours away may be moved by a later budget.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/placement/proposal.hpp>

#include <algorithm>
#include <cstdint>
#include <tuple>

namespace foreshift::inline FORESHIFT_ABI::placement {

struct urgency {
  double risk = 1;                ///< probability of the overload; in [0, 1]
  duration impact{};              ///< overload that the action avoids if it comes
  std::uint32_t criticality = 1;  ///< of the workload moved
  duration time_left{};           ///< to the expected breach; a breach that is there already has 0
};

/// A breach this far away counts half of one that is there now.
inline constexpr duration priority_half_life = std::chrono::hours{1};

/// Risk x minutes avoided x criticality / (1 + time left / half-life). At least 0; larger goes first.
[[nodiscard]] inline double priority_of(const urgency& u) {
  FORESHIFT_EXPECT(u.risk >= 0 && u.risk <= 1);
  const double minutes = u.risk * std::max(to_seconds(u.impact) / 60, 0.0);
  const double wait = std::max(to_seconds(u.time_left), 0.0) / to_seconds(priority_half_life);
  return minutes * u.criticality / (1 + wait);
}

/// A total order: higher priority, then the sooner breach, then the id. The same on every site.
[[nodiscard]] inline bool goes_before(const proposal& a, const proposal& b) {
  return std::tuple{-a.priority, a.why.breach_at, a.id} < std::tuple{-b.priority, b.why.breach_at, b.id};
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
