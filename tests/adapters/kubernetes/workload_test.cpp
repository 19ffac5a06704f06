#include <adapters/kubernetes/full_objects.hpp>
#include <foreshift/adapters/kubernetes/workload.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>

using namespace foreshift;
using kubernetes::json, kubernetes::kind, kubernetes::read_workload;

namespace {

json deployment(std::uint32_t replicas, const std::string& strategy) {
  return json::parse(
      R"({"metadata":{"name":"web","namespace":"shop","resourceVersion":"5","generation":2},
      "spec":{"replicas":)" +
      std::to_string(replicas) + R"(,"strategy":)" + strategy +
      R"(,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}}}}})");
}
std::pair<std::uint32_t, std::uint32_t> bounds(std::uint32_t replicas, const std::string& strategy) {
  const auto w = read_workload(kind::deployment, deployment(replicas, strategy));
  REQUIRE(w.has_value());
  return {w->surge, w->unavailable};
}
using both = std::pair<std::uint32_t, std::uint32_t>;

}  // namespace

TEST_CASE("a surge is rounded up, what may be unavailable is rounded down, and not both are nothing") {
  // k8s.io/kubernetes, pkg/controller/deployment/util/deployment_util.go, ResolveFenceposts
  CHECK(bounds(1, "{}") == both{1, 0});
  CHECK(bounds(4, "{}") == both{1, 1});
  CHECK(bounds(10, "null") == both{3, 2});
  CHECK(bounds(3, R"({"rollingUpdate":{"maxSurge":2,"maxUnavailable":0}})") == both{2, 0});
  CHECK(bounds(10, R"({"rollingUpdate":{"maxSurge":"15%","maxUnavailable":"15%"}})") == both{2, 1});
  CHECK(bounds(1, R"({"rollingUpdate":{"maxSurge":0,"maxUnavailable":"1%"}})") == both{0, 1});
  CHECK(bounds(3, R"({"type":"Recreate"})") == both{0, 3});
}

TEST_CASE("a workload is read, and its wrong types are named") {
  auto object = deployment(3, R"({"rollingUpdate":{"maxSurge":1,"maxUnavailable":"25%"}})");
  object["spec"]["paused"] = true;
  object["status"] =
      json::parse(R"({"observedGeneration":2,"replicas":4,"updatedReplicas":1,"readyReplicas":3,
      "availableReplicas":3,"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"m"}]})");
  const auto w = read_workload(kind::deployment, object);
  REQUIRE(w.has_value());
  CHECK(w->paused);
  CHECK(w->existing == 4);
  CHECK(w->progress_reason == "ProgressDeadlineExceeded");
  CHECK(w->selector.matches(w->pod_labels));
  every_wrong_type_is_named(object, [](const json& o) { return read_workload(kind::deployment, o); });
  object["spec"]["strategy"]["rollingUpdate"]["maxSurge"] = "many";
  CHECK(read_workload(kind::deployment, object).error() ==
        "spec.strategy.rollingUpdate.maxSurge: a count or a percentage, not \"many\", is wanted");
}

TEST_CASE("full objects of the three kinds are read") {
  for (const auto& [what, name] : {std::pair{kind::deployment, "apps.v1.Deployment"},
                                   {kind::stateful_set, "apps.v1.StatefulSet"},
                                   {kind::replica_set, "apps.v1.ReplicaSet"}}) {
    auto full = full_object(name);
    if (!full) return;
    // Samples of every member hold the member's own name where the API has a fixed set of words.
    (*full)["spec"]["selector"]["matchExpressions"][0]["operator"] = "Exists";
    if (what == kind::deployment)
      (*full)["spec"]["strategy"]["rollingUpdate"] = json{{"maxSurge", "10%"}, {"maxUnavailable", 0}};
    const auto w = read_workload(what, *full);
    REQUIRE_MESSAGE(w.has_value(), (w ? std::string{} : w.error()));
    CHECK(w->meta.generation == 7);
    CHECK(w->has_claims == (what == kind::stateful_set));
    CHECK(w->probed);
    CHECK(w->volumes.claims.size() == 1);
  }
}
