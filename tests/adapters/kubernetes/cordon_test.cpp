#include <adapters/kubernetes/fake_api.hpp>
#include <adapters/kubernetes/fake_rollouts.hpp>
#include <adapters/kubernetes/full_objects.hpp>
#include <foreshift/adapters/kubernetes/api_answer.hpp>
#include <foreshift/adapters/kubernetes/cordon.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::kubernetes;

namespace {

struct stage {
  fake::api api;
  object_meta n1;

  stage() {
    const auto object = api.put(kind::node, "", "n1", fake::node_object());
    fields in{object};
    n1 = read_meta(in);
  }
  result<node_cordon, api_error> send(const ports::http_request& request) {
    const auto body = ask(api, request);
    if (!body) return failure{body.error()};
    return read_cordon(*body).value();
  }
  /// As kubectl writes it.
  void by_hand(const char* unschedulable, const std::string& manager = "kubectl") {
    auto request =
        merge_request(kind::node, {}, "n1",
                      json::parse(std::string{R"({"spec":{"unschedulable":)"} + unschedulable + "}}"));
    const auto at = request.target.find("foreshift");
    request.target.replace(at, field_manager.size(), manager);
    REQUIRE(ask(api, request).has_value());
  }
  [[nodiscard]] node_cordon now() const { return read_cordon(*api.get(kind::node, "", "n1")).value(); }
};

}  // namespace

TEST_CASE("a cordon names one field and the life of the node, and no version") {
  const object_meta n{.name = "n1", .uid = "u1", .version = "17"};
  const auto r = cordon_request(n, dry_run::yes);
  CHECK(r.method == "PATCH");
  CHECK(r.target == "/api/v1/nodes/n1?fieldManager=foreshift&dryRun=All&force=false");
  CHECK(
      r.body ==
      R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"n1","uid":"u1"},"spec":{"unschedulable":true}})");
  CHECK(uncordon_request(n).body ==
        R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"n1","uid":"u1"}})");
}

TEST_CASE("our cordon is seen, may be repeated, and is taken back whole") {
  stage s;
  const auto judged = s.send(cordon_request(s.n1, dry_run::yes));
  REQUIRE(judged.has_value());
  CHECK(judged->cordoned);
  CHECK(!s.now().cordoned);
  for (int twice = 0; twice < 2; ++twice) {
    const auto done = s.send(cordon_request(s.n1));
    REQUIRE(done.has_value());
    CHECK(done->cordoned);
    CHECK(done->ours);
    CHECK(done->others.empty());
  }
  // The kubelet goes on writing, which is nobody's conflict.
  s.api.change(kind::node, "", "n1", [](json& o) { o["status"]["phase"] = "x"; });
  for (int twice = 0; twice < 2; ++twice) {
    const auto done = s.send(uncordon_request(s.n1));
    REQUIRE(done.has_value());
    CHECK(!done->cordoned);
    CHECK(!done->ours);
  }
  CHECK(!s.api.get(kind::node, "", "n1")->at("spec").contains("unschedulable"));
  CHECK(s.api.get(kind::node, "", "n1")->at("metadata").at("labels").at("zone") == "a");
}

TEST_CASE("a cordon by hand outlives ours, whichever of them is older than the other's undo") {
  stage s;
  s.by_hand("true");
  const auto both = s.send(cordon_request(s.n1));
  REQUIRE(both.has_value());
  CHECK(both->ours);
  CHECK(both->others == std::vector<std::string>{"kubectl"});
  auto left = s.send(uncordon_request(s.n1));
  REQUIRE(left.has_value());
  CHECK(left->cordoned);
  CHECK(!left->ours);

  // Ours is lifted and set anew by hand: what is there now is not ours to take.
  s.by_hand("null");
  REQUIRE(s.send(cordon_request(s.n1)).has_value());
  s.by_hand("null");
  CHECK(!s.now().ours);
  s.by_hand("true");
  left = s.send(uncordon_request(s.n1));
  REQUIRE(left.has_value());
  CHECK(left->cordoned);
  CHECK(left->others == std::vector<std::string>{"kubectl"});
}

TEST_CASE("who holds a node open is a conflict that names him, and nothing is written") {
  stage s;
  s.by_hand("false", "flux");
  for (const auto dry : {dry_run::yes, dry_run::no}) {
    const auto refused = s.send(cordon_request(s.n1, dry));
    REQUIRE(!refused.has_value());
    CHECK(refused.error().what == fault::owned);
    CHECK(refused.error().managers == std::vector<std::string>{"flux"});
  }
  CHECK(!s.now().cordoned);
}

TEST_CASE("a node that has gone is not made anew, and its successor is not meant") {
  stage s;
  s.api.remove(kind::node, "", "n1");
  for (const auto& r : {cordon_request(s.n1), uncordon_request(s.n1)}) {
    const auto refused = s.send(r);
    REQUIRE(!refused.has_value());
    CHECK(refused.error().what == fault::stale);
  }
  CHECK(s.api.get(kind::node, "", "n1") == nullptr);
  s.api.put(kind::node, "", "n1", fake::node_object());
  for (const auto& r : {cordon_request(s.n1), uncordon_request(s.n1)}) {
    const auto refused = s.send(r);
    REQUIRE(!refused.has_value());
    CHECK(refused.error().what == fault::invalid);
  }
  CHECK(!s.now().cordoned);
}

TEST_CASE("wrong types are named") {
  stage s;
  s.by_hand("true");
  every_wrong_type_is_named(*s.api.get(kind::node, "", "n1"), read_cordon);
  CHECK(read_cordon(json::parse(R"({"spec":{"unschedulable":"yes"}})")).error() ==
        "spec.unschedulable: true or false is wanted");
}
