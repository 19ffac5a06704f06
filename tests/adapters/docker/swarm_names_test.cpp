#include <foreshift/adapters/docker/swarm_names.hpp>

#include <adapters/docker/fake_manager.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace foreshift;
using docker_test::fake_manager;
using kind = docker::api_error::kind;

namespace {
workload_id workload(const std::string& name) { return {ports::id_of_name(name)}; }
place_id place(const std::string& name) { return {ports::id_of_name(name)}; }
}  // namespace

TEST_CASE("a service is looked for in the list once, and then asked for by its name") {
  fake_manager http;
  http.put({{"Name", "web"}});
  docker::manager m{http, "swarm a"};
  docker::swarm_names names;
  CHECK(names.name_of(workload("web")).empty());
  CHECK(names.service_of(m, workload("web"))->name == "web");
  CHECK(names.name_of(workload("web")) == "web");
  CHECK(names.service_of(m, workload("web"))->name == "web");
  CHECK(http.asked == std::vector<std::string>{"GET /v1.41/services", "GET /v1.41/services/web"});
  http.services.clear();
  const auto gone = names.service_of(m, workload("web"));
  REQUIRE_FALSE(gone.has_value());
  CHECK(gone.error().what == kind::absent);
  CHECK(names.name_of(workload("web")) == "web");
}

TEST_CASE("a service whose id begins with the name is another one") {
  fake_manager http;
  http.put({{"Name", "web"}});
  docker::manager m{http, "swarm a"};
  docker::swarm_names names;
  REQUIRE(names.service_of(m, workload("web")).has_value());
  http.services.clear();
  http.put({{"Name", "other"}});
  http.instead = [&](const fake_manager::request& r) {
    return r.target == "/v1.41/services/web"
               ? fake_manager::response{200, {}, http.services.at("other").dump()}
               : fake_manager::response{};
  };
  CHECK(names.service_of(m, workload("web")).error().what == kind::absent);
}

TEST_CASE("a node is found by its name, and the entry that it left behind does not count") {
  fake_manager http;
  http.node("a", "host-a");
  http.node("b", "host-b");
  docker::manager m{http, "swarm a"};
  CHECK(docker::node_of(m, place("host-b"))->id == "b");
  http.node("b2", "host-b");
  const auto two = docker::node_of(m, place("host-b"));
  REQUIRE_FALSE(two.has_value());
  CHECK(two.error().what == kind::refused);
  CHECK(two.error().reason.starts_with("swarm a: nodes b and b2 have one id"));
  http.nodes[1]["Status"]["State"] = "down";
  CHECK(docker::node_of(m, place("host-b"))->id == "b2");
  CHECK(docker::node_of(m, place("host-c")).error().what == kind::absent);
}
