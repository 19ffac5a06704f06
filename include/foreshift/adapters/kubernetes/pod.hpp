#pragma once
/// @file
/// A pod as far as placement is concerned.

#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/adapters/kubernetes/object_meta.hpp>
#include <foreshift/adapters/kubernetes/pod_resources.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/units.hpp>

#include <string>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

struct pod {
  object_meta meta{};
  std::string node{};   ///< empty: not yet scheduled
  std::string phase{};  ///< Pending, Running, Succeeded, Failed, Unknown
  bool ready = false;
  resources reserved{};
  resources limits{};

  /// It holds what it reserved: it is on a node, and has not ended.
  [[nodiscard]] bool occupies() const { return !node.empty() && phase != "Succeeded" && phase != "Failed"; }
};

/// A reason names the member. It does not need the member `kind`, which stands in no element of a list.
[[nodiscard]] result<pod, std::string> read_pod(const json& object);

inline result<pod, std::string> read_pod(const json& object) {
  fields in{object};
  pod out;
  out.meta = read_meta(in);
  out.node = in.text("spec.nodeName");
  out.phase = in.text("status.phase");
  out.ready = detail::condition(in, "Ready");
  out.reserved = pod_resources(in, "spec", "requests");
  out.limits = pod_resources(in, "spec", "limits");
  return detail::unless(in, std::move(out));
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
