#pragma once
/// @file
/// A swarm in the words that all clusters share, and the names behind their ids.

#include <foreshift/adapters/docker/movable.hpp>
#include <foreshift/adapters/docker/node.hpp>
#include <foreshift/adapters/docker/service.hpp>
#include <foreshift/adapters/docker/task.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/cluster_inventory.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

namespace detail {

[[nodiscard]] inline ports::name_labels label_list(const std::map<std::string, std::string>& labels) {
  return {labels.begin(), labels.end()};
}
[[nodiscard]] inline ports::seen_host as_host(const node& n) {
  return {.id = host_id{ports::id_of_name(n.name)},
          .name = n.name,
          .capacity = n.capacity,
          .ready = n.ready(),
          .schedulable = n.schedulable(),
          .labels = label_list(n.labels)};
}
[[nodiscard]] inline ports::seen_workload as_workload(const service& s, const std::vector<task>& tasks,
                                                      const std::map<std::string, host_id>& hosts,
                                                      const movable_rules& rules,
                                                      const std::set<std::string>& checked) {
  ports::seen_workload out{
      .id = workload_id{ports::id_of_name(s.name)},
      .name = s.name,
      .replicas = static_cast<std::uint32_t>(std::min<std::uint64_t>(s.replicas().value_or(0), UINT32_MAX)),
      .reserved = resources_of(s, "Reservations"),
      .limits = resources_of(s, "Limits"),
      .labels = label_list(text_map(member(s.spec, "Labels")))};
  for (const task& t : tasks) {
    if (!t.serves()) continue;
    ++out.running;
    const auto at = hosts.find(t.node);
    if (at != hosts.end() && std::ranges::find(out.on, at->second) == out.on.end())
      out.on.push_back(at->second);
  }
  if (const auto why = why_not_movable(s, tasks, rules, checked)) out.movable = false, out.why_not = *why;
  return out;
}

}  // namespace detail

/// The first two of a kind that one id stands for: the same name twice, or two names that collide.
template <class Named>
[[nodiscard]] std::optional<std::string> same_id(const std::vector<Named>& all, const char* kind) {
  std::map<std::uint64_t, const Named*> seen;
  for (const Named& one : all)
    if (const auto [at, fresh] = seen.emplace(ports::id_of_name(one.name), &one); !fresh)
      return std::string{kind} + " " + at->second->id + " and " + one.id + " have one id, their names are " +
             at->second->name + " and " + one.name + ": give them names of their own";
  return std::nullopt;
}

/// @param checked images that bring a health check
/// @return the reason why names do not tell nodes or services apart
[[nodiscard]] inline result<ports::cluster_inventory, std::string> inventory_of(
    const std::vector<node>& all_nodes, const std::vector<service>& services, const std::vector<task>& tasks,
    const movable_rules& rules = {}, const std::set<std::string>& checked = {}) {
  const auto nodes = without_left(all_nodes);
  if (auto twice = same_id(nodes, "nodes")) return failure{*std::move(twice)};
  if (auto twice = same_id(services, "services")) return failure{*std::move(twice)};
  ports::cluster_inventory out;
  std::map<std::string, host_id> hosts;
  for (const node& n : nodes) {
    out.hosts.push_back(detail::as_host(n));
    hosts.emplace(n.id, out.hosts.back().id);
  }
  std::map<std::string, std::vector<task>> of;
  for (const task& t : tasks) of[t.service].push_back(t);
  for (const service& s : services)
    out.workloads.push_back(detail::as_workload(s, of[s.id], hosts, rules, checked));
  std::ranges::sort(out.hosts, {}, &ports::seen_host::name);
  std::ranges::sort(out.workloads, {}, &ports::seen_workload::name);
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
