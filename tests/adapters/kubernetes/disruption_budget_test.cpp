#include <adapters/kubernetes/full_objects.hpp>
#include <foreshift/adapters/kubernetes/disruption_budget.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using kubernetes::json, kubernetes::read_disruption_budget, kubernetes::workload;

TEST_CASE("a budget covers the copies that its selector means, in its own namespace") {
  const auto object = json::parse(R"({"metadata":{"name":"b","namespace":"shop","resourceVersion":"5"},
      "spec":{"minAvailable":"50%","selector":{"matchLabels":{"app":"web"}}},
      "status":{"desiredHealthy":2,"currentHealthy":3,"disruptionsAllowed":1,"expectedPods":3}})");
  const auto b = read_disruption_budget(object);
  REQUIRE(b.has_value());
  CHECK(b->desired_healthy == 2);
  CHECK(b->current_healthy == 3);
  CHECK(b->allowed == 1);
  workload w;
  w.meta.space = "shop", w.pod_labels["app"] = "web";
  CHECK(b->covers(w));
  w.meta.space = "test";
  CHECK(!b->covers(w));
  every_wrong_type_is_named(object, read_disruption_budget);
}

TEST_CASE("a full budget is read") {
  auto full = full_object("policy.v1.PodDisruptionBudget");
  if (!full) return;
  (*full)["spec"]["selector"]["matchExpressions"][0]["operator"] =
      "In";  // the sample holds no word of the API
  const auto b = read_disruption_budget(*full);
  REQUIRE(b.has_value());
  CHECK(b->allowed == 3);
  CHECK(b->desired_healthy == 5);
}
