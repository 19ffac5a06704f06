#include <adapters/kubernetes/fake_api.hpp>
#include <adapters/kubernetes/full_objects.hpp>
#include <foreshift/adapters/kubernetes/api_answer.hpp>
#include <foreshift/adapters/kubernetes/api_request.hpp>
#include <foreshift/adapters/kubernetes/placement_patch.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

using namespace foreshift;
using namespace foreshift::kubernetes;
using namespace std::chrono_literals;

TEST_CASE("a list is asked for in pages, a watch from a version and for a time") {
  CHECK(
      list_request(kind::pod, {.label_selector = "app=web", .limit = 100, .continue_token = "a/b="}).target ==
      "/api/v1/pods?limit=100&labelSelector=app%3Dweb&continue=a%2Fb%3D");
  const auto watch =
      watch_request(kind::pod, {.space = "shop", .field_selector = "spec.nodeName=n"}, "17", 1500ms);
  CHECK(watch.target ==
        "/api/v1/namespaces/shop/pods?watch=1&allowWatchBookmarks=true&resourceVersion=17&timeoutSeconds=2"
        "&fieldSelector=spec.nodeName%3Dn");
  CHECK(watch.timeout > 2s);
  CHECK(get_request(kind::node, "", "n1").target == "/api/v1/nodes/n1");
  CHECK(watch_request(kind::node, {.label_selector = "a"}, "1", 0s)
            .target.ends_with("timeoutSeconds=1&labelSelector=a"));
}

TEST_CASE("a write says in whose name, how, and whether it counts") {
  const json body{{"kind", "Deployment"}};
  const auto type = [](const ports::http_request& r) { return r.headers.back().second; };
  const auto apply = apply_request(kind::deployment, "shop", "web", body, take_over::no, dry_run::yes);
  CHECK(apply.method == "PATCH");
  CHECK(apply.target ==
        "/apis/apps/v1/namespaces/shop/deployments/web?fieldManager=foreshift&dryRun=All&force=false");
  CHECK(type(apply) == "application/apply-patch+yaml");
  CHECK(apply.body == R"({"kind":"Deployment"})");
  CHECK(apply_request(kind::deployment, "shop", "web", body, take_over::yes).target.ends_with("&force=true"));
  const auto merge = merge_request(kind::deployment, "shop", "web", body);
  CHECK(type(merge) == "application/strategic-merge-patch+json");
  const auto create = create_request(kind::deployment, "shop", body, dry_run::yes);
  CHECK(create.method == "POST");
  CHECK(create.target == "/apis/apps/v1/namespaces/shop/deployments?fieldManager=foreshift&dryRun=All");
  CHECK(replace_request(kind::deployment, "shop", "web", body).method == "PUT");
}

TEST_CASE("a request is called by its method and path alone") {
  CHECK(name_of(list_request(kind::pod, {.continue_token = "long"})) == "GET /api/v1/pods");
  CHECK(name_of(get_request(kind::pod, "shop", "web")) == "GET /api/v1/namespaces/shop/pods/web");
}

namespace {

/// What a server sets itself.
json without_bookkeeping(json object) {
  for (const char* own :
       {"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "namespace"})
    object["metadata"].erase(own);
  return object;
}
std::optional<kind> kind_of(const json& object) {
  for (const auto k : {kind::pod, kind::node, kind::deployment, kind::stateful_set, kind::replica_set,
                       kind::disruption_budget, kind::lease})
    if (fields in{object};
        in.text("kind") == facts_of(k).name && in.text("apiVersion") == facts_of(k).version)
      return k;
  return std::nullopt;
}
void served_and_sent_back(kind k, const json& full) {
  fake::api api;
  const object_name which{k, facts_of(k).namespaced ? "namespaceValue" : "", "nameValue"};
  const auto wanted = without_bookkeeping(full);
  api.put(k, which.space, which.name, full, "controller");
  const auto got = ask(api, get_request(k, which.space, which.name));
  REQUIRE(got.has_value());
  CHECK(without_bookkeeping(*got) == wanted);
  const auto put = ask(api, replace_request(k, which.space, which.name, *got));
  REQUIRE_MESSAGE(put.has_value(), (put ? "" : put.error().reason));
  CHECK(without_bookkeeping(*put) == wanted);
  CHECK((*put)["metadata"]["generation"] == (*got)["metadata"]["generation"]);
  label_map notes;
  notes["foreshift/x"] = "y";
  const auto version = (*put)["metadata"]["resourceVersion"].get<std::string>();
  const auto patched = ask(api, merge_request(k, which.space, which.name, body_of(which, version, notes)));
  REQUIRE_MESSAGE(patched.has_value(), (patched ? "" : patched.error().reason));
  auto noted = wanted;
  noted["metadata"]["annotations"]["foreshift/x"] = "y";
  CHECK(without_bookkeeping(*patched) == noted);
  fake::api other;
  const auto made = ask(other, create_request(k, which.space, full));
  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().reason));
  CHECK(without_bookkeeping(*made) == wanted);
}

}  // namespace

TEST_CASE("every full object of the data set is served, sent back and patched, and nothing of it is lost") {
  const char* folder = std::getenv("FORESHIFT_DATA_DIR");
  const auto all = std::filesystem::path{folder != nullptr ? folder : ""} / "orchestrators/kubernetes";
  if (folder == nullptr || !std::filesystem::exists(all)) {
    MESSAGE("skipped: no data set orchestrators/kubernetes");
    return;
  }
  std::size_t objects = 0;
  for (const auto& file : std::filesystem::directory_iterator{all}) {
    if (file.path().extension() != ".json") continue;
    const auto full = full_object(file.path().stem().string());
    REQUIRE(full.has_value());
    INFO(file.path().stem().string());
    ++objects;
    const json back = *parse_object(to_text(*full));
    CHECK(back == *full);
    if (const auto k = kind_of(*full)) {
      served_and_sent_back(*k, *full);
    } else if ((*full)["kind"] == "Eviction") {
      fake::api api;
      api.put(kind::pod, "namespaceValue", "nameValue", json::object());
      auto body = *full;
      body["deleteOptions"]["preconditions"] = {
          {"uid", (*api.get(kind::pod, "namespaceValue", "nameValue"))["metadata"]["uid"]}};
      CHECK(api.answer(kubernetes::detail::write_request(
                           "POST", object_target(kind::pod, "namespaceValue", "nameValue", "eviction"), body,
                           "application/json", dry_run::no))
                .status == 201);
      CHECK(api.get(kind::pod, "namespaceValue", "nameValue") == nullptr);
    } else {
      // A Namespace is never asked for; what all objects say of themselves is read of it.
      CHECK((*full)["kind"] == "Namespace");
      fields in{*full};
      CHECK(read_meta(in).name == "nameValue");
      CHECK(in.fault().empty());
    }
  }
  CHECK(objects == 9);
}
