#pragma once
/// @file
/// How far a move is, from the service and its tasks.
///
/// The tasks decide, not `UpdateStatus`: that is absent before the first update and after every write of a
/// label, says "updating" for ever where no node can be found, and says "completed" of the update before.

#include <foreshift/adapters/docker/constraint.hpp>
#include <foreshift/adapters/docker/labels.hpp>
#include <foreshift/adapters/docker/node.hpp>
#include <foreshift/adapters/docker/service.hpp>
#include <foreshift/adapters/docker/task.hpp>
#include <foreshift/ports/versioned_cluster.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

/// True while a copy that is to go on stands anywhere but at the node: a move to it is not over.
[[nodiscard]] inline bool stands_elsewhere(const std::vector<task>& tasks, std::string_view node_id) {
  for (const task& t : tasks)
    if (t.serves() && t.node != node_id) return true;
  return false;
}

/// True while one still runs elsewhere, told to stop or not. What a node that does not answer last said of
/// its copies counts for nothing.
[[nodiscard]] inline bool runs_elsewhere(const std::vector<task>& tasks, const std::vector<node>& nodes,
                                         std::string_view node_id) {
  for (const task& t : tasks) {
    if (!t.runs() || t.node == node_id) continue;
    const auto at = std::ranges::find(nodes, t.node, &node::id);
    if (at != nodes.end() && at->ready()) return true;
  }
  return false;
}

/// Of a move within one swarm, to the node that the specification names by its id: another one may have got
/// the name meanwhile. @param tasks of this service @param nodes all of the swarm
[[nodiscard]] inline ports::copy_progress progress_within(const service& s, const std::vector<task>& tasks,
                                                          const std::vector<node>& nodes);
/// Of the copy in the swarm that it goes to.
[[nodiscard]] inline ports::copy_progress progress_between(const service& s, const std::vector<task>& tasks,
                                                           const std::vector<node>& nodes);

namespace detail {

/// What the swarm last said of a task at the node, or of one that found no node.
[[nodiscard]] inline std::string last_said(const std::vector<task>& tasks, std::string_view node_id,
                                           bool failed) {
  const task* last = nullptr;
  for (const task& t : tasks)
    if ((t.node == node_id || t.node.empty()) && t.failed() == failed && !t.serves() &&
        (last == nullptr || last->since < t.since))
      last = &t;
  return last == nullptr ? std::string{} : last->said;
}
[[nodiscard]] inline std::uint64_t serving_at(const std::vector<task>& tasks, std::string_view node_id) {
  std::uint64_t count = 0;
  for (const task& t : tasks) count += t.serves() && t.node == node_id ? 1 : 0;
  return count;
}
[[nodiscard]] inline ports::copy_progress changed_by_others(const service& s) {
  return {ports::copy_progress::state::foreign,
          "service " + s.name + " was changed by somebody else during the move" +
              (s.update.starts_with("rollback") ? " (rolled back)" : "")};
}
/// Until a copy is there; for ever, were the node no part of the swarm any more.
[[nodiscard]] inline ports::copy_progress on_its_way(const service& s, const std::vector<task>& tasks,
                                                     const std::vector<node>& nodes,
                                                     std::string_view node_id) {
  using state = ports::copy_progress::state;
  const auto present = without_left(nodes);
  if (std::ranges::find(present, node_id, &node::id) == present.end())
    return {state::failed,
            "service " + s.name + ": the node " + std::string{node_id} + " has left the swarm for good"};
  return {state::copying, last_said(tasks, node_id, false)};
}

}  // namespace detail

inline ports::copy_progress progress_within(const service& s, const std::vector<task>& tasks,
                                            const std::vector<node>& nodes) {
  const std::string node_id = pinned_to(s.spec);
  using state = ports::copy_progress::state;
  if (is_foreign(s) || s.update.starts_with("rollback")) return detail::changed_by_others(s);
  if (s.label(changes_label).empty())
    return {state::failed, "a fence under a higher token has ended the move of " + s.name};
  if (s.update == "paused") {
    const std::string said = detail::last_said(tasks, node_id, true);
    return {state::failed, "service " + s.name + ": " + s.update_said + (said.empty() ? "" : ": " + said)};
  }
  const bool all_there = detail::serving_at(tasks, node_id) >= s.replicas().value_or(1);
  const bool some_here = stands_elsewhere(tasks, node_id) || runs_elsewhere(tasks, nodes, node_id);
  if (all_there && !some_here && s.update != "updating") return {state::serving, {}};
  if (all_there) return {state::ready, {}};
  return detail::on_its_way(s, tasks, nodes, node_id);
}

inline ports::copy_progress progress_between(const service& s, const std::vector<task>& tasks,
                                             const std::vector<node>& nodes) {
  const std::string node_id = pinned_to(s.spec);
  using state = ports::copy_progress::state;
  if (is_foreign(s) || s.update.starts_with("rollback")) return detail::changed_by_others(s);
  const auto attempt = count_at(s.spec, "TaskTemplate", "ForceUpdate").value_or(0);
  std::vector<task> ours;
  for (const task& t : tasks)
    if (t.forced == attempt) ours.push_back(t);
  for (const task& t : ours)
    if (t.failed())
      return {state::failed, "service " + s.name + ": task " + t.id + " " + t.state + ": " + t.said};
  if (detail::serving_at(ours, node_id) >= s.replicas().value_or(1)) return {state::ready, {}};
  return detail::on_its_way(s, ours, nodes, node_id);
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
