#pragma once
/// @file
/// What nodes and pods use now, as metrics.k8s.io tells it: an API that a cluster has where a metrics server
/// runs.
///
/// Cores and bytes, averaged over the server's own window, which is usually half a minute. There are lists of
/// it, whole ones, and no watches.

#include <foreshift/adapters/kubernetes/api_answer.hpp>
#include <foreshift/adapters/kubernetes/api_request.hpp>
#include <foreshift/adapters/kubernetes/api_target.hpp>
#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/adapters/kubernetes/object_meta.hpp>
#include <foreshift/adapters/kubernetes/pod_resources.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/ports/http_client.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

/// What all nodes use now, or the pods of one namespace or, empty, of all. One request.
/// @return `absent` where the cluster has no metrics server, with that reason
template <ports::HttpClient H>
[[nodiscard]] result<std::vector<usage>, api_error> usage_now(H& client, kind what,
                                                              std::string_view space = {}) {
  FORESHIFT_EXPECT(what == kind::node_metrics || what == kind::pod_metrics);
  const auto request = list_request(what, {.space = std::string{space}, .limit = 0});
  const auto body = ask(client, request);
  if (!body && body.error().what == fault::absent) {
    auto none = body.error();
    none.reason += "; the cluster has no metrics server";
    return failure{std::move(none)};
  }
  if (!body) return failure{body.error()};
  fields in{*body};
  std::vector<usage> out;
  for (const auto& item : in.list("items")) {
    if (!item.is_object()) return failure{malformed(name_of(request), "items: objects are wanted")};
    auto one = read_usage(item);
    if (!one) return failure{malformed(name_of(request), one.error())};
    out.push_back(std::move(*one));
  }
  if (!in.fault().empty()) return failure{malformed(name_of(request), in.fault())};
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
