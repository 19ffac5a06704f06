#include <foreshift/adapters/docker/container.hpp>

#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

using namespace foreshift;
using docker_test::from_text, docker_test::recorded;

TEST_CASE("a real daemon's list gives the containers and their services") {
  const auto listed = docker::read_containers(recorded("containers.json"));
  REQUIRE(listed.has_value());
  REQUIRE(listed->size() == 2);
  CHECK((*listed)[0].id == "ea1dd2a319a8b8d1b7b5a4a2a662c61ad3d0a5edd9f662525001161f9cda8c46");
  CHECK((*listed)[0].service == "idle");
  CHECK((*listed)[1].service == "busy");
  CHECK(docker::read_containers(from_text("[]"))->empty());
}

TEST_CASE("a container without an id or a service is refused with what it lacks") {
  const auto why = [](const std::string& text) { return docker::read_containers(from_text(text)).error(); };
  CHECK(why("{}") == "not a list of containers");
  CHECK(why(R"([{"Labels": {}}])").starts_with("container 0 of the list lacks Id"));
  CHECK(why(R"([{"Id": ")" + std::string(129, 'a') + R"("}])").starts_with("container 0 of the list"));
  CHECK(why(R"([{"Id": "c1", "Labels": {"com.docker.swarm.service.name": 7}}])") ==
        "container c1 lacks the label com.docker.swarm.service.name");
}

TEST_CASE("a damaged list is refused or read with what it says") {
  std::size_t read = 0;
  docker_test::for_each_damage(recorded("containers.json"), [&](const docker::json& damaged) {
    const auto listed = docker::read_containers(damaged);
    if (!listed) return;
    ++read;
    for (const auto& c : *listed) CHECK((!c.id.empty() && !c.service.empty()));
  });
  CHECK(read > 0);
}
