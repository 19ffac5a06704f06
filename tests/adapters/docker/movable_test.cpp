#include <foreshift/adapters/docker/movable.hpp>

#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace foreshift;
using docker::why_not_movable;

namespace {
docker::service web() {
  return docker::read_service(docker_test::recorded("service_after_update.json")).value();
}
docker::task on(const char* node) {
  return {.id = "t", .node = node, .state = "running", .wanted = "running"};
}
}  // namespace

TEST_CASE("a service whose copies all stand on one node moves, however many they are") {
  auto s = web();
  CHECK_FALSE(why_not_movable(s, {on("a")}).has_value());
  s.spec["Mode"]["Replicated"]["Replicas"] = 3;
  CHECK_FALSE(why_not_movable(s, {on("a"), on("a"), on("a")}).has_value());
}

TEST_CASE("copies on several nodes cannot move one by one: it is said how they could") {
  auto s = web();
  s.spec["Mode"]["Replicated"]["Replicas"] = 2;
  CHECK(why_not_movable(s, {on("a"), on("b")}) ==
        "its copies stand on 2 nodes and Swarm moves them together: split it into a service for each site");
  const docker::task ending{.id = "t", .node = "b", .state = "running", .wanted = "shutdown"};
  CHECK_FALSE(why_not_movable(s, {on("a"), ending}).has_value());
}

TEST_CASE("global services, jobs and services without copies do not move") {
  auto s = web();
  for (const char* mode :
       {R"({"Global": {}})", R"({"ReplicatedJob": {"MaxConcurrent": 1}})", R"({"GlobalJob": {}})"}) {
    s.spec["Mode"] = docker_test::from_text(mode);
    CHECK(why_not_movable(s, {})->starts_with("it is not replicated"));
  }
  s.spec["Mode"] = {{"Replicated", {{"Replicas", 0}}}};
  CHECK(why_not_movable(s, {}) == "it is scaled to 0");
}

TEST_CASE("without a health check the old copy would go too soon") {
  auto s = web();
  s.spec["TaskTemplate"]["ContainerSpec"]["Healthcheck"]["Test"] = {"NONE"};
  CHECK(why_not_movable(s, {})->starts_with("it has no health check"));
  s.spec["TaskTemplate"]["ContainerSpec"].erase("Healthcheck");
  CHECK(why_not_movable(s, {})->starts_with("it has no health check"));
  CHECK_FALSE(why_not_movable(s, {}, {.health_check = false}).has_value());
  CHECK_FALSE(why_not_movable(s, {}, {}, {"bb:1"}).has_value());  // its image has one
  CHECK(docker::image_to_ask(s) == "bb:1");
  s.spec["TaskTemplate"]["ContainerSpec"]["Healthcheck"]["Test"] = docker::json::array();
  CHECK_FALSE(why_not_movable(s, {}, {}, {"bb:1"}).has_value());
  s.spec["TaskTemplate"]["ContainerSpec"]["Healthcheck"]["Test"] = {"NONE"};
  CHECK(why_not_movable(s, {}, {}, {"bb:1"})->starts_with("it has no health check: "));  // switched off
  CHECK(docker::image_to_ask(s).empty());
}

TEST_CASE("data on the node keeps a service there, unless it only reads or the volume is elsewhere") {
  auto s = web();
  const auto with = [&](const char* mount) {
    s.spec["TaskTemplate"]["ContainerSpec"]["Mounts"] =
        docker_test::from_text("[" + std::string{mount} + "]");
    return why_not_movable(s, {});
  };
  CHECK(with(R"({"Type": "volume", "Source": "data", "Target": "/d"})") ==
        "it writes to the local volume data, which would stay behind");
  CHECK(with(R"({"Type": "bind", "Source": "/srv", "Target": "/d"})") ==
        "it writes to the host's folder /srv, which would stay behind");
  CHECK_FALSE(with(R"({"Type": "bind", "Source": "/srv", "Target": "/d", "ReadOnly": true})"));
  CHECK_FALSE(with(R"({"Type": "tmpfs", "Target": "/d"})"));
  CHECK_FALSE(
      with(R"({"Type": "volume", "Source": "d", "VolumeOptions": {"DriverConfig": {"Name": "nfs"}}})"));
}

TEST_CASE("a node that is down, paused or excluded is no destination: the update would wait for ever") {
  const auto spec = docker_test::from_text(
      R"({"TaskTemplate": {"Placement": {"Constraints": ["node.role==manager", "node.id==x"]}}})");
  docker::node to{.id = "n", .name = "n", .availability = "active", .state = "ready", .role = "manager"};
  CHECK_FALSE(docker::why_not_to(spec, to).has_value());
  to.availability = "pause";
  CHECK(docker::why_not_to(spec, to) == "the node's availability is pause");
  to.state = "down";
  CHECK(docker::why_not_to(spec, to) == "the node is down");
  to = {.id = "n", .name = "n", .availability = "active", .state = "ready", .role = "worker"};
  CHECK(docker::why_not_to(spec, to) == "its constraint \"node.role==manager\" excludes the node");
}

TEST_CASE("no damage to a specification upsets the judgement") {
  auto s = web();
  const auto whole = s.spec;
  std::size_t movable = 0;
  docker_test::for_each_damage(whole, [&](const docker::json& damaged) {
    s.spec = damaged;
    movable += why_not_movable(s, {}) ? 0 : 1;
  });
  CHECK(movable > 0);
}
