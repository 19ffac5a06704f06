#include <adapters/kubernetes/fake_api.hpp>
#include <adapters/kubernetes/fake_rollouts.hpp>
#include <foreshift/adapters/kubernetes/cluster_watch.hpp>
#include <foreshift/adapters/kubernetes/kubernetes_cluster.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>

using namespace foreshift;
using namespace std::chrono_literals;
using kubernetes::cluster_watch, kubernetes::json, kubernetes::kind;

namespace {

/// The same inventory by lists.
void agrees(const cluster_watch& watch, fake::api& api) {
  struct way {
    fake::api* to;
    result<ports::http_response, ports::http_error> exchange(const ports::http_request& r) {
      return to->exchange(r);
    }
  };
  kubernetes::kubernetes_cluster cluster{way{&api}};
  const auto wanted = cluster.inventory();
  const auto seen = watch.inventory();
  REQUIRE(wanted.has_value());
  REQUIRE(seen.hosts.size() == wanted->hosts.size());
  for (std::size_t i = 0; i < seen.hosts.size(); ++i) {
    CHECK(seen.hosts[i].name == wanted->hosts[i].name);
    CHECK(seen.hosts[i].ready == wanted->hosts[i].ready);
  }
  REQUIRE(seen.workloads.size() == wanted->workloads.size());
  for (std::size_t i = 0; i < seen.workloads.size(); ++i) {
    CHECK(seen.workloads[i].name == wanted->workloads[i].name);
    CHECK(seen.workloads[i].on == wanted->workloads[i].on);
    CHECK(seen.workloads[i].running == wanted->workloads[i].running);
  }
}

}  // namespace

TEST_CASE(
    "an inventory that is watched is the one that is read anew, whatever is lost, doubled and forgotten") {
  fake::api api;
  fake::rollouts controllers{api};
  for (const char* n : {"n1", "n2", "n3"}) api.put(kind::node, "", n, fake::node_object());
  cluster_watch watch{"", {.relist_every = 5min}};
  random_stream random{7};
  time_point now{};
  double trouble = 0.3;
  api.scripted = [&](const ports::http_request&) -> std::optional<ports::http_response> {
    const double draw = random.uniform() / trouble;
    if (draw > 1) return std::nullopt;
    if (draw < 0.3) return fake::api::status(429, "TooManyRequests", "slow down");
    if (draw < 0.6) return ports::http_response{200, {}, "<html>"};
    return fake::api::status(500, "InternalError", "etcd");
  };
  for (int round = 0; round < 200; ++round) {
    const auto app = "app" + std::to_string(random.below(6));
    if (random.uniform() < 0.2)
      api.remove(kind::deployment, "shop", app);
    else
      api.put(kind::deployment, "shop", app,
              fake::workload_object(static_cast<std::uint32_t>(random.below(4)), app));
    controllers.first_node = "n" + std::to_string(1 + random.below(3));
    controllers.tick();
    if (random.uniform() < 0.05) api.compact();
    now += 10s;
    (void)watch.step(api, now);
  }
  trouble = 1e-9;
  for (int i = 0; i < 3; ++i) now += 1min, (void)watch.step(api, now);
  CHECK(watch.complete());
  agrees(watch, api);
}

TEST_CASE("an object that cannot be read is told and left out; the others are there") {
  fake::api api;
  api.put(kind::node, "", "good", fake::node_object());
  api.put(kind::node, "", "odd", json{{"status", {{"allocatable", {{"cpu", "lots"}}}}}});
  cluster_watch watch;
  const auto faults = watch.step(api, time_point{} + 1s);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].starts_with("/odd: status.allocatable.cpu: a quantity"));
  CHECK(watch.inventory().hosts.size() == 1);
  CHECK(watch.objects() == 2);
  api.put(kind::node, "", "odd", fake::node_object());
  CHECK(watch.step(api, watch.due()).empty());
  CHECK(watch.inventory().hosts.size() == 2);
  api.remove(kind::node, "", "odd");
  CHECK(watch.step(api, watch.due()).empty());
  CHECK(watch.inventory().hosts.size() == 1);
}
