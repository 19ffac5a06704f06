#pragma once
/// @file
/// One copy of a service, as the swarm sees it.

#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

struct task {
  std::string id{}, service{};
  std::string node{};       ///< empty until one is found
  std::string container{};  ///< empty until there is one
  std::string state{};   ///< new, pending, assigned, ..., starting, running, complete, failed, rejected, ...
  std::string wanted{};  ///< the state it is to be in: ready, running, shutdown, ...
  std::string said{};    ///< the error, or what the swarm says of it
  std::string since{};   ///< of `state`; RFC 3339 in UTC
  std::uint64_t slot = 0;
  std::uint64_t forced = 0;  ///< ForceUpdate of the specification that it was made from

  /// Healthy, where there is a health check.
  [[nodiscard]] bool runs() const { return state == "running"; }
  /// It runs and is to go on.
  [[nodiscard]] bool serves() const { return runs() && wanted == "running"; }
  /// It is there or on its way, and not told to stop.
  [[nodiscard]] bool is_wanted() const { return (wanted == "running" || wanted == "ready") && !failed(); }
  [[nodiscard]] bool failed() const { return state == "failed" || state == "rejected"; }
};

/// Of the answer to `GET /tasks`. The reason of a failure says what a task lacks.
[[nodiscard]] inline result<std::vector<task>, std::string> read_tasks(const json& answer) {
  if (!answer.is_array()) return failure{std::string{"not a list of tasks"}};
  std::vector<task> out;
  out.reserve(answer.size());
  for (const json& one : answer) {
    task t{.id = text_at(one, "ID"),
           .service = text_at(one, "ServiceID"),
           .node = text_at(one, "NodeID"),
           .container = text_at(one, "Status", "ContainerStatus", "ContainerID"),
           .state = text_at(one, "Status", "State"),
           .wanted = text_at(one, "DesiredState"),
           .said = text_at(one, "Status", "Err"),
           .since = text_at(one, "Status", "Timestamp"),
           .slot = count_at(one, "Slot").value_or(0),
           .forced = count_at(one, "Spec", "ForceUpdate").value_or(0)};
    if (t.id.empty() || t.state.empty() || t.wanted.empty())
      return failure{"task " + std::to_string(out.size()) + " of the list lacks " +
                     (t.id.empty()      ? "ID"
                      : t.state.empty() ? "Status.State"
                                        : "DesiredState")};
    if (t.said.empty()) t.said = text_at(one, "Status", "Message");
    out.push_back(std::move(t));
  }
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
