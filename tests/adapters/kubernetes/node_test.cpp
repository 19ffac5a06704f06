#include <adapters/kubernetes/full_objects.hpp>
#include <foreshift/adapters/kubernetes/node.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using kubernetes::json, kubernetes::read_node;

TEST_CASE("a node is ready, schedulable, and as large as what pods can have of it") {
  auto object = json::parse(R"({"metadata":{"name":"n1","resourceVersion":"5"},"spec":{},
      "status":{"capacity":{"cpu":"8"},"allocatable":{"cpu":"7500m","memory":"16Gi","pods":"110"},
      "conditions":[{"type":"MemoryPressure","status":"False"},{"type":"Ready","status":"True"}]}})");
  const auto n = read_node(object);
  REQUIRE(n.has_value());
  CHECK(n->ready);
  CHECK(n->schedulable);
  CHECK(n->capacity[resource::cpu] == 7.5);
  CHECK(n->capacity[resource::memory] == 17179869184.0);
  object["spec"]["unschedulable"] = true;
  CHECK(!read_node(object)->schedulable);
  object["spec"] = json::parse(R"({"taints":[{"key":"k","effect":"PreferNoSchedule"}]})");
  CHECK(read_node(object)->schedulable);
  object["spec"]["taints"][0]["effect"] = "NoExecute";
  CHECK(!read_node(object)->schedulable);
  object["status"]["conditions"][1]["status"] = "Unknown";
  CHECK(!read_node(object)->ready);
  every_wrong_type_is_named(object, read_node);
}

TEST_CASE("a full node is read") {
  const auto full = full_object("core.v1.Node");
  if (!full) return;
  const auto n = read_node(*full);
  REQUIRE(n.has_value());
  CHECK(!n->schedulable);
  every_wrong_type_is_named(*full, read_node);
}
