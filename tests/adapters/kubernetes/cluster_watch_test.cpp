#include <adapters/kubernetes/fake_api.hpp>
#include <adapters/kubernetes/fake_rollouts.hpp>
#include <foreshift/adapters/kubernetes/cluster_watch.hpp>
#include <foreshift/adapters/kubernetes/kubernetes_cluster.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
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

namespace {

/// The fake behind a way that takes its time: a watch as long as it asks for, another request `other`.
struct slow_way {
  fake::api api{};
  time_point clock_now = time_point{} + 1h;
  duration other = 30ms;
  bool silent = false;  ///< nothing ever answers
  std::size_t watches = 0;

  time_point now() { return clock_now; }
  result<ports::http_response, ports::http_error> exchange(const ports::http_request& r) {
    const auto query = fake::parse_query(r.target);
    const bool watch = query.contains("watch");
    const duration takes = watch ? std::chrono::seconds{std::stoi(query.at("timeoutSeconds"))} : other;
    watches += watch ? 1U : 0U;
    clock_now += silent ? r.timeout : std::min(takes, r.timeout);
    if (silent || takes > r.timeout) return failure{ports::http_error{true, "timed out"}};
    return api.answer(r);
  }
};

}  // namespace

TEST_CASE(
    "a step takes no longer than its caller says, whatever answers, and every collection has its turn") {
  slow_way way;
  for (const char* n : {"n1", "n2"}) way.api.put(kind::node, "", n, fake::node_object());
  fake::rollouts controllers{way.api};
  cluster_watch watch;
  CHECK(watch.shortest_step() == 1500ms);
  CHECK(watch.step(way, way).empty());  // six lists, and no watch beside them
  CHECK(watch.complete());
  CHECK(way.watches == 0);
  for (int round = 0; round < 6; ++round) {
    way.api.put(kind::deployment, "shop", "app" + std::to_string(round), fake::workload_object(2, "app"));
    controllers.run(6);
  }
  for (int turn = 1; turn <= 6; ++turn) {
    const auto begun = way.clock_now;
    CHECK(watch.step(way, way).empty());
    CHECK(way.clock_now - begun == 1s);
    CHECK(way.watches == static_cast<std::size_t>(turn));
  }
  agrees(watch, way.api);
  CHECK(watch.inventory().workloads.size() == 6);

  way.watches = 0;
  auto begun = way.clock_now;
  CHECK(watch.step(way, way, 4s).empty());
  CHECK(way.watches == 3);  // of the fourth it is not sure
  CHECK(way.clock_now - begun == 3s);
  way.silent = true;
  begun = way.clock_now;
  for (const duration most : {1500ms, 1700ms, 2000ms, 10000ms}) {
    begun = way.clock_now;
    CHECK(!watch.step(way, way, most).empty());
    CHECK(way.clock_now - begun == most);
  }
}

TEST_CASE("a list that needs longer than a step may take is a fault, and comes with a longer one") {
  slow_way way;
  way.api.put(kind::node, "", "n1", fake::node_object());
  way.other = 3s;
  cluster_watch watch;
  const auto faults = watch.step(way, way);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0] == "GET /api/v1/nodes: timed out");
  for (int i = 0; i < 6; ++i) CHECK(watch.step(way, way, 4s).empty());
  CHECK(watch.complete());
}

TEST_CASE("a clock that stands still ends a step as well") {
  fake::api api;
  cluster_watch watch;
  struct {
    time_point now() { return time_point{} + 1h; }
  } clock;
  for (int i = 0; i < 3; ++i) CHECK(watch.step(api, clock).empty());
  CHECK(watch.complete());
  CHECK(api.log.size() == 18);
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
