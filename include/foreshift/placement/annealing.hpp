#pragma once
/// @file
/// A better assignment by simulated annealing over shifts and swaps.
///
/// Plain annealing fails on full fleets: what is small diffuses into every gap while the temperature is high,
/// and then nothing large can move any more. Two rules mend that. A workload takes part only while its size,
/// its demand weighed by what overload costs, is at least so many temperatures: the large ones find their
/// places first, and the small ones fill what is left. And a workload away from its first host pays a price
/// for what it still holds there, which falls to nothing towards the end: moves that gain little would else
/// use up the room that moves which gain much need.
///
/// How hot it gets depends on how many proposals the budget gives each workload, which is measured at first.
/// Where they are few, annealing would end before it has cooled; a descent, the largest first, goes further.
/// What is found settles in the end, at temperatures of what moves cost: a workload that has many places to
/// be and one to go back to stays away unless it is colder than loads ever need, and many a move is for
/// nothing.
///
/// Source: S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, Optimization by Simulated Annealing, Science 220
/// (1983). The price is a Lagrange multiplier on the transient capacities; both rules are ours.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/executor.hpp>
#include <foreshift/placement/annealing_options.hpp>
#include <foreshift/placement/annealing_run.hpp>
#include <foreshift/placement/reassignment.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Anneals from the problem's start. A regular value, so that runs of several seeds can be kept side by side.
class annealing {
 public:
  /// How often `spent` is asked, in proposals; a few more may be made.
  static constexpr std::uint64_t look_every = 1024;
  /// Of the budget, for a descent at first. It shows how far the budget goes, and is there to fall back on
  /// where annealing a full fleet has led astray.
  static constexpr double descent_share = 0.02;
  /// Of the budget, unless it is spent in haste, for bringing back what need not have moved. All that is left
  /// goes there once the gap to the bound is no more than moving everything twice would cost.
  static constexpr double settling_share = 0.05;

  explicit annealing(annealing_options options = {}) : options_(options) {
    const double cold = options.cold.value_or(3e-4);
    FORESHIFT_EXPECT(cold > 0 && options.hot.value_or(2 * cold) > cold);
    FORESHIFT_EXPECT(options.size_floor.value_or(0) >= 0 && options.evicted_max >= 0 && options.round > 0);
    const double evictions = options.eviction_share.value_or(0);
    FORESHIFT_EXPECT(options.away_price >= 0 && options.swap_share >= 0 && evictions >= 0);
    FORESHIFT_EXPECT(options.swap_share + evictions <= 1);
  }

  /// @param spent tells which share of the budget is used up after so many proposals; it never falls, and 1
  /// ends the run. A function of the number alone gives the same outcome everywhere; a clock does not.
  /// @pre the problem is well formed and its start breaks no rule
  /// Time: O(resources) a proposal. Memory: that of two states.
  template <std::invocable<std::uint64_t> Spent>
  [[nodiscard]] annealing_outcome run(const reassignment& problem, std::uint64_t seed, Spent&& spent) const;

 private:
  annealing_options options_;
};

/// The best of several seeds, each with the whole budget; of equals the first.
/// @param spent as above; called from every run, at the same time where the executor has threads
template <Executor Exec, std::invocable<std::uint64_t> Spent>
[[nodiscard]] annealing_outcome best_annealing(const annealing& how, const reassignment& problem,
                                               std::uint64_t seed, std::size_t runs, Exec& executor,
                                               Spent spent) {
  FORESHIFT_EXPECT(runs > 0);
  std::vector<annealing_outcome> all(runs);
  executor.bulk(runs, [&](std::size_t i) { all[i] = how.run(problem, seed + i, spent); });
  return *std::ranges::min_element(all, {}, &annealing_outcome::cost);
}

template <std::invocable<std::uint64_t> Spent>
annealing_outcome annealing::run(const reassignment& problem, std::uint64_t seed, Spent&& spent) const {
  if (problem.workloads() == 0) return detail::annealing_run{problem, options_, seed}.take();
  const std::int64_t bound = lower_bound_of(problem);
  const std::int64_t near = bound + static_cast<std::int64_t>(2 * detail::mean_move_cost(problem) *
                                                              static_cast<double>(problem.workloads()));
  std::uint64_t made = 0;
  double share = std::clamp(spent(0), 0.0, 1.0);
  const double at_first = share, left = 1 - at_first;
  // Until so much is spent or the cost is down to `enough`.
  const auto proceed = [&](detail::annealing_run& one, auto cool, double end, std::int64_t enough) {
    const double begin = share;
    while (share < end && one.least_cost() > enough) {
      cool(one, (share - begin) / (end - begin));
      const std::uint64_t before = one.proposals();
      while (one.proposals() < before + look_every) one.propose();
      made += one.proposals() - before;
      share = spent(made);
    }
  };
  const auto cool = [](detail::annealing_run& one, double cooled) { one.cool(cooled); };
  annealing_outcome best;
  {
    detail::annealing_run one{problem, detail::settled(options_, problem, 0), seed};
    proceed(one, cool, at_first + descent_share * left, near);
    best = one.take();
  }
  const double each = made == 0 ? 0
                                : static_cast<double>(made) / static_cast<double>(problem.workloads()) *
                                      left / (share - at_first);
  const auto options = detail::settled(options_, problem, each);
  const auto keep = [&](annealing_outcome found) {
    found.proposals += best.proposals, found.accepted += best.accepted;
    if (found.cost > best.cost) found.cost = best.cost, found.where = std::move(best.where);
    best = std::move(found);
  };
  const double settling_begins = each < detail::hasty_proposals ? 1 : 1 - settling_share * left;
  const int rounds = static_cast<int>(std::clamp(each / options_.round, 1.0, 256.0));
  for (int round = 0; round < rounds && share < settling_begins && best.cost > near; ++round) {
    detail::annealing_run one{problem, options, seed + (static_cast<std::uint64_t>(round) << 32)};
    proceed(one, cool, share + (settling_begins - share) / (rounds - round), near);
    keep(one.take());
  }
  if (share < 1 && best.cost > bound) {
    detail::annealing_run one{problem, options, seed};
    one.begin_from(best.where);
    proceed(
        one, [](detail::annealing_run& it, double cooled) { it.settle(cooled); }, 1, bound);
    keep(one.take());
  }
  return best;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
