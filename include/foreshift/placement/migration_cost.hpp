#pragma once
/// @file
/// What a move costs while it lasts.
///
/// A move that is decided now fills the first steps of the horizon: the workload still runs at the source,
/// and copying it costs a share of its demand on both ends. From then on it runs at the destination. Every
/// answer to "what if it moved" honours this; a move is never free and never instant.

#include <foreshift/core/config.hpp>

#include <cstddef>

namespace foreshift::inline FORESHIFT_ABI::placement {

struct migration_cost {
  std::size_t copy_steps = 1;   ///< steps of the horizon that the move lasts
  double overhead_share = 0.1;  ///< of the workload's demand, on both ends, while it lasts; at least 0
  friend constexpr bool operator==(const migration_cost&, const migration_cost&) = default;
};

/// How many times a workload's demand is added to what the host would carry without the move: while the copy
/// lasts, and afterwards.
struct share_of_demand {
  double copying = 0;
  double after = 0;
  friend constexpr bool operator==(const share_of_demand&, const share_of_demand&) = default;
};

/// For the host that the workload leaves: its own demand is in the host's already.
[[nodiscard]] constexpr share_of_demand at_source(const migration_cost& cost) {
  return {cost.overhead_share, -1};
}
/// For the host that the workload goes to.
[[nodiscard]] constexpr share_of_demand at_destination(const migration_cost& cost) {
  return {cost.overhead_share, 1};
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
