#pragma once
/// @file
/// What every annealing of one problem begins from.
///
/// A search anneals many times, side by side and one after the other. What follows from the problem alone is
/// worked out once and shared, as it only is read; what changes is copied, which costs a fraction of working
/// it out.

#include <foreshift/core/config.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/placement/annealing_options.hpp>
#include <foreshift/placement/reachable_hosts.hpp>
#include <foreshift/placement/reassignment.hpp>
#include <foreshift/placement/reassignment_state.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Refers to its problem, which outlives it. May be read by several threads at once.
/// Time and memory: those of `reachable_hosts` and of a state.
struct annealing_ground {
  using index = std::uint32_t;

  /// @pre the problem is well formed and its start breaks no rule
  explicit annealing_ground(const reassignment& problem);

  const reassignment* problem;
  reachable_hosts reach;
  reassignment_state state;                   ///< at the problem's start
  std::vector<double> size;                   ///< by workload: what as much overload would cost
  std::vector<double> held;                   ///< the transient part of it
  std::vector<index> order;                   ///< workloads that can go somewhere, the largest first
  std::vector<index> rank;                    ///< of each in that order; of the others how many there are
  std::vector<std::vector<index>> residents;  ///< by host, at the start
  std::vector<index> slot;                    ///< of each workload among its host's residents
  double move_cost = 1;                       ///< what a move costs, on the mean
  std::array<double, 4096> exponential{};     ///< quantiles of mean 1, in place of a logarithm each time
};

inline annealing_ground::annealing_ground(const reassignment& p)
    : problem(&p),
      reach(p),
      state(p),
      size(p.workloads()),
      held(p.workloads()),
      order(p.workloads()),
      rank(p.workloads(), static_cast<index>(p.workloads())),
      residents(p.hosts()),
      slot(p.workloads()),
      move_cost(detail::mean_move_cost(p)) {
  for (index w = 0; w < p.workloads(); ++w) {
    for (std::size_t r = 0; r < p.kinds(); ++r) {
      const auto cost = static_cast<double>(p.resources[r].overload_cost * p.demand_of(w)[r]);
      size[w] += cost;
      if (p.resources[r].transient) held[w] += cost;
    }
    auto& there = residents[p.start[w]];
    slot[w] = static_cast<index>(there.size());
    there.push_back(w);
  }
  std::iota(order.begin(), order.end(), index{0});
  std::erase_if(order, [&](index w) { return reach.stuck(w); });
  std::ranges::stable_sort(order, std::greater{}, [&](index w) { return size[w]; });
  for (index i = 0; i < order.size(); ++i) rank[order[i]] = i;
  for (std::size_t i = 0; i < exponential.size(); ++i)
    exponential[i] = -foreshift::detail::portable_log((static_cast<double>(i) + 0.5) / 4096);
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
