#pragma once
/// @file
/// The cheapest move of one workload off a host, found best-first and with a certified gap.
///
/// Every pair of workload and destination gets a lower bound on its cost that needs no pass over the
/// destination's paths. Pairs are taken in order of this bound, the emptiest destinations of the most
/// relieving workloads first; once the next bound exceeds the best cost found, no pair that is left can win
/// and the search is over. Where the budget of evaluations ends it earlier, the next bound says how much
/// might have been missed.
///
/// Source: A. H. Land, A. G. Doig, "An automatic method of solving discrete programming problems",
/// Econometrica 28, 1960, with one level of branching.

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/candidate.hpp>
#include <foreshift/placement/constraint.hpp>
#include <foreshift/placement/departures.hpp>
#include <foreshift/placement/objective.hpp>
#include <foreshift/placement/selector.hpp>
#include <foreshift/placement/usual_rules.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

struct best_fit_options {
  std::size_t candidates_max = 64;     ///< workloads considered, the most relieving first
  std::size_t evaluations_max = 4096;  ///< pairs looked at closely; 0: no end
  std::size_t alternatives_max = 6;    ///< destinations explained beside the one chosen
  double gain_minutes_min = 0;         ///< a move has to be cheaper than staying by more than this
};

/// The selector. Cost: O(C paths horizon + C D + E (log(C D) + paths horizon)) for C workloads, D
/// destinations and E evaluations; allocates O(C D). The gap is (cost - bound) / cost, where the bound is the
/// least of the bounds not looked at, and 0 where workloads were dropped by `candidates_max`.
template <Objective Price = overload_minutes, class Rules = usual_rules>
struct best_fit {
  Price objective{};
  Rules rules{};  ///< a tuple of constraints
  best_fit_options options{};

  [[nodiscard]] result<selection, why_none> select(const selection_request& request) const {
    const site_view& view = request.view;
    const auto* from = view.find(request.hot);
    if (from == nullptr || from->paths == nullptr) return failure{why_none::unknown_host};
    const exceedance before = as_it_is(*from);
    if (before.steps <= 0) return failure{why_none::nothing_at_risk};
    const auto leaving = candidates(view, *from, options.candidates_max);
    if (leaving.candidates.empty()) return failure{why_none::nothing_movable};
    std::vector<arrival> takers;
    for (const auto& host : view.hosts)
      if (host.host != request.hot && host.paths != nullptr) takers.emplace_back(host, *view.known);

    const auto pair = [&](std::size_t w, std::size_t d) {
      return candidate{leaving.candidates[w], *from, before, takers[d], view.moves};
    };
    const found best = search(view, leaving, takers.size(), pair);
    if (best.destination == takers.size()) return failure{why_none::no_destination};
    const double staying = objective.staying({*from, before}, view);
    if (!(best.cost + options.gain_minutes_min < staying)) return failure{why_none::not_worth_it};

    const candidate chosen = pair(best.workload, best.destination);
    return selection{.workload = chosen.record().id,
                     .from = {from->site, from->host},
                     .to = {chosen.to().site, chosen.to().host},
                     .cost = best.cost,
                     .cost_of_staying = staying,
                     .gap = best.cost > 0 ? std::max(best.cost - best.bound, 0.0) / best.cost : 0,
                     .source_before = before,
                     .source_after = chosen.source_after(),
                     .destination_before = chosen.destination_before(),
                     .destination_after = chosen.destination_after(),
                     .alternatives = explain_others(view, best, takers, pair),
                     .evaluated = best.evaluated};
  }

 private:
  struct found {
    std::size_t workload = 0;
    std::size_t destination = 0;  // the number of takers: none
    double cost = std::numeric_limits<double>::infinity();
    double bound = 0;  // no admitted move costs less
    std::size_t evaluated = 0;
  };
  struct bounded {
    double bound;
    std::uint32_t workload;
    std::uint32_t destination;
    friend bool operator>(const bounded& a, const bounded& b) {
      return std::tie(a.bound, a.workload, a.destination) > std::tie(b.bound, b.workload, b.destination);
    }
  };

  template <class Pair>
  [[nodiscard]] found search(const site_view& view, const departure_list& leaving, std::size_t takers,
                             const Pair& pair) const {
    std::vector<bounded> open;
    open.reserve(leaving.candidates.size() * takers);
    for (std::uint32_t w = 0; w < leaving.candidates.size(); ++w)
      for (std::uint32_t d = 0; d < takers; ++d) open.push_back({objective.bound(pair(w, d), view), w, d});
    std::ranges::make_heap(open, std::greater{});

    found best{.destination = takers};
    while (!open.empty() && open.front().bound <= best.cost) {  // an equal bound may still win the tie
      if (options.evaluations_max > 0 && best.evaluated == options.evaluations_max) break;
      std::ranges::pop_heap(open, std::greater{});
      const auto [bound, w, d] = open.back();
      open.pop_back();
      const candidate what = pair(w, d);
      ++best.evaluated;
      if (first_refusal(rules, what, view)) continue;
      const double cost = objective.cost(what, view);
      if (std::tuple{cost, w, d} < std::tuple{best.cost, best.workload, best.destination})
        best.cost = cost, best.workload = w, best.destination = d;
    }
    best.bound = open.empty() ? best.cost : std::min(best.cost, open.front().bound);
    if (leaving.dropped > 0) best.bound = 0;
    return best;
  }

  /// Other destinations of the workload chosen, the emptiest first, then sorted: feasible by cost, then
  /// refused.
  template <class Pair>
  [[nodiscard]] std::vector<alternative> explain_others(const site_view& view, const found& best,
                                                        const std::vector<arrival>& takers,
                                                        const Pair& pair) const {
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t d = 0; d < takers.size(); ++d)
      if (d != best.destination) order.emplace_back(objective.bound(pair(best.workload, d), view), d);
    const auto kept = std::min(order.size(), options.alternatives_max);
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end());
    std::vector<alternative> others;
    for (std::size_t i = 0; i < kept; ++i) {
      const candidate what = pair(best.workload, order[i].second);
      const auto refusal = first_refusal(rules, what, view);
      others.push_back({{what.to().site, what.to().host},
                        refusal.value_or(rejection::costlier),
                        refusal ? 0 : objective.cost(what, view)});
    }
    std::ranges::stable_sort(others, {}, [](const alternative& a) {
      return std::pair{a.why != rejection::costlier, a.cost};
    });
    return others;
  }
};
static_assert(Selector<best_fit<>>);

}  // namespace foreshift::inline FORESHIFT_ABI::placement
