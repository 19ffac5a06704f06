#include <adapters/kubernetes/full_objects.hpp>
#include <foreshift/adapters/kubernetes/pod.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using kubernetes::json, kubernetes::read_pod;

TEST_CASE("a pod holds what it reserved from when it has a node until it ends") {
  auto object = json::parse(R"({"metadata":{"name":"web-1","namespace":"shop","resourceVersion":"5"},
      "spec":{"nodeName":"n1","containers":[{"resources":{"requests":{"cpu":"1"},"limits":{"cpu":"2"}}}]},
      "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}})");
  const auto p = read_pod(object);
  REQUIRE(p.has_value());
  CHECK(p->occupies());
  CHECK(p->ready);
  CHECK(p->reserved[resource::cpu] == 1);
  CHECK(p->limits[resource::cpu] == 2);
  object["status"]["phase"] = "Succeeded";
  CHECK(!read_pod(object)->occupies());
  object["status"]["phase"] = "Pending", object["spec"].erase("nodeName");
  CHECK(!read_pod(object)->occupies());
  every_wrong_type_is_named(object, read_pod);
}

TEST_CASE("a full pod is read, and its wrong types are named") {
  const auto full = full_object("core.v1.Pod");
  if (!full) return;
  const auto p = read_pod(*full);
  REQUIRE(p.has_value());
  CHECK(p->node == "nodeNameValue");
  CHECK(p->meta.owner_kind == "kindValue");
}
