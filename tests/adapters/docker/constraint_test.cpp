#include <foreshift/adapters/docker/constraint.hpp>

#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace foreshift;
using docker::parse_constraint, docker::pins, docker::satisfies;

namespace {
const docker::node here{.id = "n7",
                        .name = "Host-7",
                        .role = "worker",
                        .os = "linux",
                        .architecture = "x86_64",
                        .labels = {{"site", "a"}, {"disk", "SSD"}},
                        .engine_labels = {{"rack", "4"}}};
std::optional<bool> holds(const char* text) { return satisfies(here, *parse_constraint(text)); }
}  // namespace

TEST_CASE("a constraint is a key, == or !=, and a value; anything else is none") {
  const auto c = parse_constraint("node.labels.disk != ssd ");
  REQUIRE(c.has_value());
  CHECK(c->key == "node.labels.disk");
  CHECK_FALSE(c->equal);
  CHECK(c->value == "ssd");
  for (const char* none : {"", "bogus", "==x", "a==", "a=b", "  ==  ", "!="})
    CHECK_FALSE(parse_constraint(none));
}

TEST_CASE("a node satisfies what Swarm would say it does, without regard to case") {
  CHECK(holds("node.id==n7") == true);
  CHECK(holds("node.hostname==host-7") == true);
  CHECK(holds("node.hostname!=host-7") == false);
  CHECK(holds("node.role==manager") == false);
  CHECK(holds("node.platform.os==Linux") == true);
  CHECK(holds("node.platform.arch==arm64") == false);
  CHECK(holds("node.labels.disk==ssd") == true);
  CHECK(holds("node.labels.gpu!=yes") == true);
  CHECK(holds("node.labels.gpu==yes") == false);
  CHECK(holds("engine.labels.rack==4") == true);
}

TEST_CASE("what cannot be told from outside is left open") {
  CHECK_FALSE(holds("node.ip==10.0.0.0/8").has_value());
  CHECK_FALSE(holds("node.future==x").has_value());
}

TEST_CASE("an id, a host's name and the label that names places pin; kinds of nodes do not") {
  CHECK(pins(*parse_constraint("node.id==x")));
  CHECK(pins(*parse_constraint("node.Hostname==x")));
  CHECK_FALSE(pins(*parse_constraint("node.hostname!=x")));
  CHECK_FALSE(pins(*parse_constraint("node.labels.site==a")));
  CHECK(pins(*parse_constraint("node.labels.site==a"), "site"));
  CHECK_FALSE(pins(*parse_constraint("node.labels.sites==a"), "site"));
  CHECK_FALSE(pins(*parse_constraint("node.role==worker"), "site"));
}

TEST_CASE("the first constraint that excludes a node is named, pins aside") {
  const auto spec = docker_test::from_text(
      R"({"TaskTemplate": {"Placement": {"Constraints": ["node.id==other", 7, "odd", "node.role==worker", "node.labels.disk==hdd"]}}})");
  CHECK(docker::excluded_by(spec, here) == "node.labels.disk==hdd");
  CHECK_FALSE(docker::excluded_by(spec, here, "disk").has_value());
  CHECK_FALSE(docker::excluded_by(docker_test::from_text("[]"), here).has_value());
}

TEST_CASE("the node that a specification is pinned to is the one whose id it names") {
  CHECK(
      docker::pinned_to(docker_test::from_text(
          R"({"TaskTemplate": {"Placement": {"Constraints": ["node.id!=a", "node.hostname==b", "node.id==c"]}}})")) ==
      "c");
  CHECK(docker::pinned_to(docker_test::from_text("{}")).empty());
}
