#include <foreshift/adapters/kubernetes/placement_patch.hpp>

#include <doctest/doctest.h>

#include <optional>

using namespace foreshift;
using namespace foreshift::kubernetes;

TEST_CASE("a workload is placed by one field and our notes, under the version that was read") {
  label_map notes;
  notes["foreshift/record"] = "r";
  const object_name which{kind::deployment, "shop", "web"};
  const auto placed = placement_body(which, "17", notes, "n2");
  CHECK(
      placed ==
      json::parse(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop",
      "resourceVersion":"17","annotations":{"foreshift/record":"r"}},"spec":{"template":{"spec":{"affinity":{"nodeAffinity":
      {"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchFields":
      [{"key":"metadata.name","operator":"In","values":["n2"]}]}]}}}}}}})"));
  CHECK(placed_on(placed, "n2"));
  CHECK(!placed_on(placed, "n1"));
  const auto free = placement_body(which, "18", notes, std::nullopt);
  CHECK(!free.contains("spec"));
  CHECK(free["metadata"]["annotations"]["foreshift/record"] == "r");
  CHECK(required_affinity(free).is_null());
  CHECK(!placed_on(free, "n2"));
}

TEST_CASE("what somebody else has written there is not taken for ours") {
  auto object = placement_body({kind::deployment, "shop", "web"}, "17", {}, "n2");
  CHECK(!object["metadata"].contains("annotations"));
  auto& terms = object["spec"]["template"]["spec"]["affinity"]["nodeAffinity"]
                      ["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"];
  terms.push_back(terms[0]);
  CHECK(!placed_on(object, "n2"));
  CHECK(required_affinity(json::parse(R"({"spec":[1]})")).is_null());
  CHECK(!body_of({kind::node, "shop", "n1"}, "", {})["metadata"].contains("namespace"));
}
