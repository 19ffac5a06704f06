#pragma once
/// @file
/// Where objects live on an API server: the path of a collection, of an object, of a part of one.
///
/// Kubernetes API conventions, "Resources": core objects under /api/v1, the others under
/// /apis/<group>/<version>.

#include <foreshift/ports/http_url.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// The kinds of objects that a move has to do with.
enum class kind : std::uint8_t {
  pod,
  node,
  deployment,
  stateful_set,
  replica_set,
  disruption_budget,
  lease,
  pod_metrics,
  node_metrics
};

struct kind_facts {
  std::string_view name;     ///< as in the member `kind`
  std::string_view version;  ///< as in the member `apiVersion`
  std::string_view plural;   ///< as in a path
  bool namespaced;
};

[[nodiscard]] constexpr kind_facts facts_of(kind k) {
  constexpr kind_facts all[] = {{"Pod", "v1", "pods", true},
                                {"Node", "v1", "nodes", false},
                                {"Deployment", "apps/v1", "deployments", true},
                                {"StatefulSet", "apps/v1", "statefulsets", true},
                                {"ReplicaSet", "apps/v1", "replicasets", true},
                                {"PodDisruptionBudget", "policy/v1", "poddisruptionbudgets", true},
                                {"Lease", "coordination.k8s.io/v1", "leases", true},
                                {"PodMetrics", "metrics.k8s.io/v1beta1", "pods", true},
                                {"NodeMetrics", "metrics.k8s.io/v1beta1", "nodes", false}};
  return all[static_cast<std::size_t>(k)];
}

/// `/apis/apps/v1/namespaces/shop/deployments`. @param space empty: of every namespace
[[nodiscard]] inline std::string collection_target(kind k, std::string_view space = {}) {
  const auto facts = facts_of(k);
  std::string path = facts.version.find('/') == std::string_view::npos ? "/api/" : "/apis/";
  path += facts.version;
  if (facts.namespaced && !space.empty()) path += "/namespaces/" + ports::percent_encoded(space);
  return (path += '/') += facts.plural;
}

/// `/api/v1/namespaces/shop/pods/web-1/eviction`. @param part a subresource; empty: the object itself
[[nodiscard]] inline std::string object_target(kind k, std::string_view space, std::string_view name,
                                               std::string_view part = {}) {
  auto path = collection_target(k, space) + '/' + ports::percent_encoded(name);
  if (!part.empty()) (path += '/') += part;
  return path;
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
