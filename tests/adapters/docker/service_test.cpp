#include <foreshift/adapters/docker/service.hpp>

#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

using namespace foreshift;
using docker_test::from_text, docker_test::recorded;

TEST_CASE("a real service after an update is read") {
  const auto s = docker::read_service(recorded("service_after_update.json"));
  REQUIRE(s.has_value());
  CHECK(s->id == "tby03pkm5g6xn541f3ks9pjof");
  CHECK(s->name == "w1");
  CHECK(s->version == 176);
  CHECK(s->replicas() == 1);
  CHECK(s->update == "completed");
  CHECK(s->update_said == "update completed");
  CHECK(s->spec == recorded("service_after_update.json")["Spec"]);
  CHECK(s->previous == recorded("service_after_update.json")["PreviousSpec"]);
  CHECK(docker::resources_of(*s, "Reservations")[resource::cpu] == 0.01);
  CHECK(docker::resources_of(*s, "Reservations")[resource::memory] == 8388608);
  CHECK(docker::resources_of(*s, "Limits")[resource::memory] == 0);
}

TEST_CASE("before the first update there is no status of one, and no specification before it") {
  const auto s = docker::read_service(
      from_text(R"({"ID": "a", "Version": {"Index": 17}, "Spec": {"Name": "w1", "Mode": {"Global": {}}}})"));
  REQUIRE(s.has_value());
  CHECK(s->update.empty());
  CHECK(s->previous.is_null());
  CHECK_FALSE(s->replicas().has_value());
}

TEST_CASE("a service that lacks what a write needs is refused by name") {
  CHECK(docker::read_service(from_text("[]")).error() == "a service without ID");
  CHECK(docker::read_service(from_text(R"({"ID": "a", "Version": {"Index": -1}})")).error() ==
        "service a lacks Version.Index");
  CHECK(docker::read_service(from_text(R"({"ID": "a", "Version": {"Index": 1}, "Spec": []})")).error() ==
        "service a lacks Spec.Name");
  CHECK(docker::read_services(from_text("{}")).error() == "not a list of services");
  CHECK(docker::read_services(from_text("[{}]")).error() == "a service without ID");
  std::size_t read = 0;
  docker_test::for_each_damage(recorded("service_after_update.json"), [&](const docker::json& damaged) {
    const auto s = docker::read_service(damaged);
    if (!s) return;
    ++read;
    CHECK(s->spec.is_object());
    static_cast<void>(s->replicas());
    static_cast<void>(docker::resources_of(*s, "Limits"));
  });
  CHECK(read > 0);
}
