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

namespace detail {

/// Counts failure domains. A host that shares one with the first of a domain, by the inventory or by the
/// distances, is of that domain.
class domains_seen {
 public:
  explicit domains_seen(const site_view& view) : view_(&view) {}
  /// How many there are with this host. O(log hosts), and a copy of what was seen at worst.
  std::size_t add(host_id h) {
    const auto by_record = view_->record(h).domain;
    const auto by_links =
        (view_->links == nullptr ? std::nullopt : view_->links->domain_of(h)).value_or(none);
    if (has(hosts_, h) || (by_record != none && has(of_records_, by_record)) ||
        (by_links != none && has(of_links_, by_links)))
      return hosts_.size();
    put(hosts_, h), put(of_records_, by_record), put(of_links_, by_links);
    return hosts_.size();
  }

 private:
  static constexpr domain_id none{};
  template <class Id>
  static bool has(const std::vector<Id>& sorted, Id id) {
    return std::ranges::binary_search(sorted, id);
  }
  template <class Id>
  static void put(std::vector<Id>& sorted, Id id) {
    sorted.insert(std::ranges::lower_bound(sorted, id), id);
  }

  const site_view* view_;
  std::vector<host_id> hosts_;  ///< the first of each domain; all three are sorted
  std::vector<domain_id> of_records_, of_links_;
};

}  // namespace detail

/// A service stays spread over as many failure domains as it needs; where it is not, no move may make it
/// fewer. Domains are counted only where the move empties one without opening another.
/// Source: the spread constraint of the ROADEF/EURO challenge 2012, section 2.3.
struct stays_spread {
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    const auto* service = view.known->find(what.record().service);
    if (service == nullptr || service->domains_min <= 1) return std::nullopt;
    const host_id from = what.from().host, to = what.to().host;
    if (view.same_domain(from, to)) return std::nullopt;
    bool destination_had = false;
    const auto all = view.known->workloads_of(service->id);
    for (const auto id : all) {
      if (id == what.record().id) continue;
      const host_id at = view.known->bound_for(id);
      if (view.same_domain(at, from)) return std::nullopt;
      destination_had = destination_had || view.same_domain(at, to);
    }
    if (!destination_had) return std::nullopt;
    detail::domains_seen others{view};
    for (const auto id : all)
      if (id != what.record().id && others.add(view.known->bound_for(id)) >= service->domains_min)
        return std::nullopt;
    return rejection::spread_lost;
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
