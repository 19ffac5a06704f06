#pragma once
/// @file
/// What if a host fails: which of its workloads have somewhere to go, and what that does to the others.
///
/// The workloads start anew elsewhere, one after the other, those of higher priority first, then the more
/// critical, then the larger, which are the harder to place. Nothing is copied. Rules about leaving - pins,
/// budgets - and about relatives, which may have failed along with it, are not asked.
///
/// Source of the order: first fit decreasing, D. S. Johnson, "Near-optimal bin packing algorithms", MIT 1973.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/placement/rehearsal.hpp>
#include <foreshift/placement/usual_rules.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// What a host has to fulfil to take what has failed elsewhere.
using rules_after_failure = std::tuple<not_busy, not_refusing, cleared, licensed, taints_tolerated,
                                       other_resources_fit, latency_bound, apart_domains, bounded_risk>;

struct host_failure {
  struct survivor {
    workload_id workload{};
    std::optional<host_id> to{};  ///< nothing: it has nowhere to go
    refusal_tally refused{};      ///< by the hosts that would not take it
  };
  host_id host{};
  std::vector<survivor> workloads{};   ///< in the order in which they are placed
  std::vector<workload_id> unknown{};  ///< without a forecast: nobody can say
  double overload_before = 0;          ///< minutes expected on the other hosts within the horizon
  double overload_after = 0;           ///< the same, with the workloads that found a place

  [[nodiscard]] std::size_t stranded() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(workloads, [](const survivor& s) { return !s.to; }));
  }
};

namespace detail {

/// Those of a host that have paths, in the order in which places are sought for them.
[[nodiscard]] inline std::vector<workload_id> hardest_first(const site_view& view, host_id host) {
  std::vector<workload_id> all;
  for (const auto w : view.known->workloads_on(host))
    if (const auto* o = view.find(w); o != nullptr && o->paths != nullptr) all.push_back(w);
  std::ranges::sort(all, {}, [&](workload_id w) {
    const auto& r = *view.known->find(w);
    return std::tuple{-static_cast<double>(r.priority), -static_cast<double>(r.criticality),
                      -view.find(w)->demand, w};
  });
  return all;
}

}  // namespace detail

/// O(workloads on the host x hosts x paths x horizon). @pre the host is in the inventory and has paths
template <Objective Price = overload_minutes, class Rules = rules_after_failure>
[[nodiscard]] host_failure if_host_fails(site_view view, host_id host, const Price& price = {},
                                         const Rules& rules = {}) {
  FORESHIFT_EXPECT(view.find(host) != nullptr && view.find(host)->paths != nullptr);
  view.moves = {.copy_steps = 0, .overhead_share = 0};
  host_failure answer{.host = host};
  answer.overload_before = overload_beside(view, host);
  rehearsal fleet{view};
  const auto order = detail::hardest_first(view, host);
  for (const auto w : view.known->workloads_on(host))
    if (std::ranges::find(order, w) == order.end()) answer.unknown.push_back(w);
  for (const auto w : order) {
    const auto places = destinations(fleet.view(), w, price, rules);
    answer.workloads.push_back({.workload = w, .refused = places.refused});
    if (places.admitted.empty()) continue;
    answer.workloads.back().to = places.admitted.front().to;
    fleet.move(w, places.admitted.front().to);
  }
  answer.overload_after = overload_beside(fleet.view(), host);
  return answer;
}

/// For people: a sentence, and a line for each workload.
[[nodiscard]] inline std::string to_string(const host_failure& answer, const inventory& known) {
  char minutes[96];
  std::snprintf(minutes, sizeof minutes, "Overload expected on the other hosts: %.1f min, was %.1f min.\n",
                answer.overload_after, answer.overload_before);
  std::string out = "If " + name_in(known, answer.host) + " fails, " +
                    std::to_string(answer.workloads.size() - answer.stranded()) + " of " +
                    std::to_string(answer.workloads.size() + answer.unknown.size()) +
                    " workloads have somewhere to go. " + minutes;
  for (const auto& w : answer.workloads)
    out += "  " + name_in(known, w.workload) +
           (w.to ? ": to " + name_in(known, *w.to) : ": nowhere (" + to_string(w.refused) + ")") + "\n";
  for (const auto w : answer.unknown) out += "  " + name_in(known, w) + ": has no forecast\n";
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
