#pragma once
/// @file
/// What would have been without the move.
///
/// After a move its effect is in every observation, so that the observed source says nothing about whether
/// the move was needed. What the workload uses elsewhere is what it would have used at the source: added to
/// the source's load it gives the load the source would have had; taken from the destination's it gives that
/// one's. While the copy lasts the workload is still at the source and costs its overhead on both ends, which
/// is taken away instead.
///
/// Departs from the truth where a workload behaves differently on another host; there is no second world to
/// look at. In the words of Rubin (1974): the potential outcome without the treatment, under the assumption
/// that the demand is not changed by where it is served.

#include <foreshift/core/config.hpp>

#include <cmath>

namespace foreshift::inline FORESHIFT_ABI::migration {

/// One step, as observed with the move. NaN where nothing was observed.
struct observed_step {
  double source = 0;       ///< demand on the source
  double destination = 0;  ///< demand on the destination
  double workload = 0;     ///< of the moved workload, wherever it ran
  bool copying = false;    ///< the move was under way
};

/// The same step without the move.
struct counterfactual_step {
  double source = 0;
  double destination = 0;
};

/// @param overhead_share of the workload's demand, that the copy costs on both ends
/// NaN where the workload, or that host, was not observed.
[[nodiscard]] inline counterfactual_step without_the_move(const observed_step& seen, double overhead_share) {
  if (seen.copying)
    return {seen.source - overhead_share * seen.workload, seen.destination - overhead_share * seen.workload};
  return {seen.source + seen.workload, seen.destination - seen.workload};
}

}  // namespace foreshift::inline FORESHIFT_ABI::migration
