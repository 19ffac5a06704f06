#pragma once
/// @file
/// Specifications for the steps of a move: the service's own, as it was read, with as little changed as will
/// do.

#include <foreshift/adapters/docker/constraint.hpp>
#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/adapters/docker/labels.hpp>
#include <foreshift/adapters/docker/service.hpp>
#include <foreshift/adapters/docker/swarm_ids.hpp>
#include <foreshift/core/units.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

/// A specification and what a move has changed in it.
struct moved_spec {
  json spec = json::object();
  std::vector<spec_change> changes{};
};

/// The placement that pins a service to a node and keeps the owner's other constraints and preferences.
[[nodiscard]] inline json placement_on(const json& spec, std::string_view node_id,
                                       std::string_view pin_label = {}) {
  const json* now = member(spec, "TaskTemplate", "Placement");
  json out = now != nullptr && now->is_object() ? *now : json::object();
  json kept = json::array();
  for (const json& one : list_at(spec, "TaskTemplate", "Placement", "Constraints")) {
    const auto c = one.is_string() ? parse_constraint(one.get<std::string>()) : std::nullopt;
    if (!c || !pins(*c, pin_label)) kept.push_back(one);
  }
  kept.push_back("node.id==" + std::string{node_id});
  out["Constraints"] = std::move(kept);
  return out;
}

/// Within one swarm: start there, healthy, then stop here; where that fails, pause, and nothing is put back
/// but by us. Swarm's own rollback would bring back the old labels, and with them an old token.
[[nodiscard]] inline moved_spec move_within(json spec, std::string_view node_id,
                                            std::string_view pin_label = {}) {
  moved_spec out{std::move(spec), {}};
  change(out.spec, out.changes, "/TaskTemplate/Placement", placement_on(out.spec, node_id, pin_label));
  const json* now = member(out.spec, "UpdateConfig");
  json update = now != nullptr && now->is_object()
                    ? *now
                    : json{{"Parallelism", 1}, {"Monitor", 5'000'000'000}, {"MaxFailureRatio", 0}};
  update["Order"] = "start-first";
  update["FailureAction"] = "pause";
  change(out.spec, out.changes, "/UpdateConfig", std::move(update));
  return out;
}

/// Whether a move within a swarm is noted.
[[nodiscard]] inline bool is_within(const std::vector<spec_change>& changes) {
  return std::ranges::find(changes, "/TaskTemplate/Placement", &spec_change::pointer) != changes.end();
}
/// Whether it is noted how many copies there were before a move to another swarm.
[[nodiscard]] inline bool has_ceased(const std::vector<spec_change>& changes) {
  return std::ranges::find(changes, "/Mode", &spec_change::pointer) != changes.end();
}

/// What a move that has ended well leaves to the owner: the placement is the new one, the rest as before.
[[nodiscard]] inline json settled(json spec, std::vector<spec_change> changes) {
  std::erase_if(changes, [](const spec_change& c) { return c.pointer == "/TaskTemplate/Placement"; });
  put_back(spec, changes);
  return spec;
}

inline void set_replicas(json& spec, std::uint64_t replicas) {
  detail::set_at(spec, "/Mode", json{{"Replicated", {{"Replicas", replicas}}}});
}
/// Limits that are 0 stay as they are.
inline void set_limits(json& spec, const resources& limits) {
  const auto set = [&](const char* pointer, double value) {
    if (value > 0) detail::set_at(spec, pointer, static_cast<std::uint64_t>(std::llround(value)));
  };
  set("/TaskTemplate/Resources/Limits/NanoCPUs", limits[resource::cpu] * 1e9);
  set("/TaskTemplate/Resources/Limits/MemoryBytes", limits[resource::memory]);
}

/// A service that only keeps our record: with no copies, its image is never looked for.
[[nodiscard]] inline json held_spec(std::string_view name) {
  json spec{{"Name", name}, {"TaskTemplate", {{"ContainerSpec", {{"Image", "foreshift/held:0"}}}}}};
  set_replicas(spec, 0);
  mark_ours(spec);
  return spec;
}

/// What a move between swarms leaves where the service stood.
[[nodiscard]] inline json left_spec(json spec) {
  set_replicas(spec, 0);
  mark_ours(spec);
  return spec;
}

/// The source's specification for another swarm. The new one's attempts are told apart by ForceUpdate.
/// @param ids there
[[nodiscard]] inline json spec_between(const json& source, std::string_view node_id, const swarm_ids& ids,
                                       std::uint64_t force_update, std::string_view pin_label = {}) {
  json spec = source;
  if (json* labels = spec.contains("Labels") ? &spec["Labels"] : nullptr; labels != nullptr)
    for (auto at = labels->begin(); labels->is_object() && at != labels->end();)
      at = at.key().starts_with(our_labels) ? labels->erase(at) : std::next(at);
  detail::set_at(spec, "/TaskTemplate/Placement", placement_on(spec, node_id, pin_label));
  detail::set_at(spec, "/TaskTemplate/ForceUpdate", force_update);
  set_ids(spec, ids);
  mark_ours(spec);
  return spec;
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
