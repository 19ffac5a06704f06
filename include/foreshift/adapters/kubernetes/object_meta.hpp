#pragma once
/// @file
/// What every object says of itself, and who owns which of its fields.
///
/// `resourceVersion` is a text to be given back and never counted with; `generation` counts the changes of
/// the specification. Of annotations only our own are kept: others hold whole manifests. The managers of
/// fields stand in `metadata.managedFields`, one tree of names for each manager and way of writing
/// (Kubernetes, "Server-Side Apply").

#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/adapters/kubernetes/label_selector.hpp>
#include <foreshift/core/result.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// The keys of our annotations and labels begin so.
inline constexpr std::string_view our_prefix = "foreshift/";

struct object_meta {
  std::string name{};
  std::string space{};    ///< empty where the kind has none
  std::string uid{};      ///< of this life of the object
  std::string version{};  ///< `resourceVersion`
  std::int64_t generation = 0;
  label_map labels{};
  label_map annotations{};                              ///< ours only
  bool leaving = false;                                 ///< its end has been asked for
  std::string owner_kind{}, owner_name{}, owner_uid{};  ///< of its controller; empty: none
};

/// @param in an object; faults go to it
[[nodiscard]] inline object_meta read_meta(fields& in) {
  object_meta out;
  out.name = in.some_text("metadata.name");
  out.space = in.text("metadata.namespace");
  out.uid = in.text("metadata.uid");
  out.version = in.some_text("metadata.resourceVersion");
  out.generation = in.integer("metadata.generation").value_or(0);
  out.labels = read_labels(in, "metadata.labels");
  out.leaving = !in.text("metadata.deletionTimestamp").empty();
  for (const auto& [key, value] : in.object("metadata.annotations").items()) {
    if (!key.starts_with(our_prefix)) continue;
    if (const auto* text = value.get_ptr<const std::string*>())
      out.annotations[key] = *text;
    else
      in.complain("metadata.annotations[" + key + "]", "a string");
  }
  for (const auto& one : in.list("metadata.ownerReferences")) {
    if (!one.is_object()) continue;
    fields owner{one};
    if (!owner.flag("controller")) continue;
    out.owner_kind = owner.text("kind"), out.owner_name = owner.text("name"),
    out.owner_uid = owner.text("uid");
    in.adopt("metadata.ownerReferences[]", owner.fault());
  }
  return out;
}

/// The managers that own a field of an object, in the order in which they stand there.
/// @param path names from the root, such as {"spec", "replicas"}
[[nodiscard]] inline std::vector<std::string> owners_of(const json& object,
                                                        std::initializer_list<std::string_view> path) {
  std::vector<std::string> out;
  fields in{object};
  for (const auto& entry : in.list("metadata.managedFields")) {
    if (!entry.is_object()) continue;
    fields one{entry};
    const auto* at = &one.object("fieldsV1");
    for (const auto name : path) {
      const auto next = at->is_object() ? at->find("f:" + std::string{name}) : at->end();
      at = at->is_object() && next != at->end() ? &*next : nullptr;
      if (at == nullptr) break;
    }
    if (at != nullptr) out.push_back(one.text("manager"));
  }
  return out;
}

namespace detail {

/// Whether the condition is "True".
inline bool condition(fields& in, std::string_view type) {
  for (const auto& one : in.list("status.conditions")) {
    if (!one.is_object()) continue;
    fields part{one};
    if (part.text("type") == type) return part.text("status") == "True";
  }
  return false;
}

template <class T>
result<T, std::string> unless(const fields& in, T made) {
  if (!in.fault().empty()) return failure{in.fault()};
  return made;
}

}  // namespace detail

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
