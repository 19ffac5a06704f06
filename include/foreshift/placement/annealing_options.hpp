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
  /// First temperature, in mean costs of an admitted shift at the start; above cold. Left open: 30 where the
  /// budget is ample and something is transient, else 10, less in haste.
  std::optional<double> hot{};
  /// Last one; above 0. Left open: 3e-4 where the budget is ample, else 1e-4, less in haste.
  std::optional<double> cold{};
  /// Temperatures that a workload's size has to reach to take part; at least 0. Left open: 6, more in haste.
  std::optional<double> size_floor{};
  double away_price = 0.3;  ///< of what it holds at its first host, in costs of as much overload; at least 0
  double swap_share = 0.5;  ///< of the proposals; what is neither a swap nor an eviction is a shift
  std::optional<double> eviction_share{};  ///< left open: 0.02 where the budget is ample, else 0.005
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

/// Budgets of so many proposals for each workload are ample; below the second, haste sets in.
inline constexpr double ample_proposals = 50'000, hasty_proposals = 20'000;

/// What the options leave open, for so many proposals for each workload. All were chosen on the challenge's
/// public fleets and on made ones of its largest sizes. In haste temperatures fall with the square of the
/// budget, and sizes keep their turn: what remains in the end is a descent, the largest workloads first.
[[nodiscard]] inline annealing_options settled(annealing_options options, const reassignment& problem,
                                               double proposals) {
  const bool ample = proposals >= ample_proposals;
  const bool transient = std::ranges::any_of(problem.resources, &reassignment::resource_kind::transient);
  const double share = proposals / hasty_proposals, patience = std::clamp(share * share, 0.01, 1.0);
  if (!options.cold) options.cold = ample ? 3e-4 : 1e-4 * patience;
  if (!options.hot) options.hot = std::max(ample && transient ? 30.0 : 10.0 * patience, 2 * *options.cold);
  if (!options.size_floor) options.size_floor = 6 / patience;
  if (!options.eviction_share)
    options.eviction_share = std::min(ample ? 0.02 : 0.005, 1 - options.swap_share);
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
