#include <foreshift/adapters/docker/swarm_ids.hpp>

#include <adapters/docker/fake_manager.hpp>
#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace foreshift;
using docker::json;
using docker_test::fake_manager;

namespace {
json spec_with_all() {
  return docker_test::from_text(R"({"TaskTemplate": {"Networks": [{"Target": "n1"}, {"Target": "n2"}],
    "ContainerSpec": {"Secrets": [{"SecretID": "s1", "SecretName": "key", "File": {"Name": "k"}}],
      "Configs": [{"ConfigID": "c1", "ConfigName": "site"}, {"ConfigID": "c2", "ConfigName": "more"}]}}})");
}
}  // namespace

TEST_CASE("networks, secrets and configs are those of their names there, and the rest stays") {
  fake_manager there;
  there.networks = {{"N1", "front"}, {"N2", "back"}};
  there.secrets = {{"key", "S1"}};
  there.configs = {{"more", "C2"}, {"site", "C1"}};
  docker::manager m{there, "swarm b"};
  auto spec = spec_with_all();
  const auto ids = docker::ids_in(m, spec, {"front", "back"});
  REQUIRE(ids.has_value());
  docker::set_ids(spec, *ids);
  auto expected = docker::to_text(spec_with_all());
  for (const char* id : {"n1", "n2", "s1", "c1", "c2"}) {
    const auto at = expected.find(std::string{"\""} + id + '"');
    expected[at + 1] = static_cast<char>(expected[at + 1] - 'a' + 'A');
  }
  CHECK(docker::to_text(spec) == expected);
}

TEST_CASE("a specification's networks are named by their own swarm") {
  fake_manager here;
  here.networks = {{"n1", "front"}, {"n2", "back"}};
  docker::manager m{here, "swarm a"};
  CHECK(docker::network_names(m, spec_with_all()).value() == std::vector<std::string>{"front", "back"});
  here.networks.erase("n2");
  CHECK(docker::network_names(m, spec_with_all()).error().reason.find("GET /v1.41/networks/n2") !=
        std::string::npos);
}

TEST_CASE("what there is none of is told with how to make it") {
  fake_manager there;
  docker::manager m{there, "swarm b"};
  const auto why = [&] { return docker::ids_in(m, spec_with_all(), {"front", "back"}).error(); };
  CHECK(why().what == docker::api_error::kind::absent);
  CHECK(why().reason ==
        "it uses network front, and there is none of that name: make it there (docker network create "
        "--driver overlay front)");
  there.networks = {{"N1", "front"}, {"N2", "back"}};
  CHECK(why().reason ==
        "it uses secret key, and there is none of that name: make it there (docker secret create key FILE)");
  there.secrets = {{"key", "S1"}};
  there.configs = {{"site", "C1"}};
  CHECK(
      why().reason ==
      "it uses config more, and there is none of that name: make it there (docker config create more FILE)");
}

TEST_CASE(
    "an answer about another secret says that there is none of that name, one that fails says nothing") {
  fake_manager there;
  docker::manager m{there, "swarm b"};
  there.networks = {{"N1", "front"}, {"N2", "back"}};
  std::string secret = R"({"ID": "S1", "Spec": {"Name": "another"}})";
  there.instead = [&](const fake_manager::request& r) {
    return r.target.starts_with("/v1.41/secrets/") ? fake_manager::response{200, {}, secret}
                                                   : fake_manager::response{};
  };
  const auto why = [&] { return docker::ids_in(m, spec_with_all(), {"front", "back"}).error(); };
  CHECK(why().what == docker::api_error::kind::absent);  // its id begins so
  CHECK(why().reason ==
        "it uses secret key, and there is none of that name: make it there (docker secret create key FILE)");
  secret = "<html>";
  CHECK(why().what == docker::api_error::kind::unknown);
  auto nameless = spec_with_all();
  nameless["TaskTemplate"]["ContainerSpec"]["Secrets"][0].erase("SecretName");
  CHECK(docker::ids_in(m, nameless, {}).error().reason == "it uses a secret without a name");
}
