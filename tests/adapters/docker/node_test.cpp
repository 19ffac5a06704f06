#include <foreshift/adapters/docker/node.hpp>

#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using docker_test::from_text, docker_test::recorded;

TEST_CASE("the nodes of a real swarm are read") {
  const auto nodes = docker::read_nodes(recorded("nodes.json"));
  REQUIRE(nodes.has_value());
  REQUIRE(nodes->size() == 4);
  const auto& n = nodes->front();
  CHECK(n.id == "05l9gqkzty4kn8xbvmg1cwmiu");
  CHECK(n.name == "vm");
  CHECK(n.labels.at("dc") == "n4");
  CHECK(n.role == "worker");
  CHECK(n.os == "linux");
  CHECK(n.architecture == "x86_64");
  CHECK(n.ready());
  CHECK(n.schedulable());
  CHECK(n.capacity[resource::cpu] == 2);
  CHECK(n.capacity[resource::memory] == 25276026880.0);
}

TEST_CASE("a node that is drained or paused takes nothing new, one that is down is not ready") {
  auto list = recorded("nodes.json");
  list[0]["Spec"]["Availability"] = "drain";
  list[1]["Spec"]["Availability"] = "pause";
  list[2]["Status"]["State"] = "down";
  const auto nodes = docker::read_nodes(list).value();
  CHECK_FALSE(nodes[0].schedulable());
  CHECK_FALSE(nodes[1].schedulable());
  CHECK_FALSE(nodes[2].ready());
}

TEST_CASE("a list that is none, and a node that lacks what is needed, are refused") {
  CHECK(docker::read_nodes(from_text("{}")).error() == "not a list of nodes");
  CHECK(docker::read_nodes(from_text("[7]")).error() == "node 0 of the list lacks ID");
  CHECK(docker::read_nodes(from_text(R"([{"ID": "a"}])")).error() ==
        "node 0 of the list lacks Description.Hostname");
  CHECK(docker::read_nodes(
            from_text(R"([{"ID": "a", "Description": {"Hostname": "h"}, "Status": {"State": "ready"}}])"))
            .error() == "node 0 of the list lacks Spec.Availability");
  auto list = recorded("nodes.json");
  for (auto& one : list) one["Description"].erase("Engine");
  std::size_t read = 0;
  docker_test::for_each_damage(
      list, [&](const docker::json& damaged) { read += docker::read_nodes(damaged) ? 1 : 0; });
  CHECK(read > 0);
}
