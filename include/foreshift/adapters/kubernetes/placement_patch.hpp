#pragma once
/// @file
/// What we write into a workload: where its copies shall run, and our notes beside it.
///
/// The place is a required node affinity of one term, on the node's name: unlike the label
/// kubernetes.io/hostname nobody can change that. Server-side apply makes it ours: a field that another
/// manager owns is a conflict that names it, and to apply the notes alone drops the affinity and leaves
/// everything else as it is (Kubernetes, "Server-Side Apply"). The resource version in the body makes every
/// write conditional on the object as it was read.

#include <foreshift/adapters/kubernetes/api_target.hpp>
#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/adapters/kubernetes/object_meta.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// Which object, and in which version.
struct object_name {
  kind what = kind::deployment;
  std::string space{};
  std::string name{};
  friend bool operator==(const object_name&, const object_name&) = default;
};

/// The beginning of every body: who it is about.
/// @param version of the object as it was read; empty: whichever
/// @param notes   the values of our annotations; keys begin with `our_prefix`
[[nodiscard]] inline json body_of(const object_name& which, std::string_view version,
                                  const label_map& notes) {
  const auto facts = facts_of(which.what);
  json body{{"apiVersion", facts.version}, {"kind", facts.name}, {"metadata", {{"name", which.name}}}};
  auto& meta = body["metadata"];
  if (facts.namespaced) meta["namespace"] = which.space;
  if (!version.empty()) meta["resourceVersion"] = version;
  for (const auto& [key, value] : notes) meta["annotations"][key] = value;
  return body;
}

/// `requiredDuringSchedulingIgnoredDuringExecution` of copies that shall run on `node`.
[[nodiscard]] inline json affinity_to(std::string_view node) {
  const json term{
      {"matchFields",
       json::array({{{"key", "metadata.name"}, {"operator", "In"}, {"values", json::array({node})}}})}};
  return {{"nodeSelectorTerms", json::array({term})}};
}

/// Of an apply: with a node the workload goes there; without one it is free again.
[[nodiscard]] inline json placement_body(const object_name& which, std::string_view version,
                                         const label_map& notes, const std::optional<std::string>& node) {
  auto body = body_of(which, version, notes);
  if (node)
    body["spec"]["template"]["spec"]["affinity"]["nodeAffinity"]
        ["requiredDuringSchedulingIgnoredDuringExecution"] = affinity_to(*node);
  return body;
}

/// The required node affinity of a workload's copies; null where it has none.
[[nodiscard]] inline json required_affinity(const json& object) {
  static const json::json_pointer path{
      "/spec/template/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution"};
  return object.contains(path) ? object.at(path) : json{};
}
/// Whether its copies have to run on `node`, as we have written it.
[[nodiscard]] inline bool placed_on(const json& object, std::string_view node) {
  return required_affinity(object) == affinity_to(node);
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
