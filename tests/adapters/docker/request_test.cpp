#include <foreshift/adapters/docker/request.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;

// Engine API v1.41: /nodes, /services, /tasks, /containers/{id}/stats, /services/{id}/update,
// /services/create.
TEST_CASE("each request has the method, path and query of the published API") {
  CHECK(docker::list_nodes().target == "/v1.41/nodes");
  CHECK(docker::list_services().target == "/v1.41/services");
  CHECK(docker::list_tasks().target == "/v1.41/tasks");
  CHECK(docker::list_tasks("w1").target == "/v1.41/tasks?filters=%7B%22service%22%3A%5B%22w1%22%5D%7D");
  CHECK(docker::get_service("w1").method == "GET");
  CHECK(docker::get_network("host").target == "/v1.41/networks/host?scope=swarm");
  CHECK(docker::get_container_stats("c1").target == "/v1.41/containers/c1/stats?stream=false");
  CHECK(docker::get_container_counts("c1").target == "/v1.41/containers/c1/stats?stream=false&one-shot=true");
  CHECK(docker::list_service_containers().target ==
        "/v1.41/containers/"
        "json?filters=%7B%22label%22%3A%5B%22com.docker.swarm.service.name%22%5D%2C%22status%22"
        "%3A%5B%22running%22%5D%7D");
  CHECK(docker::get_named("secret", "key").target == "/v1.41/secrets/key");
  CHECK(docker::get_image("a/b:1").target == "/v1.41/images/a%2Fb%3A1/json");
  CHECK(docker::get_info().target == "/v1.41/info");
  const auto update = docker::update_service("w1", 18446744073709551615U, docker::json{{"Name", "w1"}});
  CHECK(update.method == "POST");
  CHECK(update.target == "/v1.41/services/w1/update?version=18446744073709551615");
  CHECK(update.body == R"({"Name":"w1"})");
  CHECK(docker::create_service(docker::json::object()).target == "/v1.41/services/create");
}

TEST_CASE("a name cannot leave its place in the path") {
  CHECK(docker::get_service("a/../nodes?x=1\r\nHost: b").target ==
        "/v1.41/services/a%2F..%2Fnodes%3Fx%3D1%0D%0AHost%3A%20b");
}
