#pragma once
/// @file
/// Which requests carry out an act on a workload: the heart of a move, without I/O.
///
/// Everything that must survive stands in the object itself and is written in the same request as the act:
/// the record and what was there before (workload_notes.hpp), so that any process can undo. Each write
/// carries the resource version that was read.
///
/// Within one cluster a start is an apply of node affinity: first judged by the server without force, so that
/// a field that somebody else owns is a refusal with the owner's name, then applied; the undo applies the
/// record without the affinity, or with that of the placement before. Between clusters the destination is
/// made of the source's specification at zero copies, started by as many copies as the source has, and the
/// source ceases by zero. An object that is there already and runs nothing gets the source's specification,
/// for what it holds may be of long ago; its own is kept for the undo. One that runs copies which no move of
/// ours has started is somebody's, and is left alone.

#include <foreshift/adapters/kubernetes/api_request.hpp>
#include <foreshift/adapters/kubernetes/placement_patch.hpp>
#include <foreshift/adapters/kubernetes/workload_notes.hpp>
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

namespace detail {

/// An object's member as an object: what is none, or is not there, becomes an empty one.
inline json& member(json& object, const char* name) {
  auto& found = object[name];
  if (!found.is_object()) found = json::object();
  return found;
}

/// The workload's specification as it comes to another cluster: nothing in it speaks of where it was.
inline json specification(const json& from, std::uint32_t replicas, const std::optional<std::string>& node) {
  fields in{from};
  json spec = in.object("spec");
  spec["replicas"] = replicas;
  auto& pod_spec = member(member(spec, "template"), "spec");
  auto& affinity = member(pod_spec, "affinity");
  auto& of_nodes = member(affinity, "nodeAffinity");
  of_nodes.erase("requiredDuringSchedulingIgnoredDuringExecution");
  if (node) of_nodes["requiredDuringSchedulingIgnoredDuringExecution"] = affinity_to(*node);
  if (of_nodes.empty()) affinity.erase("nodeAffinity");
  if (affinity.empty()) pod_spec.erase("affinity");
  return spec;
}
inline json transplanted(const object_name& which, const json& from, label_map notes, std::uint32_t replicas,
                         const std::optional<std::string>& node) {
  notes[made_key] = "1";
  auto body = body_of(which, {}, notes);
  fields in{from};
  if (const auto& labels = in.object("metadata.labels"); !labels.empty()) body["metadata"]["labels"] = labels;
  body["spec"] = specification(from, replicas, node);
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
  void note_previous(const previous_state& p) { notes_[previous_key] = kubernetes::to_text(p); }
  void note_former(std::string spec) { notes_[former_key] = std::move(spec); }

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
  /// Another specification for somebody's object: what it says of itself otherwise stays.
  [[nodiscard]] std::vector<ports::http_request> respecify(json spec) const {
    auto body = body_of(to_.which, version_, {});
    fields in{seen()};
    for (const char* kept : {"labels", "annotations"})
      if (const auto& all = in.object(std::string{"metadata."} + kept); !all.empty())
        body["metadata"][kept] = all;
    for (const char* kept : {"ownerReferences", "finalizers"})
      if (const auto& all = in.list(std::string{"metadata."} + kept); !all.empty())
        body["metadata"][kept] = all;
    if (!uid_.empty()) body["metadata"]["uid"] = uid_;
    auto& notes = member(body["metadata"], "annotations");
    notes.erase(former_key);
    for (const auto& [key, value] : notes_) notes[key] = value;
    body["spec"] = std::move(spec);
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
  const json& seen = write.seen();
  const bool made = made_by_us(seen), own_start = !previous_of(seen).to.empty() && still_placed(seen, {});
  if (!made && !own_start && replicas_of(seen) > 0)
    return failure{
        "the cluster that it moves to runs " + std::to_string(replicas_of(seen)) +
        " copies of its own under that name: scale them to 0 there (kubectl scale --replicas=0), and "
        "it gets the specification of the one that moves; or rename one of the two"};
  write.note_previous({placed_by_us(seen), made ? 0 : replicas_of(seen), to.node});
  if (made) return write.replace(copies, to.node);
  if (!required_affinity(seen).is_null() && !placed_by_us(seen))
    return failure{std::string{"the destination's object has a required node affinity of somebody else"}};
  auto former = kubernetes::to_text(fields{seen}.object("spec"));
  if (former.size() > former_bytes_max)
    return failure{"the destination's specification, which an undo would need, has " +
                   std::to_string(former.size()) + " bytes, and an annotation keeps " +
                   std::to_string(former_bytes_max) + ": delete that object, and it is made anew"};
  write.note_former(std::move(former));
  return write.respecify(specification(*to.elsewhere, copies, to.node));
}

inline std::vector<ports::http_request> undo(const write_intent& to, write_builder& write) {
  const auto before = previous_of(write.seen());
  const bool at_source = to.what->end == migration::endpoint::source;
  const bool ours = still_placed(write.seen(), to.node);
  if (write.within()) return at_source || !ours ? write.merge() : write.apply(before.node, false);
  if (at_source) return before.replicas == 0 ? write.merge() : write.merge({{"replicas", before.replicas}});
  if (auto former = former_of(write.seen()); former && ours) {
    (*former)["replicas"] = before.replicas;
    return write.respecify(*std::move(former));
  }
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
      write.note_previous({placed_by_us(write.seen()), replicas_of(write.seen()), to.node});
      return write.apply(to.node, true);
    case cluster_act::undo:
      return detail::undo(to, write);
    case cluster_act::cease:
      if (write.within()) return write.merge();
      write.note_previous({placed_by_us(write.seen()), replicas_of(write.seen()), {}});
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
