#pragma once
/// @file
/// What a cluster has, from its objects: nodes, workloads, where their copies run, and why one does not move.

#include <foreshift/adapters/kubernetes/cluster_names.hpp>
#include <foreshift/adapters/kubernetes/disruption_budget.hpp>
#include <foreshift/adapters/kubernetes/movable.hpp>
#include <foreshift/adapters/kubernetes/node.hpp>
#include <foreshift/adapters/kubernetes/pod.hpp>
#include <foreshift/adapters/kubernetes/workload.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/ports/cluster_inventory.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// Objects as they come from lists or watches, in any order.
struct inventory_parts {
  std::vector<node> nodes{};
  std::vector<workload> workloads{};  ///< Deployments and StatefulSets
  std::vector<workload> sets{};       ///< ReplicaSets, which stand between a Deployment and its pods
  std::vector<pod> pods{};
  std::vector<disruption_budget> budgets{};

  /// Empty, or what is wrong with the object.
  std::string add(kind k, const json& object) {
    const auto keep = [](auto&& read, auto& to) {
      if (!read) return read.error();
      return to.push_back(*std::move(read)), std::string{};
    };
    switch (k) {
      case kind::node:
        return keep(read_node(object), nodes);
      case kind::pod:
        return keep(read_pod(object), pods);
      case kind::disruption_budget:
        return keep(read_disruption_budget(object), budgets);
      case kind::replica_set:
        return keep(read_workload(k, object), sets);
      case kind::deployment:
      case kind::stateful_set:
        return keep(read_workload(k, object), workloads);
      case kind::lease:
      case kind::pod_metrics:
      case kind::node_metrics:
        break;
    }
    return "an object of a kind that is no part of an inventory";
  }
  /// Takes over all that another has.
  void append(inventory_parts&& more) {
    const auto all = [](auto& to, auto& from) {
      to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    };
    all(nodes, more.nodes), all(workloads, more.workloads), all(sets, more.sets), all(pods, more.pods);
    all(budgets, more.budgets);
  }
};

/// n log n in all objects.
[[nodiscard]] ports::cluster_inventory inventory_of(const inventory_parts& parts);

namespace detail {

inline ports::name_labels labels_of(const label_map& labels) {
  return ports::name_labels(labels.begin(), labels.end());
}

}  // namespace detail

inline ports::cluster_inventory inventory_of(const inventory_parts& parts) {
  ports::cluster_inventory out;
  for (const auto& n : parts.nodes)
    out.hosts.push_back({host_id{ports::id_of_name(n.meta.name)}, n.meta.name, n.capacity, n.ready,
                         n.schedulable, detail::labels_of(n.meta.labels)});
  std::ranges::sort(out.hosts, {}, &ports::seen_host::name);

  // A pod's owner is a StatefulSet, or a ReplicaSet whose owner is a Deployment.
  std::vector<std::pair<std::string, std::string>> owner_of_set;
  for (const auto& s : parts.sets) owner_of_set.emplace_back(s.meta.uid, s.meta.owner_uid);
  std::ranges::sort(owner_of_set);
  std::vector<std::pair<std::string, const pod*>> owned;
  for (const auto& p : parts.pods) {
    if (!p.occupies() || p.meta.leaving) continue;
    const auto set = std::ranges::lower_bound(owner_of_set, p.meta.owner_uid, {},
                                              &std::pair<std::string, std::string>::first);
    const bool through = set != owner_of_set.end() && set->first == p.meta.owner_uid;
    owned.emplace_back(through ? set->second : p.meta.owner_uid, &p);
  }
  std::ranges::sort(owned);

  for (const auto& w : parts.workloads) {
    ports::seen_workload seen;
    seen.name = to_string(object_name{w.what, w.meta.space, w.meta.name});
    seen.id = workload_id{ports::id_of_name(seen.name)};
    seen.replicas = w.replicas, seen.running = w.ready;
    seen.reserved = w.reserved, seen.limits = w.limits;
    seen.labels = detail::labels_of(w.meta.labels);
    const auto [first, last] =
        std::ranges::equal_range(owned, w.meta.uid, {}, &std::pair<std::string, const pod*>::first);
    for (auto at = first; at != last; ++at) seen.on.push_back(host_id{ports::id_of_name(at->second->node)});
    std::ranges::sort(seen.on);
    seen.why_not = why_not_within(w, parts.budgets);
    seen.movable = seen.why_not.empty();
    out.workloads.push_back(std::move(seen));
  }
  std::ranges::sort(out.workloads, {}, &ports::seen_workload::name);
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
