#include <foreshift/adapters/kubernetes/cluster_names.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using kubernetes::cluster_names, kubernetes::kind, kubernetes::object_name, kubernetes::parse_object_name;

TEST_CASE("a workload's name is read as it is written, and a Deployment by its namespace and name alone") {
  for (const auto what : {kind::deployment, kind::stateful_set, kind::replica_set}) {
    const object_name which{what, "shop", "web"};
    CHECK(parse_object_name(to_string(which)) == which);
  }
  CHECK(parse_object_name("shop/web") == object_name{kind::deployment, "shop", "web"});
  for (const char* text : {"", "web", "/web", "shop/", "a/b/c/d", "node/a/b", "statefulset/",
                           "deployment/web", "deployment//web"})
    CHECK_MESSAGE(!parse_object_name(text), text);
  CHECK(to_string(object_name{kind::node, "", "n1"}).empty());
}

TEST_CASE("a number is that of the name, and an unknown one has none") {
  cluster_names names;
  const auto id = names.learn_node("n1");
  REQUIRE(id.has_value());
  CHECK(id->value == ports::id_of_name("n1"));
  CHECK(names.learn_node("n1") == id);
  CHECK(names.node(*id) == "n1");
  CHECK(names.node({1}).empty());
  const object_name web{kind::stateful_set, "shop", "web"};
  CHECK(names.workload(*names.learn_workload(web)) == web);
  CHECK(!names.workload({1}));
}
