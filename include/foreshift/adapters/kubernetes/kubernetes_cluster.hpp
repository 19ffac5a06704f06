#pragma once
/// @file
/// A cluster of Kubernetes as the orchestrator over versioned objects wants it.
///
/// The object that stands for a workload is its Deployment or StatefulSet, with our record in an annotation.
/// A start is refused, with the reason, where it would leave clients without an answer or data behind
/// (movable.hpp), or where the node is not there, not ready or takes nothing new. Progress is read from the
/// object's status, as `kubectl rollout status` reads it.

#include <foreshift/adapters/kubernetes/api_answer.hpp>
#include <foreshift/adapters/kubernetes/api_request.hpp>
#include <foreshift/adapters/kubernetes/cluster_inventory.hpp>
#include <foreshift/adapters/kubernetes/cluster_names.hpp>
#include <foreshift/adapters/kubernetes/movable.hpp>
#include <foreshift/adapters/kubernetes/node.hpp>
#include <foreshift/adapters/kubernetes/rollout.hpp>
#include <foreshift/adapters/kubernetes/workload_notes.hpp>
#include <foreshift/adapters/kubernetes/workload_writes.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/object_record.hpp>
#include <foreshift/migration/place_record.hpp>
#include <foreshift/ports/cluster_inventory.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/ports/versioned_cluster.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// What may be done again, and what never: the engine's four words for our faults.
[[nodiscard]] inline ports::call_error call_error_of(const api_error& e) {
  using enum ports::call_error::kind;
  switch (e.what) {
    case fault::unsent:
    case fault::busy:
    case fault::over_budget:
      return {unsent, e.reason, e.retry_after};
    case fault::unanswered:
    case fault::malformed:
    case fault::broken:
      return {unknown, e.reason, e.retry_after};
    case fault::absent:
    case fault::exists:
    case fault::stale:
    case fault::expired:
      return {conflict, e.reason, e.retry_after};
    case fault::not_let_in:
    case fault::owned:
    case fault::invalid:
    case fault::many_budgets:
    case fault::refused:
      break;
  }
  return {refused, e.reason, e.retry_after};
}

/// The workload's object as it was read.
struct cluster_object {
  bool exists = false;
  migration::object_record record{};
  json document{};
  workload read{};  ///< where it exists
};

/// Threads: one call at a time. Every call blocks for its requests: one to read, one to write, to start
/// within a cluster four.
template <ports::HttpClient H>
class kubernetes_cluster {
 public:
  static constexpr migration::cut_over_style style = migration::cut_over_style::one_step;
  using object = cluster_object;
  using command = migration::command;

  /// @param client one that is let in (access.hpp)
  explicit kubernetes_cluster(H client) : client_(std::move(client)) {}

  /// Which numbers stand for which names; `inventory` adds all that it sees.
  [[nodiscard]] cluster_names& names() { return names_; }
  [[nodiscard]] H& client() { return client_; }

  [[nodiscard]] result<object, ports::call_error> read(const command& what) {
    const auto which = names_.workload(what.workload);
    if (!which) return refuse("workload " + std::to_string(what.workload.value) + " is not known here");
    const auto request = get_request(which->what, which->space, which->name);
    auto body = ask(client_, request);
    if (!body && body.error().what == fault::absent) return object{};
    if (!body) return failure{call_error_of(body.error())};
    return taken(*which, name_of(request), *std::move(body));
  }

  [[nodiscard]] result<object, ports::call_error> write(const object& as_read, const command& what,
                                                        ports::cluster_act act,
                                                        const migration::object_record& next,
                                                        const object* elsewhere) {
    const auto which = names_.workload(what.workload);
    if (!which) return refuse("workload " + std::to_string(what.workload.value) + " is not known here");
    const auto node = names_.node(what.to);
    if (act == ports::cluster_act::start) {
      if (const auto why_not = start_fault(as_read, what, *which, node, elsewhere)) return failure{*why_not};
    }
    const auto requests =
        requests_for({*which, act, &what, node, &next, as_read.exists ? &as_read.document : nullptr,
                      elsewhere != nullptr && elsewhere->exists ? &elsewhere->document : nullptr});
    if (!requests) return refuse(to_string(*which) + ": " + requests.error());
    for (std::size_t i = 0;; ++i) {
      auto body = ask(client_, (*requests)[i]);
      if (!body && body.error().what == fault::absent && (*requests)[i].method == "POST")
        return refuse(body.error().reason + "; it cannot be made there: create the namespace " +
                      which->space + " first");
      if (!body) return failure{call_error_of(body.error())};
      if (i + 1 == requests->size()) return taken(*which, name_of((*requests)[i]), *std::move(body));
    }
  }

  [[nodiscard]] result<ports::copy_progress, ports::call_error> progress(const object& as_read,
                                                                         const command& what) {
    using enum ports::copy_progress::state;
    const auto node = names_.node(what.to);
    if (!as_read.exists) return ports::copy_progress{foreign, "somebody has deleted it"};
    // By the note: a node that has gone meanwhile is known to nobody who begins anew.
    if (!still_placed(as_read.document, node))
      return ports::copy_progress{foreign, "somebody has changed its required node affinity: it is " +
                                               to_text(required_affinity(as_read.document)) +
                                               ", and ours is the node " +
                                               (node.empty() ? previous_of(as_read.document).to : node)};
    const auto now = rollout_of(as_read.read);
    if (now.what == rollout::state::failed) return ports::copy_progress{failed, now.reason};
    if (now.what == rollout::state::under_way) return ports::copy_progress{copying, now.reason};
    return ports::copy_progress{what.from_site == what.to_site ? serving : ready, {}};
  }

  /// Nodes, and the Deployments and StatefulSets of one namespace or, empty, of all.
  [[nodiscard]] result<ports::cluster_inventory, ports::call_error> inventory(const std::string& space = {}) {
    inventory_parts parts;
    for (const auto k : {kind::node, kind::deployment, kind::stateful_set, kind::replica_set, kind::pod,
                         kind::disruption_budget})
      if (const auto error = list(k, space, parts)) return failure{*error};
    auto seen = inventory_of(parts);
    for (const auto& host : seen.hosts)
      if (const auto known = names_.learn_node(host.name); !known) return refuse(known.error());
    for (const auto& one : seen.workloads)
      if (const auto known = names_.learn_workload(*parse_object_name(one.name)); !known)
        return refuse(known.error());
    return seen;
  }

 private:
  static failure<ports::call_error> refuse(std::string why) {
    return failure{ports::call_error{ports::call_error::kind::refused, std::move(why), {}}};
  }
  result<object, ports::call_error> taken(const object_name& which, const std::string& request, json body) {
    auto read = read_workload(which.what, body);
    if (!read) return failure{call_error_of(malformed(request, read.error()))};
    object out{true, {}, std::move(body), *std::move(read)};
    if (const auto* text = out.read.meta.annotations.find(record_key)) {
      const auto record = migration::object_record_of(*text);
      if (!record)
        return refuse(request + ": the annotation " + record_key + " is none of ours: " + excerpt(*text) +
                      "; remove it when nothing moves there");
      out.record = *record;
    }
    return out;
  }
  /// All objects of a kind. A list whose continuation the server has forgotten is begun anew, three times.
  std::optional<ports::call_error> list(kind k, const std::string& space, inventory_parts& into) {
    for (int lists = 1;; ++lists) {
      inventory_parts parts;
      const auto error = list_once(k, space, parts);
      if (!error) return into.append(std::move(parts)), std::nullopt;
      if (error->what != fault::expired || lists > 3)
        return error->what == fault::absent
                   ? ports::call_error{ports::call_error::kind::refused,
                                       error->reason + "; the server has no such API",
                                       {}}
                   : call_error_of(*error);
    }
  }
  std::optional<api_error> list_once(kind k, const std::string& space, inventory_parts& into) {
    constexpr std::size_t most = 200'000;  // objects, an empty page counted as one
    list_query query{.space = facts_of(k).namespaced ? space : std::string{}};
    for (std::size_t taken = 0;;) {
      const auto request = list_request(k, query);
      const auto page = ask(client_, request);
      if (!page) return page.error();
      fields in{*page};
      const auto& items = in.list("items");
      if (taken += std::max<std::size_t>(1, items.size()); taken > most)
        return malformed(name_of(request), "more than " + std::to_string(most) + " objects");
      for (const auto& item : items)
        if (const auto wrong = item.is_object() ? into.add(k, item) : "items: objects are wanted";
            !wrong.empty())
          return malformed(name_of(request), wrong);
      const auto before = std::exchange(query.continue_token, in.text("metadata.continue"));
      if (!in.fault().empty()) return malformed(name_of(request), in.fault());
      if (query.continue_token.empty()) return std::nullopt;
      if (query.continue_token == before)
        return malformed(name_of(request), "its pages never end: a token to continue comes again");
    }
  }
  /// Why it is not to be started there.
  std::optional<ports::call_error> start_fault(const object& as_read, const command& what,
                                               const object_name& which, const std::string& node_name,
                                               const object* elsewhere) {
    const auto no = [&](const std::string& why) {
      return ports::call_error{ports::call_error::kind::refused, to_string(which) + ": " + why, {}};
    };
    if (node_name.empty()) return no("node " + std::to_string(what.to.value) + " is not known here");
    const auto request = get_request(kind::node, {}, node_name);
    const auto body = ask(client_, request);
    if (!body && body.error().what == fault::absent) return no("there is no node " + node_name);
    if (!body) return call_error_of(body.error());
    const auto there = read_node(*body);
    if (!there) return call_error_of(malformed(name_of(request), there.error()));
    if (!there->ready) return no("the node " + node_name + " is not ready");
    if (!there->schedulable)
      return no("the node " + node_name + " takes nothing new: it is cordoned or tainted");
    if (what.from_site != what.to_site) {
      const bool known = elsewhere != nullptr && elsewhere->exists;
      const auto why = known ? why_not_between(elsewhere->read) : std::string{};
      return why.empty() ? std::nullopt : std::optional{no(why)};
    }
    if (!as_read.exists) return std::nullopt;
    inventory_parts beside;
    if (auto error = list(kind::disruption_budget, which.space, beside)) return error;
    const auto why = why_not_within(as_read.read, beside.budgets);
    return why.empty() ? std::nullopt : std::optional{no(why)};
  }

  H client_;
  cluster_names names_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
