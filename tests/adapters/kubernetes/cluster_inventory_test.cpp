#include <foreshift/adapters/kubernetes/cluster_inventory.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using namespace foreshift::kubernetes;

namespace {

json object(const std::string& name, const std::string& uid, const std::string& owner,
            const std::string& more = "{}") {
  auto out = json::parse(more);
  out["metadata"] = {{"name", name}, {"namespace", "shop"}, {"uid", uid}, {"resourceVersion", "1"}};
  if (!owner.empty())
    out["metadata"]["ownerReferences"] = json::array({{{"controller", true}, {"kind", "x"}, {"uid", owner}}});
  return out;
}

}  // namespace

TEST_CASE("copies are found through the ReplicaSet, and those that end or have no node do not count") {
  inventory_parts parts;
  CHECK(parts.add(kind::node, object("n2", "u", "")).empty());
  CHECK(parts.add(kind::node, object("n1", "u", "")).empty());
  CHECK(parts.add(kind::deployment, object("web", "d1", "")).empty());
  CHECK(parts.add(kind::stateful_set, object("db", "s1", "", R"({"spec":{"replicas":2}})")).empty());
  CHECK(parts.add(kind::replica_set, object("web-1", "r1", "d1")).empty());
  CHECK(parts.add(kind::pod, object("web-1-a", "p1", "r1", R"({"spec":{"nodeName":"n1"}})")).empty());
  CHECK(parts
            .add(kind::pod,
                 object("web-1-b", "p2", "r1", R"({"spec":{"nodeName":"n2"},"status":{"phase":"Failed"}})"))
            .empty());
  CHECK(parts.add(kind::pod, object("web-1-c", "p3", "r1")).empty());
  CHECK(parts.add(kind::pod, object("db-0", "p4", "s1", R"({"spec":{"nodeName":"n2"}})")).empty());
  CHECK(parts.add(kind::pod, object("lone", "p5", "", R"({"spec":{"nodeName":"n2"}})")).empty());
  auto leaving = object("db-1", "p6", "s1", R"({"spec":{"nodeName":"n1"}})");
  leaving["metadata"]["deletionTimestamp"] = "2026-11-27T10:00:00Z";
  CHECK(parts.add(kind::pod, leaving).empty());
  const auto seen = inventory_of(parts);
  REQUIRE(seen.hosts.size() == 2);
  CHECK(seen.hosts[0].name == "n1");
  REQUIRE(seen.workloads.size() == 2);
  CHECK(seen.workloads[0].name == "deployment/shop/web");
  CHECK(seen.workloads[0].on == std::vector{host_id{ports::id_of_name("n1")}});
  CHECK(seen.workloads[1].name == "statefulset/shop/db");
  CHECK(seen.workloads[1].on == std::vector{host_id{ports::id_of_name("n2")}});
}

TEST_CASE("an object that is none, or of another kind, is named") {
  inventory_parts parts;
  CHECK(parts.add(kind::pod, json::parse(R"({"metadata":{}})")) ==
        "metadata.name: a string that is not empty is wanted");
  CHECK(parts.add(kind::lease, object("l", "u", "")).starts_with("an object of a kind"));
  CHECK(inventory_of(parts).hosts.empty());
}
