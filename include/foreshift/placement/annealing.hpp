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
/// A descent at first shows how many proposals the budget gives each workload; where they are few, it begins
/// less hot, and sizes count for more. A short annealing then shows at which temperatures the cost falls, and
/// the long one spends its time there (see cooling.hpp).
/// What is found settles in the end, at temperatures of what moves cost: a workload that has many places to
/// be and one to go back to stays away unless it is colder than loads ever need, and many a move is for
/// nothing.
///
/// Source: S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, Optimization by Simulated Annealing, Science 220
/// (1983). The price is a Lagrange multiplier on the transient capacities; both rules are ours.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/executor.hpp>
#include <foreshift/placement/annealing_ground.hpp>
#include <foreshift/placement/annealing_options.hpp>
#include <foreshift/placement/annealing_run.hpp>
#include <foreshift/placement/cooling.hpp>
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
  /// Of the budget, for the descent. It is there to fall back on where annealing a full fleet has led astray.
  static constexpr double descent_share = 0.02;
  /// Of the budget, for a short annealing that shows which temperatures matter (see cooling.hpp).
  static constexpr double pilot_share = 0.05;
  /// Of the budget, unless it is spent in haste, for bringing back what need not have moved. All that is left
  /// goes there once the gap to the bound is no more than moving everything twice would cost.
  static constexpr double settling_share = 0.05;

  explicit annealing(annealing_options options = {}) : options_(options) {
    const double cold = options.cold.value_or(3e-6);
    FORESHIFT_EXPECT(cold > 0 && options.hot.value_or(2 * cold) > cold);
    FORESHIFT_EXPECT(options.size_floor.value_or(0) >= 0 && options.evicted_max >= 0 && options.round > 0);
    const double evictions = options.eviction_share.value_or(0);
    FORESHIFT_EXPECT(options.away_price >= 0 && options.swap_share >= 0 && evictions >= 0);
    FORESHIFT_EXPECT(options.swap_share + evictions <= 1);
  }

  /// @param spent tells which share of the budget is used up after so many proposals; it never falls, and 1
  /// ends the run. A function of the number alone gives the same outcome each time; a clock does not. The
  /// outcome is also the same on other machines, unless a compiler there fuses products with sums (by default
  /// only where the processor's base has such an instruction): a change close to the limit may go otherwise.
  /// @pre the problem is well formed and its start breaks no rule
  /// Time: O(resources) a proposal. Memory: that of two states.
  template <std::invocable<std::uint64_t> Spent>
  [[nodiscard]] annealing_outcome run(const reassignment& problem, std::uint64_t seed, Spent&& spent) const {
    return run(annealing_ground{problem}, seed, spent);
  }
  /// From what has been worked out already: for runs side by side, which share it.
  template <std::invocable<std::uint64_t> Spent>
  [[nodiscard]] annealing_outcome run(const annealing_ground& ground, std::uint64_t seed,
                                      Spent&& spent) const;

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
  const annealing_ground ground{problem};
  executor.bulk(runs, [&](std::size_t i) { all[i] = how.run(ground, seed + i, spent); });
  return *std::ranges::min_element(all, {}, &annealing_outcome::cost);
}

namespace detail {

/// A budget that several annealings share, and the cheapest that any of them met.
template <class Spent>
class annealing_budget {
 public:
  explicit annealing_budget(Spent& spent) : spent_(spent), share_(std::clamp(spent(0), 0.0, 1.0)) {}

  [[nodiscard]] double share() const { return share_; }
  [[nodiscard]] std::uint64_t made() const { return made_; }
  [[nodiscard]] annealing_outcome& best() { return best_; }
  /// Until so much is spent or the cost is down to `enough`. @param cool takes the share of that way
  template <class Cool>
  void spend(annealing_run one, Cool cool, double end, std::int64_t enough) {
    const double begin = share_;
    while (share_ < end && one.least_cost() > enough) {
      cool(one, (share_ - begin) / (end - begin));
      const std::uint64_t before = one.proposals();
      while (one.proposals() < before + annealing::look_every) one.propose();
      made_ += one.proposals() - before;
      share_ = std::clamp(spent_(made_), share_, 1.0);
    }
    annealing_outcome found = one.take();
    found.proposals += best_.proposals, found.accepted += best_.accepted;
    if (!best_.where.empty() && found.cost > best_.cost)
      found.cost = best_.cost, found.where = std::move(best_.where);
    best_ = std::move(found);
  }

 private:
  Spent& spent_;
  double share_;
  std::uint64_t made_ = 0;
  annealing_outcome best_;
};

}  // namespace detail

template <std::invocable<std::uint64_t> Spent>
annealing_outcome annealing::run(const annealing_ground& ground, std::uint64_t seed, Spent&& spent) const {
  using run = detail::annealing_run;
  const reassignment& problem = *ground.problem;
  if (problem.workloads() == 0) return run{ground, options_, seed}.take();
  const std::int64_t bound = lower_bound_of(problem), start = ground.state.cost();
  const auto workloads = static_cast<double>(problem.workloads());
  const std::int64_t near = bound + static_cast<std::int64_t>(2 * ground.move_cost * workloads);
  detail::annealing_budget budget{spent};
  const double at_first = budget.share(), left = 1 - at_first;
  const auto evenly = [](run& one, double way) { one.cool(way, way); };
  budget.spend(run{ground, detail::settled(options_, 0), seed}, evenly, at_first + descent_share * left,
               near);
  const double each = budget.made() == 0 ? 0
                                         : static_cast<double>(budget.made()) / workloads * left /
                                               (budget.share() - at_first);
  const auto options = detail::settled(options_, each);
  detail::cooling schedule;
  const auto notes = [&](run& one, double way) {
    one.cool(way, way);
    schedule.note(way, static_cast<double>(one.cost()), static_cast<double>(one.taking_part()));
  };
  budget.spend(run{ground, options, seed}, notes, at_first + (descent_share + pilot_share) * left, near);
  schedule.learn();
  const auto by_schedule = [&](run& one, double way) { one.cool(schedule.position(way), way); };
  const double settling_begins = each < detail::settling_proposals ? 1 : 1 - settling_share * left;
  const bool luck_decides = budget.best().cost - bound < start / 32;
  const double tries = luck_decides ? std::min(each / detail::lucky_proposals, detail::tries_most) : 1;
  const int rounds = static_cast<int>(std::clamp(std::max(each / options_.round, tries), 1.0, 256.0));
  for (int i = 0; i < rounds && budget.share() < settling_begins && budget.best().cost > near; ++i)
    budget.spend(run{ground, options, seed + (static_cast<std::uint64_t>(i) << 32)}, by_schedule,
                 budget.share() + (settling_begins - budget.share()) / (rounds - i), near);
  if (budget.share() < 1 && budget.best().cost > bound) {
    run last{ground, options, seed};
    last.begin_from(budget.best().where);
    budget.spend(
        std::move(last), [](run& one, double way) { one.settle(way); }, 1, bound);
  }
  return std::move(budget.best());
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
