#include <foreshift/adapters/docker/manager.hpp>

#include <adapters/docker/fake_manager.hpp>
#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace foreshift;
using docker::api_error;
using docker_test::fake_manager;

TEST_CASE("an update gives the service as it is then, and a stale one is a conflict") {
  fake_manager http;
  http.put({{"Name", "w1"}});
  docker::manager m{http, "swarm a"};
  const auto before = m.find("w1");
  REQUIRE(before.has_value());
  const auto after = m.update(*before, {{"Name", "w1"}, {"Labels", {{"a", "b"}}}});
  REQUIRE(after.has_value());
  CHECK(after->version > before->version);
  CHECK(after->label("a") == "b");
  const auto stale = m.update(*before, {{"Name", "w1"}});
  REQUIRE_FALSE(stale.has_value());
  CHECK(stale.error().what == api_error::kind::conflict);
  CHECK(stale.error().reason.find("swarm a: POST /v1.41/services/id-w1/update?version=17") !=
        std::string::npos);
}

TEST_CASE("what was written and cannot be read back counts as unknown, not as refused") {
  fake_manager http;
  http.put({{"Name", "w1"}});
  docker::manager m{http, "swarm a"};
  const auto before = m.find("w1").value();
  http.instead = [&](const fake_manager::request& r) {
    return r.method == "GET" ? fake_manager::response{404, {}, R"({"message": "service w1 not found"})"}
                             : fake_manager::response{};
  };
  CHECK(m.update(before, {{"Name", "w1"}}).error().what == api_error::kind::unknown);
}

TEST_CASE("an answer that is JSON and not what was asked for names the request") {
  fake_manager http;
  http.instead = [](const fake_manager::request&) { return fake_manager::response{200, {}, R"({"a": 1})"}; };
  docker::manager m{http, "swarm a"};
  CHECK(m.nodes().error().reason == "swarm a: GET /v1.41/nodes: not a list of nodes");
  CHECK(m.tasks("x").error().reason.ends_with(": not a list of tasks"));
  CHECK(m.find("x").error().reason == "swarm a: GET /v1.41/services/x: a service without ID");
  CHECK(m.network("n", "Id").error().reason ==
        "swarm a: GET /v1.41/networks/n?scope=swarm: a network without Name or Id");
  CHECK(m.id_of("secret", "n").error().reason ==
        "swarm a: GET /v1.41/secrets/n: a secret without ID or Spec.Name");
}

TEST_CASE("what a manager finds by the beginning of an id is not what was asked for by name: absent") {
  fake_manager http;
  docker::manager m{http, "swarm a"};
  // As Docker answers for "web", where no object is called so.
  http.instead = [](const fake_manager::request& r) {
    const auto answer = [](const docker::json& body) { return fake_manager::response{200, {}, body.dump()}; };
    if (r.target.starts_with("/v1.41/networks/")) return answer({{"Id", "web7x"}, {"Name", "front"}});
    return answer({{"ID", "web7x"}, {"Version", {{"Index", 7}}}, {"Spec", {{"Name", "front"}}}});
  };
  const auto none = m.find("web");
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().what == api_error::kind::absent);
  CHECK(none.error().reason == "swarm a: no service is called \"web\"; the answer is about \"front\"");
  CHECK(m.find("web7x").has_value());
  CHECK(m.find("front").has_value());
  CHECK(m.network("web", "Id").error().what == api_error::kind::absent);
  CHECK(m.network("front", "Id").value() == "web7x");
  CHECK(m.network("web7x", "Name").value() == "front");
  CHECK(m.id_of("secret", "web").error().what == api_error::kind::absent);
  CHECK(m.id_of("config", "front").value() == "web7x");
}

TEST_CASE("an image is asked about once, and only where a specification leaves the health check to it") {
  fake_manager http;
  docker::manager m{http, "swarm a"};
  const auto with = [](const std::string& image, const docker::json& test, int replicas = 1) {
    docker::service s{.id = image, .name = image};
    s.spec["Mode"]["Replicated"]["Replicas"] = replicas;
    s.spec["TaskTemplate"]["ContainerSpec"] = {{"Image", image}, {"Healthcheck", {{"Test", test}}}};
    return s;
  };
  const auto none = docker::json::array();
  http.images["healthy"] = {{"Config", {{"Healthcheck", {{"Test", {"CMD", "x"}}}}}}};
  http.images["silent"] = {{"Config", {{"Healthcheck", {{"Test", {"NONE"}}}}}}};
  const auto found = m.checked_images(
      {with("healthy", none), with("healthy", none), with("silent", none), with("elsewhere", none),
       with("off", {"NONE"}), with("own", {"CMD", "y"}), with("stopped", none, 0)},
      {});
  REQUIRE(found.has_value());
  CHECK(*found == std::set<std::string>{"healthy"});
  CHECK(http.asked == std::vector<std::string>{"GET /v1.41/images/healthy/json",
                                               "GET /v1.41/images/silent/json",
                                               "GET /v1.41/images/elsewhere/json"});
  CHECK(m.checked_images({with("healthy", none)}, {.health_check = false})->empty());
}

TEST_CASE("an absent service is told apart, and refused where nobody asks") {
  fake_manager http;
  docker::manager m{http, "swarm a"};
  const auto none = m.find("w1");
  CHECK(none.error().what == api_error::kind::absent);
  CHECK(docker::as_call_error(none.error()).what == ports::call_error::kind::refused);
}
