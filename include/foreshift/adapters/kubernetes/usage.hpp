#pragma once
/// @file
/// What nodes and pods use now, as metrics.k8s.io tells it: an API that a cluster has where a metrics server
/// runs.
///
/// Cores and bytes, averaged over the server's own window, which is usually half a minute. Lists of it are
/// asked for by `list_request`; there are no watches.

#include <foreshift/adapters/kubernetes/api_target.hpp>
#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/adapters/kubernetes/object_meta.hpp>
#include <foreshift/adapters/kubernetes/pod_resources.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/units.hpp>

#include <string>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

struct usage {
  std::string space{};  ///< empty: of a node
  std::string name{};
  resources used{};
};

/// @param object an element of a NodeMetricsList or a PodMetricsList. A reason names the member.
[[nodiscard]] inline result<usage, std::string> read_usage(const json& object) {
  fields in{object};
  usage out;
  out.space = in.text("metadata.namespace");
  out.name = in.some_text("metadata.name");
  out.used = read_resources(in, "usage");
  for (const auto& one : in.list("containers")) {
    if (!one.is_object()) continue;
    fields part{one};
    out.used += read_resources(part, "usage");
    in.adopt("containers[]", part.fault());
  }
  return detail::unless(in, std::move(out));
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
