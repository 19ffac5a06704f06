#include <adapters/kubernetes/fake_api.hpp>
#include <adapters/kubernetes/full_objects.hpp>
#include <foreshift/adapters/kubernetes/usage.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>

using namespace foreshift;
using kubernetes::json, kubernetes::kind, kubernetes::read_usage;

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

TEST_CASE("what nodes and pods use is one list each, and a cluster without a metrics server says so") {
  fake::api api;
  const auto used = [](const char* cpu) { return json{{"cpu", cpu}, {"memory", "1Mi"}}; };
  api.put(kind::node_metrics, "", "n1", {{"usage", used("1500m")}});
  for (const char* space : {"shop", "store"})
    api.put(kind::pod_metrics, space, "web-1",
            {{"containers", json::array({{{"name", "a"}, {"usage", used("250m")}}})}});
  const auto nodes = kubernetes::usage_now(api, kind::node_metrics);
  REQUIRE(nodes.has_value());
  REQUIRE(nodes->size() == 1);
  CHECK(nodes->front().name == "n1");
  CHECK(nodes->front().used[resource::cpu] == 1.5);
  CHECK(kubernetes::usage_now(api, kind::pod_metrics).value().size() == 2);
  const auto shop = kubernetes::usage_now(api, kind::pod_metrics, "shop");
  REQUIRE(shop.value().size() == 1);
  CHECK(shop->front().space == "shop");

  std::string answer;
  std::uint16_t status = 200;
  api.scripted = [&](const ports::http_request&) {
    return std::optional{ports::http_response{status, {{"Content-Type", "application/json"}}, answer}};
  };
  const auto fault = [&](std::uint16_t code, const char* body) {
    status = code, answer = body;
    return kubernetes::usage_now(api, kind::node_metrics).error();
  };
  const auto none = fault(404, R"({"kind":"Status","status":"Failure","reason":"NotFound","code":404,
      "message":"the server could not find the requested resource"})");
  CHECK(none.what == kubernetes::fault::absent);
  CHECK(none.reason.ends_with("the cluster has no metrics server"));
  for (const char* bad : {"<html>", R"({"items":{}})", R"({"items":[1]})", R"({"items":[{}]})",
                          R"({"items":[{"metadata":{"name":"n1"},"usage":{"cpu":"a lot"}}]})"})
    CHECK(fault(200, bad).reason.find("/apis/metrics.k8s.io/v1beta1/nodes") != std::string::npos);
}
