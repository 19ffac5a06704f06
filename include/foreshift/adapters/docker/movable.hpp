#pragma once
/// @file
/// Which services Swarm can move without a gap and without loss, and why not the others.
///
/// Swarm moves a service as a whole: all of its copies follow one constraint. So a service moves whose copies
/// all stand on one node. To move some copies only, split it into a service for each site (or for each label
/// of a group of nodes) and move those. Start-first stops the old copy as soon as the new one runs, and
/// without a health check a process runs as soon as it exists. A check may also be the image's own.

#include <foreshift/adapters/docker/constraint.hpp>
#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/adapters/docker/node.hpp>
#include <foreshift/adapters/docker/service.hpp>
#include <foreshift/adapters/docker/task.hpp>
#include <foreshift/core/diagnostic.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

struct movable_rules {
  /// False where the images that bring a health check of their own are not on the daemon that is asked.
  bool health_check = true;
};

/// The image to ask the daemon about, since the specification leaves the health check to it; empty where it
/// does not.
[[nodiscard]] inline std::string image_to_ask(const service& s);
/// Whether an image brings a health check: of the answer to `get_image`.
[[nodiscard]] inline bool checks_health(const json& image);

/// The reason why a service cannot be moved; nothing where it can. @param tasks of this service
/// @param checked images that bring a health check
[[nodiscard]] inline std::optional<std::string> why_not_movable(const service& s,
                                                                const std::vector<task>& tasks,
                                                                const movable_rules& rules = {},
                                                                const std::set<std::string>& checked = {});

/// The reason why a node cannot take a service; nothing where it can as far as can be told.
[[nodiscard]] inline std::optional<std::string> why_not_to(const json& spec, const node& to,
                                                           std::string_view pin_label = {}) {
  if (!to.ready()) return "the node is " + to.state;
  if (!to.schedulable()) return "the node's availability is " + to.availability;
  if (const auto by = excluded_by(spec, to, pin_label))
    return "its constraint " + excerpt(*by, 120) + " excludes the node";
  return std::nullopt;
}

namespace detail {

/// Data that stays where it is.
[[nodiscard]] inline std::optional<std::string> holds_data(const json& spec) {
  for (const json& mount : list_at(spec, "TaskTemplate", "ContainerSpec", "Mounts")) {
    const std::string type = text_at(mount, "Type");
    const json* read_only = member(mount, "ReadOnly");
    if (read_only != nullptr && *read_only == true) continue;
    const std::string driver = text_at(mount, "VolumeOptions", "DriverConfig", "Name");
    if (type == "bind" || (type == "volume" && (driver.empty() || driver == "local")))
      return "it writes to the " + std::string{type == "bind" ? "host's folder " : "local volume "} +
             text_at(mount, "Source") + ", which would stay behind";
  }
  return std::nullopt;
}
/// Nothing where the image decides.
[[nodiscard]] inline std::optional<bool> health_check_of(const json& test) {
  return test.empty() ? std::nullopt : std::optional{test.front() != "NONE"};
}
[[nodiscard]] inline std::optional<bool> health_check_of(const service& s) {
  return health_check_of(list_at(s.spec, "TaskTemplate", "ContainerSpec", "Healthcheck", "Test"));
}

}  // namespace detail

inline std::string image_to_ask(const service& s) {
  if (detail::health_check_of(s) || s.replicas().value_or(0) == 0) return {};
  return text_at(s.spec, "TaskTemplate", "ContainerSpec", "Image");
}
inline bool checks_health(const json& image) {
  return detail::health_check_of(list_at(image, "Config", "Healthcheck", "Test")).value_or(false);
}

inline std::optional<std::string> why_not_movable(const service& s, const std::vector<task>& tasks,
                                                  const movable_rules& rules,
                                                  const std::set<std::string>& checked) {
  const auto replicas = s.replicas();
  if (!replicas) return "it is not replicated: a global service runs on every node, a job ends by itself";
  if (*replicas == 0) return "it is scaled to 0";
  if (rules.health_check && !detail::health_check_of(s).value_or(checked.contains(image_to_ask(s))))
    return "it has no health check" +
           std::string{image_to_ask(s).empty() ? "" : ", nor has its image on the node that was asked"} +
           ": Swarm would stop the old copy before the new one is known to work; give it one "
           "(docker service update --health-cmd)";
  if (auto data = detail::holds_data(s.spec)) return data;
  std::set<std::string> nodes;
  for (const task& t : tasks)
    if (t.serves()) nodes.insert(t.node);
  if (nodes.size() > 1)
    return "its copies stand on " + std::to_string(nodes.size()) +
           " nodes and Swarm moves them together: split it into a service for each site";
  return std::nullopt;
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
