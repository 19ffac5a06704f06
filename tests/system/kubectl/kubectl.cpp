// What keeps the fake API server honest: kubectl, which knows nothing of it, must get, watch, patch, apply
// and follow rollouts on it as on any other, and see what we have done by our own client over HTTP.
#include "fake_server.hpp"

#include <foreshift/adapters/http/client.hpp>
#include <foreshift/adapters/kubernetes/api_answer.hpp>
#include <foreshift/adapters/kubernetes/cluster_watch.hpp>
#include <foreshift/adapters/kubernetes/cordon.hpp>
#include <foreshift/adapters/kubernetes/kubernetes_cluster.hpp>
#include <foreshift/adapters/kubernetes/lease_holder.hpp>
#include <support/scratch_directory.hpp>
#include <support/shell.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

using namespace foreshift;
using kubernetes::json, kubernetes::kind;

namespace {

struct stage {
  scratch_directory home;
  fake::server server;

  stage() {
    REQUIRE(server.port() != 0);
    std::ofstream{home.path() / "config"}
        << "apiVersion: v1\nkind: Config\ncurrent-context: fake\n"
           "contexts: [{name: fake, context: {cluster: fake, user: fake, namespace: shop}}]\n"
           "clusters: [{name: fake, cluster: {server: '"
        << server.url() << "'}}]\nusers: [{name: fake, user: {}}]\n";
    server.with([](fake::api& api, fake::rollouts&) {
      for (const char* n : {"n1", "n2"}) api.put(kind::node, "", n, fake::node_object());
      api.put(kind::deployment, "shop", "web", fake::workload_object(2, "web"));
      api.put(kind::stateful_set, "shop", "db", fake::workload_object(2, "db", kind::stateful_set));
    });
  }
  [[nodiscard]] shell_result kubectl(const std::string& what) const {
    const auto place = home.path().string();
    return run_shell("HOME='" + place + "' KUBECONFIG='" + place + "/config' timeout 60 kubectl " + what);
  }
};

}  // namespace

TEST_CASE("kubectl finds, gets, patches and applies on the fake API server, and follows its rollouts") {
  if (!have_program("kubectl")) return;
  stage s;
  auto said = s.kubectl("get nodes -o name");
  CHECK_MESSAGE(said.output == "node/n1\nnode/n2\n", said.output);
  said = s.kubectl("get deployment,statefulset -o jsonpath='{.items[*].metadata.name}'");
  CHECK_MESSAGE(said.output == "web db", said.output);
  said = s.kubectl("rollout status deployment/web");
  CHECK_MESSAGE(said.output.ends_with("deployment \"web\" successfully rolled out\n"), said.output);
  said = s.kubectl("rollout status statefulset/db");
  CHECK_MESSAGE(said.status == 0, said.output);

  said = s.kubectl(
      R"(patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"shop/web:2"}]}}}}')");
  CHECK_MESSAGE(said.output == "deployment.apps/web patched\n", said.output);
  said = s.kubectl("rollout status deployment/web");
  CHECK_MESSAGE(said.status == 0, said.output);
  said = s.kubectl("get pods -l app=web -o jsonpath='{.items[*].spec.containers[*].image}'");
  CHECK_MESSAGE(said.output == "shop/web:2 shop/web:2", said.output);
  said = s.kubectl("get deployment absent");
  CHECK(said.status == 1);
  CHECK_MESSAGE(said.output.find("(NotFound)") != std::string::npos, said.output);

  // Server-side apply: a field of another manager is a conflict that kubectl understands.
  std::ofstream{s.home.path() / "more.json"}
      << R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},"spec":{"replicas":3}})";
  const auto apply =
      "apply --server-side --validate=false -f '" + (s.home.path() / "more.json").string() + "' ";
  said = s.kubectl(apply + "--field-manager=me");
  CHECK(said.status == 1);
  CHECK_MESSAGE(said.output.find("conflict with \"kubectl-client-side-apply\"") != std::string::npos,
                said.output);
  CHECK_MESSAGE(said.output.find(".spec.replicas") != std::string::npos, said.output);
  said = s.kubectl(apply + "--field-manager=me --force-conflicts");
  CHECK_MESSAGE(said.output == "deployment.apps/web serverside-applied\n", said.output);
  said = s.kubectl("rollout status deployment/web");
  CHECK_MESSAGE(said.status == 0, said.output);
}

TEST_CASE("kubectl watches a move of ours, over HTTP, and sees whose field it is") {
  if (!have_program("kubectl")) return;
  stage s;
  REQUIRE(s.kubectl("rollout status deployment/web").status == 0);
  http::options way;
  way.server = *ports::parse_http_url(s.server.url());
  kubernetes::kubernetes_cluster cluster{http::client{way}};
  REQUIRE(cluster.inventory().has_value());
  migration::command c;
  c.workload = {ports::id_of_name("deployment/shop/web")};
  c.from_site = c.to_site = {1};
  c.to = {ports::id_of_name("n2")};
  const migration::object_record record{.subset = {5}, .highest = {slot{7}, 0}};
  std::optional<result<kubernetes::cluster_object, ports::call_error>> written;
  std::thread mover{[&] {
    std::this_thread::sleep_for(std::chrono::seconds{2});
    // The controllers write statuses all the time: whoever comes in between is read again.
    for (int tries = 0; tries < 50 && (!written || !*written); ++tries)
      if (const auto now = cluster.read(c))
        written = cluster.write(*now, c, ports::cluster_act::start, record, nullptr);
  }};
  const auto watched = s.kubectl(
      "get deployment web --watch -o jsonpath='{.metadata.generation}{\"\\n\"}' --request-timeout=5s");
  mover.join();
  CHECK_MESSAGE(watched.output.find("1\n") != std::string::npos, watched.output);
  CHECK_MESSAGE(watched.output.find("2\n") != std::string::npos, watched.output);
  REQUIRE(written.has_value());
  REQUIRE_MESSAGE(written->has_value(), (*written ? std::string{} : written->error().reason));
  auto said = s.kubectl("rollout status deployment/web");
  CHECK_MESSAGE(said.status == 0, said.output);
  const auto seen = cluster.read(c);
  REQUIRE(seen.has_value());
  CHECK(to_text(seen->record) == to_text(record));
  CHECK(cluster.progress(*seen, c)->what == ports::copy_progress::state::serving);
  said = s.kubectl("get pods -l app=web -o jsonpath='{.items[*].spec.nodeName}'");
  CHECK_MESSAGE(said.output == "n2 n2", said.output);
  said = s.kubectl("get --raw /apis/apps/v1/namespaces/shop/deployments/web");
  CHECK_MESSAGE(said.output.find("\"manager\":\"foreshift\"") != std::string::npos, said.output);
}

TEST_CASE("kubectl sees our cordon and we see its, and to take ours back leaves its own") {
  if (!have_program("kubectl")) return;
  stage s;
  http::options way;
  way.server = *ports::parse_http_url(s.server.url());
  http::client client{way};
  const auto seen = kubernetes::ask(client, kubernetes::get_request(kind::node, {}, "n1"));
  REQUIRE(seen.has_value());
  kubernetes::fields in{*seen};
  const auto n1 = kubernetes::read_meta(in);
  const auto send = [&](const ports::http_request& request) {
    const auto body = kubernetes::ask(client, request);
    REQUIRE(body.has_value());
    return kubernetes::read_cordon(*body).value();
  };
  const auto unschedulable = [&] {
    const auto said = s.kubectl("describe node n1");
    const auto at = said.output.find("Unschedulable:");
    REQUIRE_MESSAGE(at != std::string::npos, said.output);
    return said.output.substr(at, said.output.find('\n', at) - at).find("true") != std::string::npos;
  };
  CHECK(!unschedulable());
  CHECK(send(kubernetes::cordon_request(n1)).ours);
  CHECK(unschedulable());
  auto said = s.kubectl("cordon n1");
  CHECK_MESSAGE(said.output.find("node/n1 already cordoned") != std::string::npos, said.output);
  CHECK(!send(kubernetes::uncordon_request(n1)).cordoned);
  CHECK(!unschedulable());

  said = s.kubectl("cordon n1");
  CHECK_MESSAGE(said.output.find("node/n1 cordoned") != std::string::npos, said.output);
  const auto both = send(kubernetes::cordon_request(n1));
  CHECK(both.ours);
  CHECK(both.others.size() == 1);
  CHECK(send(kubernetes::uncordon_request(n1)).cordoned);
  CHECK(unschedulable());
  said = s.kubectl("uncordon n1");
  CHECK_MESSAGE(said.output.find("node/n1 uncordoned") != std::string::npos, said.output);
  CHECK(!unschedulable());
}

TEST_CASE("kubectl drains a node by evictions that the fake API server grants as it grants ours") {
  if (!have_program("kubectl")) return;
  stage s;
  REQUIRE(s.kubectl("rollout status deployment/web").status == 0);
  s.server.with([](fake::api& api, fake::rollouts& controllers) {
    controllers.first_node = "n2";
    api.put(kind::disruption_budget, "shop", "web",
            {{"spec", {{"selector", {{"matchLabels", {{"app", "web"}}}}}}},
             {"status", {{"disruptionsAllowed", 2}}}});
  });
  const auto said = s.kubectl("drain n1");
  CHECK_MESSAGE(said.status == 0, said.output);
  s.server.with([](fake::api& api, fake::rollouts&) {
    for (const auto& pod : api.all(kind::pod)) CHECK(pod["spec"]["nodeName"] == "n2");
    CHECK(api.get(kind::disruption_budget, "shop", "web")->at("status").at("disruptionsAllowed") == 0);
  });
}

TEST_CASE("kubectl sees who holds a Lease, and that it deletes it is a loss") {
  if (!have_program("kubectl")) return;
  stage s;
  http::options way;
  way.server = *ports::parse_http_url(s.server.url());
  http::client client{way};
  kubernetes::lease_holder holder{{kind::lease, "shop", "site"}, "site-a"};
  time_point now{std::chrono::hours{1}};
  const auto twice = [&] {
    now = std::max(now, holder.due());
    holder.step(client, now), holder.step(client, now);
  };
  twice();
  CHECK(holder.holds(now));
  auto said = s.kubectl("get lease site -o jsonpath='{.spec.holderIdentity} {.spec.renewTime}'");
  CHECK_MESSAGE(said.output == "site-a 1970-01-01T01:00:00.000000Z", said.output);
  said = s.kubectl("delete lease site --wait=false");
  CHECK_MESSAGE(said.status == 0, said.output);
  twice();
  CHECK(holder.standing(now) == kubernetes::lease_standing::lost);
}

TEST_CASE("a bounded step of a watch over HTTP keeps its time and brings what kubectl has changed") {
  if (!have_program("kubectl")) return;
  stage s;
  http::options way;
  way.server = *ports::parse_http_url(s.server.url());
  http::client client{way};
  struct {
    time_point now() { return time_point{std::chrono::steady_clock::now().time_since_epoch()}; }
  } clock;
  kubernetes::cluster_watch watch;
  const auto faults = watch.step(client, clock);  // the lists
  CHECK(faults.empty());
  CHECK(watch.complete());
  CHECK(watch.inventory().hosts.at(0).schedulable);
  REQUIRE(s.kubectl("cordon n1").status == 0);
  const auto begun = clock.now();
  CHECK(watch.step(client, clock).empty());  // the nodes, which have waited longest
  CHECK(clock.now() - begun < std::chrono::seconds{2});
  CHECK(!watch.inventory().hosts.at(0).schedulable);
}
