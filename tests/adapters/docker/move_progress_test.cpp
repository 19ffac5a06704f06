#include <foreshift/adapters/docker/move_progress.hpp>
#include <foreshift/adapters/docker/move_spec.hpp>

#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace foreshift;
using state = ports::copy_progress::state;

namespace {

/// As a move has just written it.
docker::service moving() {
  auto s = docker::read_service(docker_test::recorded("service_after_update.json")).value();
  auto plan = docker::move_within(s.spec, "b");
  docker::keep(plan.spec, {}, plan.changes);
  s.spec = plan.spec;
  s.update.clear();
  return s;
}
docker::task at(const char* node, const char* is, const char* wanted = "running", const char* said = "") {
  return {.id = "t", .node = node, .state = is, .wanted = wanted, .said = said};
}
const std::vector<docker::node> both = {{.id = "a", .state = "ready"}, {.id = "b", .state = "ready"}};
const docker::task old_one = at("a", "running");
state of(const docker::service& s, const std::vector<docker::task>& tasks) {
  return docker::progress_within(s, tasks, both).what;
}

}  // namespace

TEST_CASE(
    "a move is over when the copy there runs, the one here is told to stop and the update is complete") {
  auto s = moving();
  CHECK(of(s, {old_one}) == state::copying);
  s.update = "updating";
  CHECK(of(s, {old_one, at("b", "starting")}) == state::copying);
  CHECK(of(s, {old_one, at("b", "running")}) == state::ready);
  CHECK(of(s, {at("a", "running", "shutdown"), at("b", "running")}) == state::ready);  // Swarm still watches
  s.update = "completed";
  CHECK(of(s, {at("a", "running", "shutdown"), at("b", "running")}) == state::ready);  // on its way out
  CHECK(of(s, {at("a", "shutdown", "shutdown"), at("b", "running")}) == state::serving);
}

TEST_CASE("what a node that is down last said of its copy does not hold up a move away from it") {
  auto s = moving();
  s.update = "completed";
  const std::vector<docker::task> tasks = {at("a", "running", "shutdown"), at("b", "running")};
  const std::vector<docker::node> down = {{.id = "a", .state = "down"}, {.id = "b", .state = "ready"}};
  CHECK(docker::progress_within(s, tasks, down).what == state::serving);
  CHECK(docker::progress_within(s, tasks, {}).what == state::serving);
}

TEST_CASE("a status that is absent or of the update before says nothing: the tasks do") {
  auto s = moving();
  CHECK(of(s, {at("b", "running")}) == state::serving);
  s.update = "completed";
  CHECK(of(s, {old_one}) == state::copying);
}

TEST_CASE("all copies have to be there") {
  auto s = moving();
  auto plan = docker::move_within(s.spec, "b");
  docker::set_replicas(plan.spec, 2);
  docker::keep(plan.spec, {}, plan.changes);
  s.spec = plan.spec;
  CHECK(of(s, {at("b", "running")}) == state::copying);
  CHECK(of(s, {at("b", "running"), at("b", "running")}) == state::serving);
}

TEST_CASE("where no node can be found the update goes on for ever, and it is said why") {
  auto s = moving();
  s.update = "updating";
  const auto p =
      docker::progress_within(s, {old_one, at("", "pending", "running", "no suitable node")}, both);
  CHECK(p.what == state::copying);
  CHECK(p.reason == "no suitable node");
}

TEST_CASE("a paused update has failed, with what Swarm and the task say") {
  auto s = moving();
  s.update = "paused";
  s.update_said = "update paused";
  const auto p = docker::progress_within(s,
                                         {old_one, at("b", "failed", "shutdown", "task: non-zero exit (3)"),
                                          at("a", "failed", "shutdown", "old")},
                                         both);
  CHECK(p.what == state::failed);
  CHECK(p.reason == "service w1: update paused: task: non-zero exit (3)");
}

TEST_CASE("a change by hand and a rollback by hand are foreign") {
  auto s = moving();
  s.spec["TaskTemplate"]["ContainerSpec"]["Image"] = "bb:2";
  CHECK(of(s, {old_one}) == state::foreign);
  s = moving();
  s.update = "rollback_completed";
  CHECK(of(s, {old_one}) == state::foreign);
}

TEST_CASE("a move that a fence has put back has failed") {
  auto s = moving();
  docker::keep(s.spec, {}, {});
  CHECK(of(s, {old_one}) == state::failed);
}

TEST_CASE("a copy in another swarm is ready when it runs; attempts before it do not count") {
  auto s = moving();
  s.spec["TaskTemplate"]["ForceUpdate"] = 2;
  docker::keep(s.spec, {}, {});
  const auto attempt = [](docker::task t, std::uint64_t forced) { return t.forced = forced, t; };
  const auto between = [&](const std::vector<docker::task>& tasks) {
    return docker::progress_between(s, tasks, both).what;
  };
  CHECK(between({attempt(at("b", "failed"), 1)}) == state::copying);
  CHECK(between({attempt(at("b", "running"), 1)}) == state::copying);
  CHECK(between({attempt(at("b", "running"), 2)}) == state::ready);
  CHECK(between({attempt(at("b", "failed"), 2), attempt(at("b", "starting"), 2)}) == state::failed);
  CHECK(between({attempt(at("b", "rejected"), 2)}) == state::failed);
  s.spec["Labels"]["x"] = "theirs";
  CHECK(between({attempt(at("b", "running"), 2)}) == state::foreign);
}

TEST_CASE("a copy on its way to a node that has left the swarm has failed, and it is said why") {
  const std::string why = "service w1: the node b has left the swarm for good";
  const std::vector<docker::node> removed = {{.id = "a", .name = "host-a", .state = "ready"}};
  const auto s = moving();
  CHECK(docker::progress_within(s, {old_one}, removed).what == state::failed);
  CHECK(docker::progress_within(s, {old_one}, removed).reason == why);
  CHECK(docker::progress_between(s, {}, removed).reason == why);
  auto again = removed;  // it came back as another node
  again.push_back({.id = "b", .name = "host-b", .state = "down"});
  CHECK(docker::progress_within(s, {old_one}, again).what == state::copying);
  again.push_back({.id = "b2", .name = "host-b", .state = "ready"});
  CHECK(docker::progress_within(s, {old_one}, again).reason == why);
}
