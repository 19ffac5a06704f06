#pragma once
/// @file
/// Where a workload's relatives are: those it must be near, those its service depends on, and over how many
/// failure domains its service is spread.
///
/// A relative that is on its way counts where it will be. Each rule is O(members of the group or of the
/// services concerned, times log of the inventory).

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/constraint.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Workloads of one together group stay as near to each other as the workload moved asks for. Within one host
/// that means that none of several can move alone.
struct stays_together {
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    const auto& to = view.record(what.to().host);
    for (const auto id : view.known->companions_of(what.record().together))
      if (id != what.record().id && !near(to, view.record(view.known->bound_for(id)), what, view))
        return rejection::away_from_group;
    return std::nullopt;
  }

 private:
  [[nodiscard]] static bool near(const host_record& a, const host_record& b, const candidate& what,
                                 const site_view& view) {
    switch (what.record().together_within) {
      case nearness::host:
        return a.id == b.id;
      case nearness::domain:
        return view.same_domain(a.id, b.id);
      case nearness::neighbourhood:
        return a.neighbourhood == b.neighbourhood;
      case nearness::site:
        return a.site == b.site;
    }
    return false;
  }
};

/// A service stays spread over as many failure domains as it needs; where it is not, no move may make it
/// fewer. Source: the spread constraint of the ROADEF/EURO challenge 2012, section 2.3.
struct stays_spread {
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    const auto* service = view.known->find(what.record().service);
    if (service == nullptr || service->domains_min <= 1) return std::nullopt;
    const host_id from = what.from().host, to = what.to().host;
    bool source_emptied = true, destination_had = false;
    std::vector<host_id> others;  // one of each domain
    for (const auto id : view.known->workloads_of(service->id)) {
      if (id == what.record().id) continue;
      const host_id at = view.known->bound_for(id);
      source_emptied = source_emptied && !view.same_domain(at, from);
      destination_had = destination_had || view.same_domain(at, to);
      if (std::ranges::none_of(others, [&](host_id h) { return view.same_domain(h, at); }))
        others.push_back(at);
    }
    const bool fewer = source_emptied && destination_had && !view.same_domain(from, to);
    return fewer && others.size() < service->domains_min ? std::optional{rejection::spread_lost}
                                                         : std::nullopt;
  }
};

/// Where a service runs, what it depends on runs in the same neighbourhood: at the destination for the
/// service moved, and at the source for those that depend on it. Source: the dependency constraint of the
/// ROADEF/EURO challenge 2012, section 2.4.
struct keeps_dependencies {
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    const auto* service = view.known->find(what.record().service);
    if (service == nullptr) return std::nullopt;
    const auto left = view.record(what.from().host).neighbourhood;
    const auto entered = view.record(what.to().host).neighbourhood;
    if (left == entered) return std::nullopt;
    const auto runs_in = [&](service_id s, neighbourhood_id n) {
      return std::ranges::any_of(view.known->workloads_of(s), [&](workload_id w) {
        return w != what.record().id && view.record(view.known->bound_for(w)).neighbourhood == n;
      });
    };
    for (const auto needed : service->depends_on)
      if (!runs_in(needed, entered)) return rejection::dependency_lost;
    if (runs_in(service->id, left)) return std::nullopt;
    for (const auto dependant : view.known->dependants_of(service->id))
      if (runs_in(dependant, left)) return rejection::dependency_lost;
    return std::nullopt;
  }
};

static_assert(Constraint<stays_together> && Constraint<stays_spread> && Constraint<keeps_dependencies>);

}  // namespace foreshift::inline FORESHIFT_ABI::placement
