#include <foreshift/adapters/docker/move_spec.hpp>

#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using docker::json;

namespace {
json web() { return docker_test::recorded("service_after_update.json")["Spec"]; }
}  // namespace

TEST_CASE("a move within a swarm changes the pin, the order and what happens on failure, and nothing else") {
  auto spec = web();
  spec["TaskTemplate"]["Placement"] = {
      {"Constraints", {"node.role==worker", "node.id==old", "node.hostname==h"}},
      {"Preferences", {{{"Spread", {{"SpreadDescriptor", "node.labels.dc"}}}}}},
      {"MaxReplicas", 2}};
  spec["Unknown"] = {{"Member", 18446744073709551615U}};
  const auto moved = docker::move_within(spec, "new");
  json expected = spec;
  expected["TaskTemplate"]["Placement"]["Constraints"] = {"node.role==worker", "node.id==new"};
  expected["UpdateConfig"]["FailureAction"] = "pause";
  CHECK(moved.spec == expected);
  json back = moved.spec;
  docker::put_back(back, moved.changes);
  CHECK(back == spec);
}

TEST_CASE("a label that names places is a pin where it is declared to be one") {
  const auto spec = web();  // node.labels.dc==n2
  CHECK(docker::placement_on(spec, "x")["Constraints"] == json{"node.labels.dc==n2", "node.id==x"});
  CHECK(docker::placement_on(spec, "x", "dc")["Constraints"] == json::array({"node.id==x"}));
}

TEST_CASE(
    "a service without placement and settings of updates gets whole ones, and loses them with the undo") {
  const json spec = docker_test::from_text(R"({"Name": "w", "TaskTemplate": {}})");
  const auto moved = docker::move_within(spec, "new");
  CHECK(moved.spec["TaskTemplate"]["Placement"]["Constraints"] == json::array({"node.id==new"}));
  CHECK(moved.spec["UpdateConfig"] == json{{"Parallelism", 1},
                                           {"Monitor", 5'000'000'000},
                                           {"MaxFailureRatio", 0},
                                           {"Order", "start-first"},
                                           {"FailureAction", "pause"}});
  json back = moved.spec;
  docker::put_back(back, moved.changes);
  CHECK(back == spec);
}

TEST_CASE("after a move that went well the owner's settings of updates are back, the placement stays") {
  auto spec = web();
  spec["UpdateConfig"]["Order"] = "stop-first";
  const auto moved = docker::move_within(spec, "new", "dc");
  const json settled = docker::settled(moved.spec, moved.changes);
  CHECK(settled["UpdateConfig"] == spec["UpdateConfig"]);
  CHECK(settled["TaskTemplate"]["Placement"]["Constraints"] == json::array({"node.id==new"}));
}

TEST_CASE("a service that holds a token has no copies, so its image is not looked for") {
  const json held = docker::held_spec("w1");
  CHECK(held["Name"] == "w1");
  CHECK(held["Mode"]["Replicated"]["Replicas"] == 0);
}

TEST_CASE(
    "for another swarm the ids of networks are those there, our labels stay here, attempts are counted") {
  auto spec = web();
  spec["Labels"] = {{"team", "a"}, {"foreshift.record", "x"}, {"foreshift.changes", "y"}};
  const json there = docker::spec_between(spec, "node-b", {.networks = {"net-b"}}, 4, "dc");
  CHECK(there["Labels"] == json{{"team", "a"}, {"foreshift.ours", "1"}});
  CHECK(there["TaskTemplate"]["Networks"][0]["Target"] == "net-b");
  CHECK(there["TaskTemplate"]["ForceUpdate"] == 4);
  CHECK(there["TaskTemplate"]["Placement"]["Constraints"] == json::array({"node.id==node-b"}));
  CHECK(there["TaskTemplate"]["ContainerSpec"] == spec["TaskTemplate"]["ContainerSpec"]);
  CHECK(there["Mode"] == spec["Mode"]);
}

TEST_CASE("limits are whole nanoseconds of cores and bytes, and what is 0 stays") {
  auto spec = web();
  resources limits;
  limits[resource::cpu] = 0.3;
  docker::set_limits(spec, limits);
  CHECK(spec["TaskTemplate"]["Resources"]["Limits"] == json{{"NanoCPUs", 300'000'000}});
  CHECK(spec["TaskTemplate"]["Resources"]["Reservations"]["MemoryBytes"] == 8388608);
}

TEST_CASE("no damage to a specification upsets a move") {
  std::size_t changed = 0;
  docker_test::for_each_damage(web(), [&](const json& damaged) {
    changed += docker::move_within(damaged, "x").changes.size();
    static_cast<void>(docker::spec_between(damaged, "x", {{"n"}, {"s"}, {"c"}}, 1));
  });
  CHECK(changed > 0);
}
