#include <foreshift/adapters/docker/task.hpp>

#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

using namespace foreshift;
using docker_test::from_text, docker_test::recorded;

TEST_CASE("after a real move the new task serves and the old one does not") {
  const auto tasks = docker::read_tasks(recorded("tasks.json"));
  REQUIRE(tasks.has_value());
  REQUIRE(tasks->size() == 2);
  const auto& fresh = tasks->at(0);
  CHECK(fresh.id == "elprhmmkz1vhuinaam0j51hmd");
  CHECK(fresh.service == "tby03pkm5g6xn541f3ks9pjof");
  CHECK(fresh.node == "7o6y2cuvdkbfu25g8nl5rhpxo");
  CHECK(fresh.container == "31e549c6b333a4691e108d9ea8e99c7d7b41a01ffb734370be44686853662983");
  CHECK(fresh.said == "started");
  CHECK(fresh.slot == 1);
  CHECK(fresh.serves());
  CHECK_FALSE(tasks->at(1).serves());
}

TEST_CASE("a task that is to stop does not serve, though it still runs") {
  const docker::task ending{.id = "t", .state = "running", .wanted = "shutdown"};
  CHECK(ending.runs());
  CHECK_FALSE(ending.serves());
  const docker::task rejected{.id = "t", .state = "rejected", .wanted = "running"};
  CHECK(rejected.failed());
}

TEST_CASE("a list that is none, and a task that lacks what is needed, are refused") {
  CHECK(docker::read_tasks(from_text(R"({"message": "x"})")).error() == "not a list of tasks");
  CHECK(docker::read_tasks(from_text(R"([{"ID": "a"}])")).error() == "task 0 of the list lacks Status.State");
  CHECK(docker::read_tasks(from_text(R"([{"ID": "a", "Status": {"State": "new"}}])")).error() ==
        "task 0 of the list lacks DesiredState");
  std::size_t read = 0;
  docker_test::for_each_damage(recorded("tasks.json"), [&](const docker::json& damaged) {
    read += docker::read_tasks(damaged) ? 1 : 0;
  });
  CHECK(read > 0);
}
