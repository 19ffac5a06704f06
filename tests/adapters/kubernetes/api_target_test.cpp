#include <foreshift/adapters/kubernetes/api_target.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using kubernetes::collection_target, kubernetes::kind, kubernetes::object_target;

TEST_CASE("objects live where the API's conventions say") {
  CHECK(collection_target(kind::pod) == "/api/v1/pods");
  CHECK(collection_target(kind::pod, "shop") == "/api/v1/namespaces/shop/pods");
  CHECK(collection_target(kind::node, "shop") == "/api/v1/nodes");
  CHECK(collection_target(kind::disruption_budget, "shop") ==
        "/apis/policy/v1/namespaces/shop/poddisruptionbudgets");
  CHECK(collection_target(kind::pod_metrics) == "/apis/metrics.k8s.io/v1beta1/pods");
  CHECK(object_target(kind::deployment, "shop", "web") == "/apis/apps/v1/namespaces/shop/deployments/web");
  CHECK(object_target(kind::pod, "shop", "web-1", "eviction") ==
        "/api/v1/namespaces/shop/pods/web-1/eviction");
}

TEST_CASE("a name cannot leave its place in a path") {
  CHECK(object_target(kind::node, "", "../pods?x=1") == "/api/v1/nodes/..%2Fpods%3Fx%3D1");
}
