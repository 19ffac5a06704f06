#pragma once
/// @file
/// Which requests carry out an act on a workload: the heart of a move, without I/O.
///
/// Everything that must survive stands in the object itself and is written in the same request as the act:
/// the record (annotation `foreshift/record`), and what was there before (`foreshift/previous`: the node that
/// we had placed it on, the number of copies), so that any process can undo. Each write carries the resource
/// version that was read.
///
/// Within one cluster a start is an apply of node affinity: first judged by the server without force, so that
/// a field that somebody else owns is a refusal with the owner's name, then applied; the undo applies the
/// record without the affinity, or with that of the placement before. Between clusters the destination is
/// made of the source's specification at zero copies, started by as many copies as the source has, and the
/// source ceases by zero.

#include <foreshift/adapters/kubernetes/api_request.hpp>
#include <foreshift/adapters/kubernetes/placement_patch.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/object_record.hpp>
#include <foreshift/ports/versioned_cluster.hpp>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

inline constexpr const char* record_key = "foreshift/record";
inline constexpr const char* previous_key = "foreshift/previous";
inline constexpr const char* made_key = "foreshift/made";  ///< on an object that we have created

/// What an act is about.
struct write_intent {
  object_name which{};
  ports::cluster_act act = ports::cluster_act::hold;
  const migration::command* what = nullptr;
  std::string node{};  ///< of `what->to`
  const migration::object_record* next = nullptr;
  const json* as_read = nullptr;    ///< null: it is not there
  const json* elsewhere = nullptr;  ///< the workload in the cluster it comes from; null: none
};

/// In order; all but the last are dry runs, whose failure is the answer. A reason says why it cannot be done.
/// @pre `what` and `next` are set
[[nodiscard]] result<std::vector<ports::http_request>, std::string> requests_for(const write_intent& to);

/// The node that we have placed it on; nothing where its affinity is another's, or where it has none.
[[nodiscard]] inline std::optional<std::string> placed_by_us(const json& object) {
  static const json::json_pointer path{"/nodeSelectorTerms/0/matchFields/0/values/0"};
  const auto affinity = required_affinity(object);
  if (!affinity.is_object() || !affinity.contains(path) || !affinity.at(path).is_string())
    return std::nullopt;
  auto node = affinity.at(path).get<std::string>();
  return affinity == affinity_to(node) ? std::optional{std::move(node)} : std::nullopt;
}

namespace detail {

/// What `foreshift/previous` says.
struct previous_state {
  std::optional<std::string> node{};
  std::uint32_t replicas = 0;
};

inline std::string to_text(const previous_state& p) {
  json out{{"replicas", p.replicas}};
  if (p.node) out["node"] = *p.node;
  return kubernetes::to_text(out);
}
inline previous_state previous_of(const json& object) {
  fields in{object};
  const auto& notes = in.object("metadata.annotations");
  const auto at = notes.find(previous_key);
  if (at == notes.end() || !at->is_string()) return {};
  const auto read = parse_object(at->get<std::string>());
  if (!read) return {};
  fields kept{*read};
  previous_state out{std::nullopt, kept.count("replicas")};
  if (auto node = kept.text("node"); !node.empty()) out.node = std::move(node);
  return out;
}
inline std::uint32_t replicas_of(const json& object) { return fields{object}.count("spec.replicas", 1); }

inline bool made_by_us(const json& object) {
  fields in{object};
  return in.object("metadata.annotations").contains(made_key);
}

/// An object's member as an object: what is none, or is not there, becomes an empty one.
inline json& member(json& object, const char* name) {
  auto& found = object[name];
  if (!found.is_object()) found = json::object();
  return found;
}

/// The workload as it comes to another cluster: its specification and labels, and nothing that speaks of
/// where it was.
inline json transplanted(const object_name& which, const json& from, label_map notes, std::uint32_t replicas,
                         const std::optional<std::string>& node) {
  notes[made_key] = "1";
  auto body = body_of(which, {}, notes);
  fields in{from};
  if (const auto& labels = in.object("metadata.labels"); !labels.empty()) body["metadata"]["labels"] = labels;
  body["spec"] = in.object("spec");
  body["spec"]["replicas"] = replicas;
  auto& pod_spec = member(member(body["spec"], "template"), "spec");
  auto& affinity = member(pod_spec, "affinity");
  auto& of_nodes = member(affinity, "nodeAffinity");
  of_nodes.erase("requiredDuringSchedulingIgnoredDuringExecution");
  if (node) of_nodes["requiredDuringSchedulingIgnoredDuringExecution"] = affinity_to(*node);
  if (of_nodes.empty()) affinity.erase("nodeAffinity");
  if (affinity.empty()) pod_spec.erase("affinity");
  return body;
}

/// Limits and requests of the container, when there is one only: how several share a limit is not ours to
/// say.
inline result<json, std::string> resized(const json& object, const resources& limits) {
  fields in{object};
  const auto& containers = in.list("spec.template.spec.containers");
  if (containers.size() != 1 || !containers[0].is_object())
    return failure{
        std::string{"it has several containers: which of them is to have the limits is not known"}};
  json amount = json::object();
  const auto whole = [](double x) { return std::to_string(std::llround(x)); };
  if (limits[resource::cpu] > 0 && limits[resource::cpu] < 1e6)
    amount["cpu"] = whole(limits[resource::cpu] * 1000) + "m";
  if (limits[resource::memory] > 0 && limits[resource::memory] < 1e18)
    amount["memory"] = whole(limits[resource::memory]);
  return json::array({{{"name", fields{containers[0]}.text("name")}, {"resources", {{"limits", amount}}}}});
}

/// The place where a write's parts are put together.
class write_builder {
 public:
  explicit write_builder(const write_intent& to) : to_(to) {
    notes_[record_key] = migration::to_text(*to.next);
    if (to.as_read == nullptr) return;
    version_ = fields{*to.as_read}.text("metadata.resourceVersion");
    uid_ = fields{*to.as_read}.text("metadata.uid");
  }
  [[nodiscard]] bool within() const { return to_.what->from_site == to_.what->to_site; }
  [[nodiscard]] const json& seen() const { return *to_.as_read; }
  void note_previous(const previous_state& p) { notes_[previous_key] = detail::to_text(p); }

  [[nodiscard]] std::vector<ports::http_request> merge(json spec = json::object()) const {
    auto body = body_of(to_.which, version_, notes_);
    if (!spec.empty()) body["spec"] = std::move(spec);
    return {merge_request(to_.which.what, to_.which.space, to_.which.name, body)};
  }
  /// The dry run has the affinity alone: our own notes never stand in the way. The uid is what keeps an apply
  /// from making an object that has been deleted since: a version alone does not.
  [[nodiscard]] std::vector<ports::http_request> apply(const std::optional<std::string>& node,
                                                       bool judged) const {
    const auto& [what, space, name] = to_.which;
    const auto body = [&](const label_map& notes) {
      auto made = placement_body(to_.which, version_, notes, node);
      if (!uid_.empty()) made["metadata"]["uid"] = uid_;
      return made;
    };
    std::vector<ports::http_request> out;
    if (judged) out.push_back(apply_request(what, space, name, body({}), take_over::no, dry_run::yes));
    out.push_back(apply_request(what, space, name, body(notes_), take_over::yes));
    return out;
  }
  [[nodiscard]] std::vector<ports::http_request> create(std::uint32_t replicas,
                                                        const std::optional<std::string>& node) const {
    return {create_request(to_.which.what, to_.which.space,
                           transplanted(to_.which, *to_.elsewhere, notes_, replicas, node))};
  }
  [[nodiscard]] std::vector<ports::http_request> replace(std::uint32_t replicas,
                                                         const std::string& node) const {
    auto body = transplanted(to_.which, *to_.elsewhere, notes_, replicas, node);
    body["metadata"]["resourceVersion"] = version_;
    return {replace_request(to_.which.what, to_.which.space, to_.which.name, body)};
  }

 private:
  const write_intent& to_;
  label_map notes_;
  std::string version_, uid_;
};

inline json affinity_patch(json required) {
  return {
      {"spec",
       {{"affinity",
         {{"nodeAffinity", {{"requiredDuringSchedulingIgnoredDuringExecution", std::move(required)}}}}}}}};
}

inline result<std::vector<ports::http_request>, std::string> start_elsewhere(const write_intent& to,
                                                                             write_builder& write) {
  if (to.elsewhere == nullptr)
    return failure{std::string{"the workload is not there in the cluster that it comes from"}};
  if (!required_affinity(*to.elsewhere).is_null() && !placed_by_us(*to.elsewhere))
    return failure{
        std::string{"it has a required node affinity of its own, which names nodes of its cluster"}};
  const auto copies = replicas_of(*to.elsewhere);
  if (to.as_read == nullptr) return write.create(copies, to.node);
  write.note_previous({placed_by_us(write.seen()), made_by_us(write.seen()) ? 0 : replicas_of(write.seen())});
  if (made_by_us(write.seen())) return write.replace(copies, to.node);
  if (!required_affinity(write.seen()).is_null() && !placed_by_us(write.seen()))
    return failure{std::string{"the destination's object has a required node affinity of somebody else"}};
  return write.merge({{"replicas", copies}, {"template", affinity_patch(affinity_to(to.node))}});
}

inline std::vector<ports::http_request> undo(const write_intent& to, write_builder& write) {
  const auto before = previous_of(write.seen());
  const bool at_source = to.what->end == migration::endpoint::source;
  const bool ours = placed_on(write.seen(), to.node);
  if (write.within()) return at_source || !ours ? write.merge() : write.apply(before.node, false);
  if (at_source) return before.replicas == 0 ? write.merge() : write.merge({{"replicas", before.replicas}});
  json spec{{"replicas", before.replicas}};
  if (ours) spec["template"] = affinity_patch(before.node ? affinity_to(*before.node) : json{});
  return write.merge(std::move(spec));
}

}  // namespace detail

inline result<std::vector<ports::http_request>, std::string> requests_for(const write_intent& to) {
  using ports::cluster_act;
  detail::write_builder write{to};
  if (to.act == cluster_act::start && to.node.empty())
    return failure{std::string{"the node of the destination is not known here"}};
  if (to.act == cluster_act::start && !write.within()) return detail::start_elsewhere(to, write);
  if (to.as_read == nullptr) {
    if (to.elsewhere == nullptr)
      return failure{"nowhere is a specification of " + to.which.space + "/" + to.which.name};
    return write.create(0, std::nullopt);
  }
  switch (to.act) {
    case cluster_act::start:
      if (!required_affinity(write.seen()).is_null() && !placed_by_us(write.seen()))
        return failure{std::string{"it has a required node affinity of its own, which we do not overwrite"}};
      write.note_previous({placed_by_us(write.seen()), detail::replicas_of(write.seen())});
      return write.apply(to.node, true);
    case cluster_act::undo:
      return detail::undo(to, write);
    case cluster_act::cease:
      if (write.within()) return write.merge();
      write.note_previous({placed_by_us(write.seen()), detail::replicas_of(write.seen())});
      return write.merge({{"replicas", 0}});
    case cluster_act::release:
      return write.within() ? write.merge() : write.merge({{"replicas", 0}});
    case cluster_act::scale:
      return write.merge({{"replicas", to.what->replicas}});
    case cluster_act::resize: {
      auto containers = detail::resized(write.seen(), to.what->limits);
      if (!containers) return failure{containers.error()};
      return write.merge({{"template", {{"spec", {{"containers", *std::move(containers)}}}}}});
    }
    case cluster_act::serve:
    case cluster_act::hold:
      break;
  }
  return write.merge();
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
