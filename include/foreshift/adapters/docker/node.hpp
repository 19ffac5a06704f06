#pragma once
/// @file
/// A machine of a swarm.

#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/units.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

struct node {
  std::string id{};
  std::string name{};          ///< of the host; need not be unique
  std::string availability{};  ///< active, pause, drain
  std::string state{};         ///< ready, down, disconnected, unknown
  std::string role{}, os{}, architecture{};
  std::map<std::string, std::string> labels{}, engine_labels{};
  resources capacity{};  ///< cores and bytes of memory; the rest is not told

  [[nodiscard]] bool ready() const { return state == "ready"; }
  [[nodiscard]] bool schedulable() const { return availability == "active"; }
};

namespace detail {
[[nodiscard]] inline std::map<std::string, std::string> text_map(const json* object) {
  std::map<std::string, std::string> out;
  if (object != nullptr && object->is_object())
    for (const auto& [key, value] : object->items())
      if (value.is_string()) out.emplace(key, value.template get<std::string>());
  return out;
}
}  // namespace detail

/// Of the answer to `GET /nodes`. The reason of a failure says what a node lacks.
[[nodiscard]] inline result<std::vector<node>, std::string> read_nodes(const json& answer) {
  if (!answer.is_array()) return failure{std::string{"not a list of nodes"}};
  std::vector<node> out;
  out.reserve(answer.size());
  for (const json& one : answer) {
    node n{.id = text_at(one, "ID"),
           .name = text_at(one, "Description", "Hostname"),
           .availability = text_at(one, "Spec", "Availability"),
           .state = text_at(one, "Status", "State"),
           .role = text_at(one, "Spec", "Role"),
           .os = text_at(one, "Description", "Platform", "OS"),
           .architecture = text_at(one, "Description", "Platform", "Architecture"),
           .labels = detail::text_map(member(one, "Spec", "Labels")),
           .engine_labels = detail::text_map(member(one, "Description", "Engine", "Labels"))};
    if (n.id.empty() || n.name.empty() || n.state.empty() || n.availability.empty())
      return failure{"node " + std::to_string(out.size()) + " of the list lacks " +
                     (n.id.empty()      ? "ID"
                      : n.name.empty()  ? "Description.Hostname"
                      : n.state.empty() ? "Status.State"
                                        : "Spec.Availability")};
    n.capacity[resource::cpu] = number_at(one, "Description", "Resources", "NanoCPUs") / 1e9;
    n.capacity[resource::memory] = number_at(one, "Description", "Resources", "MemoryBytes");
    out.push_back(std::move(n));
  }
  return out;
}

/// Without the nodes that are down where just one other of that name is ready: a machine that has left the
/// swarm and joined it anew is listed twice until `docker node rm`.
[[nodiscard]] inline std::vector<node> without_left(std::vector<node> nodes) {
  std::map<std::string, std::size_t> ready;
  for (const node& n : nodes) ready[n.name] += n.ready() ? 1 : 0;
  std::erase_if(nodes, [&](const node& n) { return n.state == "down" && ready[n.name] == 1; });
  return nodes;
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
