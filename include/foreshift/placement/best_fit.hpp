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
#include <foreshift/placement/joint_relief.hpp>
#include <foreshift/placement/objective.hpp>
#include <foreshift/placement/selector.hpp>
#include <foreshift/placement/usual_rules.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

struct best_fit_options {
  std::size_t candidates_max = 64;     ///< workloads considered, the most relieving first
  std::size_t evaluations_max = 4096;  ///< pairs whose destination's paths are gone through; 0: no end
  std::size_t alternatives_max = 6;    ///< destinations explained beside the one chosen
  std::size_t offers_max = 12;         ///< destinations that a host in danger is offered among others
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
    const auto what = pairs_of(request);
    if (!what) return failure{what.error()};
    const found best = search(*what, request.view);
    if (best.destination == what->takers.size()) return failure{none_found(*what, best.all_seen)};
    if (!(best.cost + options.gain_minutes_min < what->staying)) return failure{why_none::not_worth_it};
    return described(*what, request.view, best);
  }
  /// @see JointSelector. Looks until `offers_max` destinations have an offer that nothing left can beat.
  [[nodiscard]] result<departure_offers, why_none> offers(const selection_request& request,
                                                          std::span<const host_id> besides) const {
    const auto what = pairs_of(request, besides);
    if (!what) return failure{what.error()};
    departure_offers out{.offers = {}, .staying = what->staying, .floor = what->staying};
    std::vector<double> cheapest;
    const auto wanted = [&](double bound) {  // no better than nothing, as is all that follows, is not
      return (cheapest.size() < options.offers_max || bound <= cheapest.back()) && bound < what->staying;
    };
    const looked seen = best_first(*what, request.view, wanted, [&](const candidate& one, double cost) {
      auto known = std::ranges::find(out.offers, one.to().host, &departure_offers::entry::to);
      if (known == out.offers.end())
        out.offers.push_back({one.to().host, one.record().id, cost});
      else if (cost < known->cost)
        known->workload = one.record().id, known->cost = cost;
      cheapest.clear();
      for (const auto& o : out.offers) cheapest.push_back(o.cost);
      std::ranges::sort(cheapest);
      cheapest.resize(std::min(cheapest.size(), options.offers_max));
    });
    std::ranges::stable_sort(out.offers, {}, &departure_offers::entry::cost);
    out.floor = std::min(out.floor, seen.left);
    if (out.offers.size() > options.offers_max) {
      out.floor = std::min(out.floor, out.offers[options.offers_max].cost);
      out.offers.resize(options.offers_max);
    }
    std::erase_if(out.offers, [&](const auto& o) {
      const bool worth_it = o.cost + options.gain_minutes_min < what->staying;
      if (!worth_it) out.floor = std::min(out.floor, o.cost);
      return !worth_it;
    });
    if (out.offers.empty()) return failure{none_found(*what, seen.all)};
    return out;
  }
  /// @see JointSelector. Its gap is that of this move against staying and all others of the host.
  [[nodiscard]] result<selection, rejection> chosen(const selection_request& request, workload_id workload,
                                                    host_id to) const {
    const auto what = pairs_of(request);
    if (!what) return failure{rejection::costlier};
    const auto leaving = std::ranges::find(what->leaving.candidates, workload,
                                           [](const departure& d) { return d.record->id; });
    const auto taker = std::ranges::find(what->takers, to, [](const arrival& a) { return a.host().host; });
    if (leaving == what->leaving.candidates.end() || taker == what->takers.end())
      return failure{rejection::pinned};
    found one;
    one.workload = static_cast<std::size_t>(leaving - what->leaving.candidates.begin());
    one.destination = static_cast<std::size_t>(taker - what->takers.begin());
    const candidate move = what->at(one.workload, one.destination);
    if (const auto why = first_refusal(rules, move, request.view)) return failure{*why};
    one.cost = objective.cost(move, request.view);
    one.evaluated = 1;
    return described(*what, request.view, one);
  }

 private:
  struct found {
    std::size_t workload = 0;
    std::size_t destination = 0;  // the number of takers: none
    double cost = std::numeric_limits<double>::infinity();
    double bound = 0;  // no admitted move costs less
    std::size_t evaluated = 0;
    bool all_seen = true;
  };
  struct looked {
    double left = 0;            ///< no pair that was not shown costs less
    std::size_t evaluated = 0;  ///< pairs that the budget is for
    bool all = true;            ///< the search was not ended by the budget
  };
  struct bounded {
    double bound;
    std::uint32_t workload;
    std::uint32_t destination;
    friend bool operator>(const bounded& a, const bounded& b) {
      return std::tie(a.bound, a.workload, a.destination) > std::tie(b.bound, b.workload, b.destination);
    }
  };
  /// Who may leave the host, and who may take them.
  struct pairs {
    const host_outlook* from = nullptr;
    const migration_cost* moves = nullptr;
    exceedance before{};
    double staying = 0;
    departure_list leaving{};
    std::vector<arrival> takers{};
    [[nodiscard]] candidate at(std::size_t w, std::size_t d) const {
      return candidate{leaving.candidates[w], *from, before, takers[d], *moves};
    }
  };

  [[nodiscard]] result<pairs, why_none> pairs_of(const selection_request& request,
                                                 std::span<const host_id> besides = {}) const {
    const site_view& view = request.view;
    pairs out{.from = view.find(request.hot), .moves = &view.moves};
    if (out.from == nullptr || out.from->paths == nullptr) return failure{why_none::unknown_host};
    out.before = as_it_is(*out.from);
    if (out.before.steps <= 0) return failure{why_none::nothing_at_risk};
    out.staying = objective.staying({*out.from, out.before}, view);
    out.leaving = candidates(view, *out.from, options.candidates_max);
    if (out.leaving.candidates.empty()) return failure{why_none::nothing_movable};
    for (const auto& host : view.hosts)
      if (host.host != request.hot && host.paths != nullptr &&
          !std::ranges::binary_search(besides, host.host))
        out.takers.emplace_back(host, *view.known);
    return out;
  }

  [[nodiscard]] static why_none none_found(const pairs& what, bool all_seen) {
    return all_seen && what.leaving.dropped == 0 ? why_none::no_destination : why_none::search_ended;
  }

  /// Calls `take(candidate, cost)` for every pair that the rules admit, in the order of their bounds, as long
  /// as `wanted(bound)` and until the budget ends. Refusals that need no paths are not counted.
  template <class Wanted, class Take>
  [[nodiscard]] looked best_first(const pairs& what, const site_view& view, Wanted wanted, Take take) const {
    std::vector<bounded> open;
    open.reserve(what.leaving.candidates.size() * what.takers.size());
    for (std::uint32_t w = 0; w < what.leaving.candidates.size(); ++w)
      for (std::uint32_t d = 0; d < what.takers.size(); ++d)
        open.push_back({objective.bound(what.at(w, d), view), w, d});
    std::ranges::make_heap(open, std::greater{});
    looked out;
    for (; !open.empty() && wanted(open.front().bound); open.pop_back()) {
      out.all = options.evaluations_max == 0 || out.evaluated < options.evaluations_max;
      if (!out.all) break;
      const candidate one = what.at(open.front().workload, open.front().destination);
      const bool admitted = !first_refusal(rules, one, view);
      out.evaluated += admitted || one.knows_destination_after() ? 1 : 0;
      if (admitted) take(one, objective.cost(one, view));
      std::ranges::pop_heap(open, std::greater{});
    }
    if (what.leaving.dropped == 0)
      out.left = open.empty() ? std::numeric_limits<double>::infinity() : open.front().bound;
    return out;
  }

  [[nodiscard]] found search(const pairs& what, const site_view& view) const {
    found best{.destination = what.takers.size()};
    const auto wanted = [&](double bound) { return bound <= best.cost; };  // an equal one may win the tie
    const looked seen = best_first(what, view, wanted, [&](const candidate& one, double cost) {
      const auto w = static_cast<std::size_t>(&one.leaving() - what.leaving.candidates.data());
      const auto d = static_cast<std::size_t>(&one.destination() - what.takers.data());
      if (std::tuple{cost, w, d} < std::tuple{best.cost, best.workload, best.destination})
        best.cost = cost, best.workload = w, best.destination = d;
    });
    best.bound = std::min(best.cost, seen.left);
    best.evaluated = seen.evaluated, best.all_seen = seen.all;
    return best;
  }

  [[nodiscard]] selection described(const pairs& what, const site_view& view, const found& best) const {
    const candidate move = what.at(best.workload, best.destination);
    return selection{.workload = move.record().id,
                     .from = {what.from->site, what.from->host},
                     .to = {move.to().site, move.to().host},
                     .cost = best.cost,
                     .cost_of_staying = what.staying,
                     .gap = best.cost > 0 ? std::max(best.cost - best.bound, 0.0) / best.cost : 0,
                     .source_before = what.before,
                     .source_after = move.source_after(),
                     .destination_before = move.destination_before(),
                     .destination_after = move.destination_after(),
                     .alternatives = explain_others(what, view, best),
                     .evaluated = best.evaluated};
  }

  /// Other destinations of the workload chosen, the emptiest first, then sorted: feasible by cost, then
  /// refused.
  [[nodiscard]] std::vector<alternative> explain_others(const pairs& what, const site_view& view,
                                                        const found& best) const {
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t d = 0; d < what.takers.size(); ++d)
      if (d != best.destination) order.emplace_back(objective.bound(what.at(best.workload, d), view), d);
    const auto kept = std::min(order.size(), options.alternatives_max);
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end());
    std::vector<alternative> others;
    for (std::size_t i = 0; i < kept; ++i) {
      const candidate other = what.at(best.workload, order[i].second);
      const auto refusal = first_refusal(rules, other, view);
      others.push_back({{other.to().site, other.to().host},
                        refusal.value_or(rejection::costlier),
                        refusal ? 0 : objective.cost(other, view)});
    }
    std::ranges::stable_sort(others, {}, [](const alternative& a) {
      return std::pair{a.why != rejection::costlier, a.cost};
    });
    return others;
  }
};
static_assert(JointSelector<best_fit<>>);

}  // namespace foreshift::inline FORESHIFT_ABI::placement
