#include <foreshift/adapters/kubernetes/workload_writes.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::kubernetes;
using migration::endpoint;
using ports::cluster_act;

namespace {

const object_name web{kind::deployment, "shop", "web"};
const migration::object_record next{.subset = {5}, .highest = {slot{7}, 0}};
const std::string record = migration::to_text(next);

json object(std::uint32_t replicas = 3) {
  return json::parse(
      R"({"metadata":{"name":"web","namespace":"shop","uid":"u","resourceVersion":"17","labels":{"app":"web"},
      "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}},
      "spec":{"replicas":)" +
      std::to_string(replicas) + R"(,"selector":{"matchLabels":{"app":"web"}},
      "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"main","image":"i"}]}}},"status":{"replicas":3}})");
}
json placed(json o, const char* node) {
  o["spec"]["template"]["spec"]["affinity"]["nodeAffinity"]
   ["requiredDuringSchedulingIgnoredDuringExecution"] = affinity_to(node);
  return o;
}

struct plan {
  std::vector<ports::http_request> requests;
  std::string fault;
  json last;
};
plan of(cluster_act act, const json* as_read, const json* elsewhere = nullptr, std::uint64_t to_site = 1,
        endpoint end = endpoint::destination, const std::string& node = "n2") {
  migration::command c;
  c.from_site = {1}, c.to_site = {to_site}, c.end = end, c.replicas = 9;
  c.limits[resource::cpu] = 0.25;
  auto made = requests_for({web, act, &c, node, &next, as_read, elsewhere});
  if (!made) return {{}, made.error(), {}};
  auto last = *parse_object(made->back().body);
  return {*made, "", last};
}
/// Every write is of the version that was read, and holds the record.
void guarded(const json& body) {
  CHECK(body["metadata"]["resourceVersion"] == "17");
  CHECK(body["metadata"]["annotations"][record_key] == record);
}

}  // namespace

TEST_CASE("within a cluster a start is judged first, without force, and then applied with what was before") {
  const auto o = object();
  const auto p = of(cluster_act::start, &o);
  REQUIRE(p.requests.size() == 2);
  CHECK(p.requests[0].target.ends_with("&dryRun=All&force=false"));
  CHECK(!parse_object(p.requests[0].body)->at("metadata").contains("annotations"));
  CHECK(p.requests[1].target.ends_with("&force=true"));
  CHECK(p.requests[1].target.find("dryRun") == std::string::npos);
  for (const auto& r : p.requests) CHECK(parse_object(r.body)->at("metadata").at("uid") == "u");
  guarded(p.last);
  CHECK(p.last["metadata"]["annotations"][previous_key] == R"({"replicas":3,"to":"n2"})");
  CHECK(placed_on(p.last, "n2"));
  CHECK(p.last["spec"].size() == 1);  // nothing but the placement
}

TEST_CASE("an undo drops our field, or goes back to our placement before") {
  auto o = placed(object(), "n2");
  auto p = of(cluster_act::undo, &o);
  guarded(p.last);
  CHECK(!p.last.contains("spec"));
  CHECK(p.requests[0].headers.back().second == "application/apply-patch+yaml");
  o["metadata"]["annotations"][previous_key] = R"({"replicas":3,"node":"n1"})";
  CHECK(placed_on(of(cluster_act::undo, &o).last, "n1"));
  // Somebody else's placement by now: only the record is written.
  o = placed(object(), "n9");
  p = of(cluster_act::undo, &o);
  CHECK(p.requests[0].headers.back().second == "application/strategic-merge-patch+json");
  CHECK(!p.last.contains("spec"));
}

TEST_CASE("an affinity of the user's own is not overwritten") {
  auto o = object();
  o["spec"]["template"]["spec"]["affinity"]["nodeAffinity"]
   ["requiredDuringSchedulingIgnoredDuringExecution"] = json::parse(
       R"({"nodeSelectorTerms":[{"matchExpressions":[{"key":"zone","operator":"In","values":["a"]}]}]})");
  CHECK(of(cluster_act::start, &o).fault.starts_with("it has a required node affinity of its own"));
  CHECK(
      of(cluster_act::start, nullptr, &o, 2).fault.starts_with("it has a required node affinity of its own"));
}

TEST_CASE(
    "what is not there is made of the source's specification, with nothing running and nothing of its past") {
  const auto from = placed(object(), "old");
  const auto p = of(cluster_act::hold, nullptr, &from, 2);
  REQUIRE(p.requests.size() == 1);
  CHECK(p.requests[0].method == "POST");
  CHECK(p.last["spec"]["replicas"] == 0);
  CHECK(!p.last["spec"]["template"]["spec"].contains("affinity"));
  CHECK(!p.last.contains("status"));
  CHECK(!p.last["metadata"].contains("uid"));
  CHECK(!p.last["metadata"].contains("resourceVersion"));
  CHECK(p.last["metadata"]["labels"]["app"] == "web");
  CHECK(p.last["metadata"]["annotations"] == json{{record_key, record}, {made_key, "1"}});
  CHECK(of(cluster_act::hold, nullptr).fault == "nowhere is a specification of shop/web");
}

TEST_CASE("between clusters the destination gets the source's specification and copies of today") {
  auto source = object(5);
  auto ours = object(0);
  ours["metadata"]["annotations"][made_key] = "1";
  source["spec"]["template"]["spec"]["containers"][0]["image"] = "newer";
  auto p = of(cluster_act::start, &ours, &source, 2);
  CHECK(p.requests[0].method == "PUT");
  guarded(p.last);
  CHECK(p.last["spec"]["replicas"] == 5);
  CHECK(placed_on(p.last, "n2"));
  CHECK(p.last["spec"]["template"]["spec"]["containers"][0]["image"] == "newer");
  // So does an object of the user's own that runs nothing: what it holds may be of long ago.
  auto theirs = object(0);
  theirs["metadata"]["ownerReferences"] = json::array({{{"uid", "x"}}});
  p = of(cluster_act::start, &theirs, &source, 2);
  CHECK(p.requests[0].method == "PUT");
  guarded(p.last);
  CHECK(p.last["spec"]["replicas"] == 5);
  CHECK(p.last["spec"]["template"]["spec"]["containers"][0]["image"] == "newer");
  CHECK(!p.last["metadata"]["annotations"].contains(made_key));
  CHECK(p.last["metadata"]["annotations"].contains("kubectl.kubernetes.io/last-applied-configuration"));
  CHECK(p.last["metadata"]["ownerReferences"] == theirs["metadata"]["ownerReferences"]);
  CHECK(!p.last.contains("status"));
  // And the undo puts it back as it was.
  auto begun = theirs;
  begun["metadata"]["annotations"].update(p.last["metadata"]["annotations"]);
  begun["spec"] = p.last["spec"];
  p = of(cluster_act::undo, &begun, nullptr, 2);
  CHECK(p.requests[0].method == "PUT");
  guarded(p.last);
  CHECK(p.last["spec"] == theirs["spec"]);
  CHECK(!p.last["metadata"]["annotations"].contains(former_key));
  theirs["spec"]["template"]["spec"]["containers"][0]["args"] = std::string(200'000, 'x');
  CHECK(of(cluster_act::start, &theirs, &source, 2).fault.find("an annotation keeps 131072") !=
        std::string::npos);
  CHECK(of(cluster_act::start, &theirs, nullptr, 2).fault ==
        "the workload is not there in the cluster that it comes from");
}

TEST_CASE("a namesake that runs at the destination is refused, but for copies that our own start has left") {
  const auto source = object(3);
  auto theirs = object(5);
  CHECK(of(cluster_act::start, &theirs, &source, 2)
            .fault.starts_with("the cluster that it moves to runs 5 copies of its own under that name"));
  theirs["metadata"]["annotations"][previous_key] = R"({"replicas":0,"to":"n1"})";
  CHECK(!of(cluster_act::start, &theirs, &source, 2).fault.empty());
  theirs = placed(theirs, "n1");
  CHECK(of(cluster_act::start, &theirs, &source, 2).fault.empty());
}

TEST_CASE("an affinity that we placed is undone, also where nobody knows the node any more") {
  for (const std::uint64_t site : {1U, 2U}) {
    auto o = placed(object(), "gone");
    o["metadata"]["annotations"][previous_key] = R"({"replicas":3,"to":"gone"})";
    auto p = of(cluster_act::undo, &o, nullptr, site, endpoint::destination, "");
    REQUIRE(p.requests.size() == 1);
    guarded(p.last);
    if (site == 1)
      CHECK(p.requests[0].target.find("force=true") != std::string::npos);  // an apply, which drops it
    else
      CHECK(p.last.at(json::json_pointer{"/spec/template/spec/affinity/nodeAffinity"}).size() == 1);
    CHECK(required_affinity(p.last).is_null());
    // Somebody else's stays.
    o = placed(o, "n9");
    p = of(cluster_act::undo, &o, nullptr, site, endpoint::destination, "");
    CHECK(!p.last.contains(json::json_pointer{"/spec/template"}));
  }
}

TEST_CASE("between clusters an undo puts back the copies that were there before") {
  auto there = placed(object(5), "n2");
  there["metadata"]["annotations"][previous_key] = R"({"replicas":1})";
  auto p = of(cluster_act::undo, &there, nullptr, 2);
  guarded(p.last);
  CHECK(p.last["spec"]["replicas"] == 1);
  CHECK(required_affinity(p.last).is_null());
  CHECK(p.last.contains(json::json_pointer{"/spec/template/spec/affinity/nodeAffinity"}));
  auto ceased = object(0);
  ceased["metadata"]["annotations"][previous_key] = R"({"replicas":4})";
  CHECK(of(cluster_act::undo, &ceased, nullptr, 2, endpoint::source).last["spec"]["replicas"] == 4);
}

TEST_CASE("a source ceases by having no copies, within a cluster by the rollout alone") {
  const auto o = object();
  const auto p = of(cluster_act::cease, &o, nullptr, 2, endpoint::source);
  CHECK(p.last["spec"]["replicas"] == 0);
  CHECK(p.last["metadata"]["annotations"][previous_key] == R"({"replicas":3})");
  CHECK(of(cluster_act::release, &o, nullptr, 2, endpoint::source).last["spec"]["replicas"] == 0);
  for (const auto act : {cluster_act::cease, cluster_act::release, cluster_act::serve, cluster_act::hold}) {
    const auto within = of(act, &o, nullptr, 1, endpoint::source);
    guarded(within.last);
    CHECK(!within.last.contains("spec"));
  }
}

TEST_CASE("copies and limits are changed in place; limits only where it is clear whose") {
  auto o = object();
  CHECK(of(cluster_act::scale, &o).last["spec"]["replicas"] == 9);
  CHECK(of(cluster_act::resize, &o).last["spec"]["template"]["spec"]["containers"] ==
        json::parse(R"([{"name":"main","resources":{"limits":{"cpu":"250m"}}}])"));
  o["spec"]["template"]["spec"]["containers"].push_back({{"name", "side"}});
  CHECK(of(cluster_act::resize, &o).fault.starts_with("it has several containers"));
}

TEST_CASE("notes that somebody has spoilt read as nothing before") {
  auto o = placed(object(), "n2");
  for (const char* text : {"", "[]", "{", R"({"replicas":"x","node":7,"to":[]})"}) {
    o["metadata"]["annotations"][previous_key] = text;
    CHECK(!of(cluster_act::undo, &o).last.contains("spec"));
  }
}
