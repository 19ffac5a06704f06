#pragma once
/// @file
/// A node as far as placement is concerned.

#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/adapters/kubernetes/object_meta.hpp>
#include <foreshift/adapters/kubernetes/pod_resources.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/units.hpp>

#include <string>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

struct node {
  object_meta meta{};
  bool ready = false;
  bool schedulable = true;  ///< not cordoned, and no taint of effect NoSchedule or NoExecute
  resources capacity{};     ///< allocatable: what pods can have
};

/// A reason names the member.
[[nodiscard]] inline result<node, std::string> read_node(const json& object) {
  fields in{object};
  node out;
  out.meta = read_meta(in);
  out.ready = detail::condition(in, "Ready");
  out.schedulable = !in.flag("spec.unschedulable");
  for (const auto& one : in.list("spec.taints")) {
    if (!one.is_object()) continue;
    const auto effect = fields{one}.text("effect");
    if (effect == "NoSchedule" || effect == "NoExecute") out.schedulable = false;
  }
  out.capacity = read_resources(in, "status.allocatable");
  return detail::unless(in, std::move(out));
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
