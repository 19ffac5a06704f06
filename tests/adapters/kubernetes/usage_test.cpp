#include <adapters/kubernetes/full_objects.hpp>
#include <foreshift/adapters/kubernetes/usage.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using kubernetes::json, kubernetes::read_usage;

TEST_CASE("a node uses what it says, a pod what its containers use together") {
  // As metrics-server 0.7 answers.
  const auto node =
      json::parse(R"({"metadata":{"name":"n1"},"timestamp":"2026-11-27T10:00:00Z","window":"20.033s",
      "usage":{"cpu":"156340542n","memory":"1204564Ki"}})");
  const auto n = read_usage(node);
  REQUIRE(n.has_value());
  CHECK(n->space.empty());
  CHECK(n->used[resource::cpu] == 0.156340542);
  CHECK(n->used[resource::memory] == 1204564.0 * 1024);
  const auto pod = json::parse(R"({"metadata":{"name":"web-1","namespace":"shop"},
      "containers":[{"name":"a","usage":{"cpu":"250m","memory":"1Mi"}},{"name":"b","usage":{"cpu":"1","memory":"1Mi"}}]})");
  const auto p = read_usage(pod);
  REQUIRE(p.has_value());
  CHECK(p->space == "shop");
  CHECK(p->used == resources{{1.25, 2097152, 0, 0}});
  every_wrong_type_is_named(node, read_usage);
  every_wrong_type_is_named(pod, read_usage);
}
