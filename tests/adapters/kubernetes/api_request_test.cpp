#include <foreshift/adapters/kubernetes/api_request.hpp>

#include <doctest/doctest.h>

#include <chrono>
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
