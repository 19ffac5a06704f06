#pragma once
/// @file
/// How an assignment is annealed, and what is chosen where that is left open.
///
/// The choice follows how many proposals the budget gives each workload: where they are few, annealing would
/// end before it has cooled.

#include <foreshift/placement/reassignment.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace foreshift::inline FORESHIFT_ABI::placement {

struct annealing_options {
  /// First temperature, in mean costs of an admitted shift at the start; above cold. Left open: 10 where the
  /// budget is ample, less in haste.
  std::optional<double> hot{};
  std::optional<double> cold{};  ///< last one; above 0. Left open: 3e-6
  /// Temperatures that a workload's size has to reach to take part; at least 0. Left open: 6, more in haste.
  std::optional<double> size_floor{};
  double away_price = 0.3;  ///< of what it holds at its first host, in costs of as much overload; at least 0
  double swap_share = 0.5;  ///< of the proposals; what is neither a swap nor an eviction is a shift
  std::optional<double> eviction_share{};  ///< left open: 0.02, or what swaps leave
  int evicted_max = 6;                     ///< workloads that may make room for one
  /// Proposals for each workload that one annealing gets; above 0. A larger budget is shared out among
  /// several, each from the problem's start: where fleets are full, luck differs more than time helps.
  double round = 4e6;
};

struct annealing_outcome {
  assignment where;  ///< the cheapest that was met: the start, if nothing was cheaper
  std::int64_t cost = 0;
  std::uint64_t proposals = 0;
  std::uint64_t accepted = 0;
};

namespace detail {

/// Proposals for each workload: with so many, annealing begins as hot as it ever does; below the second,
/// haste sets in.
inline constexpr double ample_proposals = 50'000, hasty_proposals = 10'000;

/// From so many on, the end of the budget goes into bringing back what need not have moved.
inline constexpr double settling_proposals = 20'000;
/// Where the short annealing has left no more than 1/32 of the first cost above the bound, one or two
/// large workloads without a place are what counts, and luck decides about them more than time: that deserves
/// several tries, each with so many proposals at least.
inline constexpr double lucky_proposals = 100'000, tries_most = 3;

/// What the options leave open, for so many proposals for each workload. All were chosen on the challenge's
/// public fleets. In haste it is less hot at first, and sizes keep their turn: what remains in the end is a
/// descent, the largest workloads first.
[[nodiscard]] inline annealing_options settled(annealing_options options, double proposals) {
  const double share = proposals / hasty_proposals, patience = std::clamp(share * share, 0.01, 1.0);
  if (!options.cold) options.cold = 3e-6;
  if (!options.hot)
    options.hot = std::max(10 * std::clamp(proposals / ample_proposals, 0.01, 1.0), 2 * *options.cold);
  if (!options.size_floor) options.size_floor = 6 / patience;
  if (!options.eviction_share) options.eviction_share = std::min(0.02, 1 - options.swap_share);
  return options;
}

/// What a move costs, on the mean and but for its way; at least 1, the least that differs.
[[nodiscard]] inline double mean_move_cost(const reassignment& problem) {
  double sum = 0;
  for (const auto cost : problem.move_cost) sum += static_cast<double>(problem.move_weight * cost);
  return std::max(1.0, sum / std::max(1.0, static_cast<double>(problem.workloads())));
}

/// Temperatures while only moves are left to save, in mean costs of a move. The last is below what keeps a
/// workload away that has a thousand places to be and one to go back to.
inline constexpr double settling_hot = 20, settling_cold = 0.05;

}  // namespace detail

}  // namespace foreshift::inline FORESHIFT_ABI::placement
