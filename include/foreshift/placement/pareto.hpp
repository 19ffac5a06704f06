#pragma once
/// @file
/// The trade-offs that cannot be improved in one objective without loss in another, and the knee among them.
///
/// For one move there are few pairs, and each is priced by every term: the front over all admitted pairs is
/// exact, which no evolutionary method promises. A plan of several moves has too many; there the epsilon
/// constraint method asks a solver for the best plan by one objective under a falling bound on the other. It
/// needs no convexity, which a sweep over weights does, and finds the whole front where the second objective
/// moves in steps.
///
/// Sources: Y. Y. Haimes, L. S. Lasdon, D. A. Wismer, "On a bicriterion formulation of the problems of
/// integrated system identification and system optimization", IEEE Transactions on Systems, Man, and
/// Cybernetics 1, 1971. The knee: I. Das, "On characterizing the knee of the Pareto curve based on
/// normal-boundary intersection", Structural Optimization 18, 1999.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/placement/best_fit.hpp>
#include <foreshift/placement/scalarised.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// At least as good in everything and better in something; less is better.
template <std::size_t N>
[[nodiscard]] constexpr bool dominates(const std::array<double, N>& a, const std::array<double, N>& b) {
  bool better = false;
  for (std::size_t i = 0; i < N; ++i) {
    if (a[i] > b[i]) return false;
    better = better || a[i] < b[i];
  }
  return better;
}

/// The places of those that nothing dominates, in ascending order of their values; of equals the first only.
/// O(n log n + n x front).
template <std::size_t N>
[[nodiscard]] std::vector<std::size_t> front_of(std::span<const std::array<double, N>> points) {
  std::vector<std::size_t> order(points.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair{points[i], i}; });
  std::vector<std::size_t> front;
  // What dominates a point comes before it in this order.
  for (const auto i : order)
    if (std::ranges::none_of(
            front, [&](std::size_t f) { return points[f] == points[i] || dominates(points[f], points[i]); }))
      front.push_back(i);
  return front;
}

/// Where the front bulges most: the place, in `front`, of the point that is furthest from the chord through
/// the ends of the front, each objective scaled to [0, 1] over it. With more than two objectives the chord is
/// the plane on which the scaled values have one sum. @pre the front is not empty
template <std::size_t N>
[[nodiscard]] std::size_t knee_of(std::span<const std::array<double, N>> front) {
  FORESHIFT_EXPECT(!front.empty());
  auto low = front[0], high = front[0];
  for (const auto& p : front)
    for (std::size_t i = 0; i < N; ++i) low[i] = std::min(low[i], p[i]), high[i] = std::max(high[i], p[i]);
  std::size_t knee = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < front.size(); ++k) {
    double sum = 0;
    for (std::size_t i = 0; i < N; ++i)
      if (high[i] > low[i]) sum += (front[k][i] - low[i]) / (high[i] - low[i]);
    if (sum < least) least = sum, knee = k;
  }
  return knee;
}

/// A move that is not dominated.
template <std::size_t N>
struct trade_off {
  workload_id workload{};
  location from{};
  location to{};
  std::array<double, N> costs{};  ///< of the terms, in their order and units
  bool knee = false;
};

/// The exact front of the moves that relieve the host and that the rules admit, in ascending order of the
/// first term; empty where there is none. Prices every pair: O(C D paths horizon) for C workloads on the host
/// and D hosts. @pre every host of the view is known
template <class... Terms, Constraint... Rules>
[[nodiscard]] std::vector<trade_off<sizeof...(Terms)>> pareto_front(const selection_request& request,
                                                                    const scalarised<Terms...>& terms,
                                                                    const std::tuple<Rules...>& rules) {
  constexpr std::size_t n = sizeof...(Terms);
  const site_view& view = request.view;
  std::vector<trade_off<n>> moves;
  const auto* from = view.find(request.hot);
  if (from == nullptr || from->paths == nullptr) return moves;
  const exceedance before = as_it_is(*from);
  const auto leaving = candidates(view, *from, std::numeric_limits<std::size_t>::max());
  std::vector<std::array<double, n>> costs;
  for (const auto& host : view.hosts) {
    if (host.host == request.hot || host.paths == nullptr) continue;
    const arrival to{host, *view.known};
    for (const auto& w : leaving.candidates) {
      const candidate what{w, *from, before, to, view.moves};
      if (first_refusal(rules, what, view)) continue;
      costs.push_back(terms.costs(what, view));
      moves.push_back({w.record->id, {from->site, from->host}, {host.site, host.host}, costs.back(), false});
    }
  }
  std::vector<trade_off<n>> front;
  std::vector<std::array<double, n>> kept;
  for (const auto i : front_of<n>(costs)) front.push_back(moves[i]), kept.push_back(costs[i]);
  if (!front.empty()) front[knee_of<n>(kept)].knee = true;
  return front;
}

/// The front of a problem with two objectives, by a solver of one: `solve(bound)` gives a solution and its
/// two costs, of those whose second cost is at most the bound one with the least first cost and of these one
/// with the least second; nothing when there is none. Exact where second costs differ by `step` or more; asks
/// once for each point of the front and once more.
/// @param points_max ends it earlier
template <class Solve>
[[nodiscard]] auto epsilon_constraint(const Solve& solve, double step, std::size_t points_max = 1000) {
  FORESHIFT_EXPECT(step > 0);
  std::vector<typename decltype(solve(0.0))::value_type> front;
  double bound = std::numeric_limits<double>::infinity();
  while (front.size() < points_max) {
    auto found = solve(bound);
    if (!found) break;
    bound = found->second[1] - step;
    front.push_back(*std::move(found));
  }
  return front;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
