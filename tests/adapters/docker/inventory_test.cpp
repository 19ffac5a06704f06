#include <foreshift/adapters/docker/inventory.hpp>

#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace foreshift;
using docker_test::recorded;

namespace {
std::vector<docker::node> hosts() {
  auto nodes = docker::read_nodes(recorded("nodes.json")).value();
  for (std::size_t i = 0; i < nodes.size(); ++i) nodes[i].name = "host" + std::to_string(9 - i);
  return nodes;
}
std::vector<docker::service> services() {
  return {docker::read_service(recorded("service_after_update.json")).value()};
}
}  // namespace

TEST_CASE("a real swarm becomes hosts and workloads by name") {
  const auto nodes = hosts();
  const auto seen =
      docker::inventory_of(nodes, services(), docker::read_tasks(recorded("tasks.json")).value());
  REQUIRE(seen.has_value());
  REQUIRE(seen->hosts.size() == 4);
  CHECK(seen->hosts.front().name == "host6");
  CHECK(seen->hosts.front().capacity[resource::cpu] == 2);
  CHECK(seen->hosts.front().ready);
  REQUIRE(seen->workloads.size() == 1);
  const auto& w = seen->workloads.front();
  CHECK(w.name == "w1");
  CHECK(w.id.value == ports::id_of_name("w1"));
  CHECK(w.replicas == 1);
  CHECK(w.running == 1);
  CHECK(w.reserved[resource::memory] == 8388608);
  CHECK(w.movable);
  REQUIRE(w.on.size() == 1);
  CHECK(w.on.front() == host_id{ports::id_of_name(nodes[1].name)});
}

TEST_CASE("a machine that left and joined anew is one host, as long as one of that name is ready") {
  auto nodes = hosts();
  nodes[0].name = nodes[1].name;
  nodes[0].state = "down";
  const auto seen = docker::inventory_of(nodes, {}, {});
  REQUIRE(seen.has_value());
  CHECK(seen->hosts.size() == 3);
  for (const auto& h : seen->hosts) CHECK(h.ready);
  nodes[1].state = "down";
  CHECK_FALSE(docker::inventory_of(nodes, {}, {}).has_value());  // which of them it is cannot be told
  nodes[0].state = nodes[1].state = "ready";
  CHECK_FALSE(docker::inventory_of(nodes, {}, {}).has_value());
}

TEST_CASE("draining a pinned node takes the service down: it is on no host, and may still be moved") {
  auto nodes = hosts();
  nodes[1].availability = "drain";
  auto tasks = docker::read_tasks(recorded("tasks.json")).value();
  for (auto& t : tasks) t.wanted = t.state = "shutdown";
  // As Docker 20.10.24 lists the one that waits for a node.
  tasks.push_back({.id = "t",
                   .service = services()[0].id,
                   .state = "pending",
                   .wanted = "running",
                   .said = "no suitable node (1 node not available for new tasks; scheduling constraints not "
                           "satisfied on 3 nodes)"});
  const auto seen = docker::inventory_of(nodes, services(), tasks);
  REQUIRE(seen.has_value());
  const auto& w = seen->workloads.front();
  CHECK(w.replicas == 1);
  CHECK(w.running == 0);
  CHECK(w.on.empty());
  CHECK(w.movable);
  for (const auto& h : seen->hosts) CHECK(h.schedulable == (h.name != nodes[1].name));
}

TEST_CASE("why a service cannot be moved stands beside it") {
  auto all = services();
  all[0].spec["Mode"] = {{"Global", docker::json::object()}};
  const auto seen = docker::inventory_of(hosts(), all, {});
  CHECK_FALSE(seen->workloads.front().movable);
  CHECK(seen->workloads.front().why_not.starts_with("it is not replicated"));
  CHECK(seen->workloads.front().on.empty());
}

TEST_CASE("two nodes of one name cannot be told apart: both are named") {
  const auto seen = docker::inventory_of(docker::read_nodes(recorded("nodes.json")).value(), {}, {});
  REQUIRE_FALSE(seen.has_value());
  CHECK(seen.error() ==
        "nodes 05l9gqkzty4kn8xbvmg1cwmiu and 7o6y2cuvdkbfu25g8nl5rhpxo have one id, their names are vm and "
        "vm: give "
        "them names of their own");
}
