#pragma once
/// @file
/// A swarm as a cluster of versioned objects: a workload is a service, a place is a node.
///
/// A move within a swarm is one update of the service, start-first, with the placement constraint and our
/// labels changed (one_step). A move between swarms creates the service there from the specification here,
/// and scales the one here to 0 when it ceases; it is kept, since it keeps the token.
///
/// A write of a service while a copy of it is on its way, even of a label, makes Swarm stop the old copy at
/// once and rely on the new one, ready or not. So as long as the old copy stands, a fence puts the placement
/// back in the same write, which ends the move, and whoever adopts the move has to wait for its end.

#include <foreshift/adapters/docker/api_error.hpp>
#include <foreshift/adapters/docker/constraint.hpp>
#include <foreshift/adapters/docker/inventory.hpp>
#include <foreshift/adapters/docker/labels.hpp>
#include <foreshift/adapters/docker/manager.hpp>
#include <foreshift/adapters/docker/movable.hpp>
#include <foreshift/adapters/docker/move_progress.hpp>
#include <foreshift/adapters/docker/move_spec.hpp>
#include <foreshift/adapters/docker/swarm_ids.hpp>
#include <foreshift/adapters/docker/swarm_names.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/object_record.hpp>
#include <foreshift/ports/cluster_inventory.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/ports/versioned_cluster.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

struct swarm_options {
  std::string name = "swarm";                   ///< in reasons
  duration timeout = std::chrono::seconds{10};  ///< of one request
  /// A label of nodes that names a place, such as "site": constraints on it pin a service too.
  std::string pin_label{};
  movable_rules movable{};
};

/// A service as it was read; its name where it is not there.
struct swarm_object {
  bool exists = false;
  migration::object_record record{};
  docker::service service{};
  std::string name{};                   ///< empty where nobody has told it
  std::vector<std::string> networks{};  ///< between swarms, of the source: the names of its networks
  std::vector<task> tasks{};            ///< and its tasks
};

/// One request to read, one to read tasks where they matter, two to write. To be used by one thread.
template <ports::HttpClient Http>
class swarm_cluster {
 public:
  static constexpr migration::cut_over_style style = migration::cut_over_style::one_step;
  using object = swarm_object;
  template <class T>
  using answer = result<T, ports::call_error>;

  /// @param http a client of one manager's Engine API; it outlives the cluster
  explicit swarm_cluster(Http& http, swarm_options options = {})
      : manager_(http, options.name, options.timeout), options_(std::move(options)) {}

  [[nodiscard]] answer<ports::cluster_inventory> inventory();
  [[nodiscard]] answer<object> read(const migration::command& c);
  [[nodiscard]] answer<object> write(const object& as_read, const migration::command& c,
                                     ports::cluster_act act, const migration::object_record& next,
                                     const object* elsewhere);
  [[nodiscard]] answer<ports::copy_progress> progress(const object& seen, const migration::command& c);

 private:
  [[nodiscard]] static bool within(const migration::command& c) { return c.from_site == c.to_site; }
  [[nodiscard]] failure<ports::call_error> refused(std::string why) const {
    return failure{ports::call_error{ports::call_error::kind::refused, manager_.name() + ": " + why, {}}};
  }
  [[nodiscard]] answer<moved_spec> next_spec(const object& as_read, const migration::command& c,
                                             ports::cluster_act act, const object* elsewhere);
  [[nodiscard]] answer<moved_spec> held(const object& as_read, const migration::command& c);
  [[nodiscard]] answer<moved_spec> started_within(const object& as_read, const migration::command& c);
  [[nodiscard]] answer<moved_spec> started_between(const object& as_read, const migration::command& c,
                                                   const object& source);
  [[nodiscard]] answer<object> described(const migration::command& c, result<service, api_error> found);
  [[nodiscard]] answer<object> as_object(result<service, api_error> found);
  /// Whether a move within this swarm is noted whose old copy still stands.
  [[nodiscard]] answer<bool> unfinished(const object& as_read);

  manager<Http> manager_;
  swarm_options options_;
  swarm_names names_;
};

template <ports::HttpClient Http>
auto swarm_cluster<Http>::inventory() -> answer<ports::cluster_inventory> {
  const auto nodes = manager_.nodes();
  if (!nodes) return failure{as_call_error(nodes.error())};
  const auto services = manager_.services();
  if (!services) return failure{as_call_error(services.error())};
  const auto tasks = manager_.tasks();
  if (!tasks) return failure{as_call_error(tasks.error())};
  const auto checked = manager_.checked_images(*services, options_.movable);
  if (!checked) return failure{as_call_error(checked.error())};
  auto seen = inventory_of(*nodes, *services, *tasks, options_.movable, *checked);
  if (!seen) return refused(seen.error());
  return *std::move(seen);
}

template <ports::HttpClient Http>
auto swarm_cluster<Http>::as_object(result<service, api_error> found) -> answer<object> {
  if (!found) return failure{as_call_error(found.error())};
  const auto record = record_of(*found);
  if (!record) return refused(record.error());
  object out{true, *record, *std::move(found), {}, {}, {}};
  out.name = out.service.name;
  return out;
}

template <ports::HttpClient Http>
auto swarm_cluster<Http>::described(const migration::command& c, result<service, api_error> found)
    -> answer<object> {
  auto out = as_object(std::move(found));
  if (!out || within(c) || c.end != migration::endpoint::source) return out;
  auto names = network_names(manager_, out->service.spec);
  if (!names) return failure{as_call_error(names.error())};
  auto tasks = manager_.tasks(out->service.id);
  if (!tasks) return failure{as_call_error(tasks.error())};
  out->networks = *std::move(names), out->tasks = *std::move(tasks);
  return out;
}

template <ports::HttpClient Http>
auto swarm_cluster<Http>::read(const migration::command& c) -> answer<object> {
  auto found = names_.service_of(manager_, c.workload);
  if (!found && found.error().what == api_error::kind::absent)
    return object{.name = names_.name_of(c.workload)};
  return described(c, std::move(found));
}

template <ports::HttpClient Http>
auto swarm_cluster<Http>::unfinished(const object& as_read) -> answer<bool> {
  if (!is_within(changes_of(as_read.service))) return false;
  const auto tasks = manager_.tasks(as_read.service.id);
  if (!tasks) return failure{as_call_error(tasks.error())};
  return stands_elsewhere(*tasks, pinned_to(as_read.service.spec));
}

template <ports::HttpClient Http>
auto swarm_cluster<Http>::write(const object& as_read, const migration::command& c, ports::cluster_act act,
                                const migration::object_record& next, const object* elsewhere)
    -> answer<object> {
  auto plan = next_spec(as_read, c, act, elsewhere);
  if (!plan) return failure{plan.error()};
  keep(plan->spec, next, plan->changes);
  return as_object(as_read.exists ? manager_.update(as_read.service, plan->spec)
                                  : manager_.create(plan->spec));
}

template <ports::HttpClient Http>
auto swarm_cluster<Http>::next_spec(const object& as_read, const migration::command& c,
                                    ports::cluster_act act, const object* elsewhere) -> answer<moved_spec> {
  using ports::cluster_act;
  if (!as_read.exists) {
    const std::string& name = elsewhere != nullptr && elsewhere->exists ? elsewhere->name : as_read.name;
    if (name.empty() || within(c))
      return refused("no service has the id " + std::to_string(c.workload.value));
    if (act != cluster_act::start) return moved_spec{held_spec(name), {}};
  }
  const json& now = as_read.service.spec;
  const auto changes = changes_of(as_read.service);
  const bool at_source = c.end == migration::endpoint::source;
  switch (act) {
    case cluster_act::hold:
    case cluster_act::serve:
      return held(as_read, c);
    case cluster_act::start:
      if (within(c)) return started_within(as_read, c);
      if (elsewhere == nullptr || !elsewhere->exists)
        return refused("the service to copy, " + as_read.name + ", cannot be read at its source");
      return started_between(as_read, c, *elsewhere);
    case cluster_act::undo: {
      moved_spec out{now, {}};
      put_back(out.spec, changes);
      if (!within(c) && at_source) mark_ours(out.spec, false);
      if (!within(c) && !at_source) set_replicas(out.spec, 0);
      return out;
    }
    case cluster_act::cease: {
      moved_spec out{now, {}};
      change(out.spec, out.changes, "/Mode", json{{"Replicated", {{"Replicas", 0}}}});
      mark_ours(out.spec);
      return out;
    }
    case cluster_act::release:
      // Between swarms it may have been scaled up by hand since it ceased.
      return moved_spec{within(c) ? settled(now, changes) : left_spec(now), {}};
    case cluster_act::resize:
    case cluster_act::scale: {
      const auto busy = unfinished(as_read);
      if (!busy) return failure{busy.error()};
      if (*busy || has_ceased(changes)) return refused("a move of " + as_read.name + " is under way");
      moved_spec out{now, changes};
      if (act == cluster_act::resize)
        set_limits(out.spec, c.limits);
      else
        set_replicas(out.spec, c.replicas);
      return out;
    }
  }
  return refused("nothing is known of this act");
}

template <ports::HttpClient Http>
auto swarm_cluster<Http>::held(const object& as_read, const migration::command& c) -> answer<moved_spec> {
  moved_spec out{as_read.service.spec, changes_of(as_read.service)};
  const auto busy = unfinished(as_read);
  if (!busy) return failure{busy.error()};
  if (!*busy) return out;
  if (c.what == migration::verb::start)
    return failure{ports::call_error{ports::call_error::kind::unsent,
                                     manager_.name() + ": the copy of " + as_read.name +
                                         " is under way; it can be adopted when it has ended",
                                     {}}};
  put_back(out.spec, out.changes);
  out.changes.clear();
  return out;
}

template <ports::HttpClient Http>
auto swarm_cluster<Http>::started_within(const object& as_read, const migration::command& c)
    -> answer<moved_spec> {
  const auto to = node_of(manager_, c.to);
  if (!to) return failure{as_call_error(to.error())};
  const service& s = as_read.service;
  const std::string what = "service " + s.name + " cannot move to " + to->name + ": ";
  const auto tasks = manager_.tasks(s.id);
  if (!tasks) return failure{as_call_error(tasks.error())};
  const auto checked = manager_.checked_images({s}, options_.movable);
  if (!checked) return failure{as_call_error(checked.error())};
  if (const auto why = why_not_movable(s, *tasks, options_.movable, *checked)) return refused(what + *why);
  if (const auto why = why_not_to(s.spec, *to, options_.pin_label)) return refused(what + *why);
  const auto busy = unfinished(as_read);
  if (!busy) return failure{busy.error()};
  json base = *busy ? s.spec : settled(s.spec, changes_of(s));  // a move that has ended keeps its placement
  if (*busy) put_back(base, changes_of(s));
  return move_within(std::move(base), to->id, options_.pin_label);
}

template <ports::HttpClient Http>
auto swarm_cluster<Http>::started_between(const object& as_read, const migration::command& c,
                                          const object& source) -> answer<moved_spec> {
  const auto to = node_of(manager_, c.to);
  if (!to) return failure{as_call_error(to.error())};
  const service& s = source.service;
  const std::string what = "service " + s.name + " cannot come to " + to->name + ": ";
  const auto checked = manager_.checked_images({s}, options_.movable);
  if (!checked) return failure{as_call_error(checked.error())};
  if (const auto why = why_not_movable(s, source.tasks, options_.movable, *checked))
    return refused(what + *why);
  if (as_read.exists && as_read.service.replicas() != 0)
    return refused(what + "a service of that name runs here already");
  if (as_read.exists && as_read.service.label(ours_label).empty())
    return refused(what +
                   "a service of that name is here, without copies, that no move has left: remove it "
                   "or give one of them another name");
  if (const auto why = why_not_to(s.spec, *to, options_.pin_label)) return refused(what + *why);
  const auto ids = ids_in(manager_, s.spec, source.networks);
  if (!ids && ids.error().what == api_error::kind::absent) return refused(what + ids.error().reason);
  if (!ids) return failure{as_call_error(ids.error())};
  const auto last = count_at(as_read.service.spec, "TaskTemplate", "ForceUpdate").value_or(0);
  return moved_spec{spec_between(s.spec, to->id, *ids, last + 1, options_.pin_label), {}};
}

template <ports::HttpClient Http>
auto swarm_cluster<Http>::progress(const object& seen, const migration::command& c)
    -> answer<ports::copy_progress> {
  using state = ports::copy_progress::state;
  if (!seen.exists) return ports::copy_progress{state::failed, "the service is not there any more"};
  const auto nodes = manager_.nodes();
  if (!nodes) return failure{as_call_error(nodes.error())};
  const auto tasks = manager_.tasks(seen.service.id);
  if (!tasks) return failure{as_call_error(tasks.error())};
  return within(c) ? progress_within(seen.service, *tasks, *nodes)
                   : progress_between(seen.service, *tasks, *nodes);
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
