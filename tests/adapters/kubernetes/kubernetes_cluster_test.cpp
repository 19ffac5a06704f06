#include <adapters/kubernetes/fake_api.hpp>
#include <adapters/kubernetes/fake_rollouts.hpp>
#include <contracts/orchestrator_contract.hpp>
#include <foreshift/adapters/kubernetes/cluster_watch.hpp>
#include <foreshift/adapters/kubernetes/cordon.hpp>
#include <foreshift/adapters/kubernetes/kubernetes_cluster.hpp>
#include <foreshift/adapters/kubernetes/lease_holder.hpp>
#include <foreshift/adapters/kubernetes/pod_eviction.hpp>
#include <foreshift/driver/cluster_orchestrator.hpp>
#include <foreshift/migration/executor.hpp>
#include <foreshift/sim/clock.hpp>
#include <migration/ride.hpp>

#include <doctest/doctest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using kubernetes::json, kubernetes::kind, kubernetes::object_name;
using migration::cut_over_style, migration::endpoint, migration::event, migration::event_kind,
    migration::place_state, migration::verb;
using ports::call_error;

namespace {

/// The fake as somebody's client: a cluster keeps a client by value.
struct way {
  fake::api* to;
  result<ports::http_response, ports::http_error> exchange(const ports::http_request& r) {
    return to->exchange(r);
  }
};
using cluster = kubernetes::kubernetes_cluster<way>;
using orchestrator = driver::cluster_orchestrator<cluster, sim::clock>;

const object_name web{kind::deployment, "shop", "web"};

/// Two clusters of two nodes; the workload runs in the first, on n1.
struct town {
  sim::timer time;
  fake::api here, there;
  fake::rollouts at_here{here}, at_there{there};
  std::vector<migration::command> switched;

  explicit town(json object = fake::workload_object(1, "web")) {
    for (const char* node : {"n1", "n2"}) {
      here.put(kind::node, "", node, fake::node_object());
      there.put(kind::node, "", node, fake::node_object());
    }
    here.put(kind::deployment, "shop", "web", std::move(object));
    at_here.run(10);
  }
  static cluster reach(fake::api& api) {
    cluster c{way{&api}};
    REQUIRE(c.inventory().has_value());
    for (const auto& which : {web, object_name{kind::stateful_set, "shop", "db"}})
      REQUIRE(c.names().learn_workload(which).has_value());
    return c;
  }
  orchestrator process() {
    orchestrator o{sim::clock{time}};
    o.reach({1}, reach(here)).reach({2}, reach(there));
    o.switch_traffic([this](const migration::command& c) { return switched.push_back(c), std::string{}; });
    return o;
  }
  void run(std::size_t ticks) {
    for (; ticks > 0; --ticks) time.run_for(1s), at_here.tick(), at_there.tick();
  }
};

migration::command move_to(std::uint64_t site, const std::string& node = "n2") {
  migration::command c;
  c.migration = {41};
  c.subset = {5};
  c.workload = {ports::id_of_name("deployment/shop/web")};
  c.from_site = {1};
  c.from = {ports::id_of_name("n1")};
  c.to_site = {site};
  c.to = {ports::id_of_name(node)};
  return c;
}

template <std::uint64_t ToSite>
struct harness {
  static constexpr cut_over_style style = ToSite == 1 ? orchestrator::style : orchestrator::style_between;
  town world;
  orchestrator owner = world.process();

  orchestrator& endpoint() { return owner; }
  static migration::command first_command() { return move_to(ToSite); }
  void settle() {
    // A command waits for the next poll, so it is let out here; what it answers is kept for the suite's own.
    world.run(10);
  }
  std::size_t starts(migration_id) const {
    // Copies begun for it: within a cluster rollouts to the node, elsewhere workloads that were given copies.
    const auto& log = ToSite == 1 ? world.here.log : world.there.log;
    return static_cast<std::size_t>(std::ranges::count_if(log, [](const auto& r) {
      const auto body = r.method == "GET" ? std::nullopt : std::optional{*kubernetes::parse_object(r.body)};
      return body && r.target.find("dryRun") == std::string::npos && kubernetes::placed_on(*body, "n2");
    }));
  }
};

std::vector<event> ask(town& world, orchestrator& o, verb what, std::uint64_t token, std::uint64_t site = 1,
                       endpoint end = endpoint::destination, std::size_t ticks = 0) {
  auto c = move_to(site);
  c.what = what, c.end = end, c.token = {slot{token}, 0};
  CHECK(!o.submit(c));
  std::vector<event> heard;
  const auto keep = [&](const event& e) { heard.push_back(e); };
  o.poll(keep);
  if (ticks > 0) world.run(ticks), o.poll(keep);
  return heard;
}
std::optional<std::string> reason(const std::vector<event>& heard, event_kind what) {
  for (const auto& e : heard)
    if (e.what == what) return e.reason;
  return std::nullopt;
}

/// A move of the workload, to the other node here or to the other cluster.
struct ride : migration_test::ride<orchestrator> {
  town& world;

  ride(town& w, const migration::job& what, fence_token token)
      : migration_test::ride<orchestrator>(w.process(), what, token, {}), world(w) {}
  ride(town& w, std::uint64_t to_site, migration::executor_options options = {})
      : migration_test::ride<orchestrator>(
            w.process(),
            {.id = {41},
             .subset = {5},
             .workload = {ports::id_of_name("deployment/shop/web")},
             .from_site = {1},
             .from = {ports::id_of_name("n1")},
             .to_site = {to_site},
             .to = {ports::id_of_name("n2")},
             .how = to_site == 1 ? migration::style::one_step : migration::style::two_step},
            {slot{7}, 0}, options),
        world(w) {}
  migration::phase go(std::size_t ticks) {
    for (; ticks > 0 && run.at() != migration::phase::settled; --ticks) {
      round(world.time.now());
      world.run(1);
    }
    return run.at();
  }
};

}  // namespace

TEST_CASE("a process that has learned names alone moves within and between clusters, of any namespace") {
  for (const std::uint64_t to : {1U, 2U}) {
    town world;
    world.here.put(kind::deployment, "store", "till", fake::workload_object(2, "till"));
    world.at_here.run(10);
    const std::string name = "deployment/store/till";  // as an inventory prints it
    const auto reach = [&](fake::api& api) {
      cluster c{way{&api}};
      CHECK(c.names().learn_workload(*kubernetes::parse_object_name(name)) ==
            workload_id{ports::id_of_name(name)});
      for (const char* node : {"n1", "n2"})
        CHECK(c.names().learn_node(node) == place_id{ports::id_of_name(node)});
      return c;
    };
    orchestrator o{sim::clock{world.time}};
    o.reach({1}, reach(world.here)).reach({2}, reach(world.there));
    o.switch_traffic([](const migration::command&) { return std::string{}; });
    migration_test::ride<orchestrator> r{
        std::move(o),
        {.id = {41},
         .subset = {5},
         .workload = {ports::id_of_name(name)},
         .from_site = {1},
         .from = {ports::id_of_name("n1")},
         .to_site = {to},
         .to = {ports::id_of_name("n2")},
         .how = to == 1 ? migration::style::one_step : migration::style::two_step},
        {slot{7}, 0},
        {}};
    for (int i = 0; i < 600 && r.run.at() != migration::phase::settled; ++i)
      r.round(world.time.now()), world.run(1);
    CHECK(r.run.committed());
    CHECK((to == 1 ? world.at_here : world.at_there).where("till") == std::vector<std::string>{"n2", "n2"});
    CHECK((to == 1 ? world.at_there : world.at_here).where("till").empty());
  }
}

TEST_CASE("within a cluster of Kubernetes the contract is kept, in one step") {
  contracts::orchestrator_contract<harness<1>>();
}

TEST_CASE("between two clusters of Kubernetes the contract is kept, in two steps") {
  contracts::orchestrator_contract<harness<2>>();
}

TEST_CASE("a move within a cluster starts the new copy before the old one stops") {
  town world;
  ride r{world, 1};
  CHECK(r.go(600) == migration::phase::settled);
  CHECK(r.run.committed());
  CHECK(world.at_here.where("web") == std::vector<std::string>{"n2"});
  CHECK(world.at_here.fewest_ready == 1);
  CHECK(world.at_here.begun == 1);
}

TEST_CASE("a move between clusters leaves the copies there, and none here") {
  town world{fake::workload_object(3, "web")};
  ride r{world, 2};
  CHECK(r.go(600) == migration::phase::settled);
  CHECK(world.at_there.where("web") == std::vector<std::string>{"n2", "n2", "n2"});
  CHECK(world.at_here.where("web").empty());
  CHECK(world.switched.size() == 1);
  const auto& source = *world.here.get(kind::deployment, "shop", "web");
  CHECK(source["spec"]["replicas"] == 0);
  CHECK(
      source.contains(json::json_pointer{"/metadata/annotations/foreshift~1record"}));  // it keeps the token
}

namespace {

/// From the second cluster to n1 of the first.
migration::job back_home() {
  return {.id = {42},
          .subset = {5},
          .workload = {ports::id_of_name("deployment/shop/web")},
          .from_site = {2},
          .from = {ports::id_of_name("n2")},
          .to_site = {1},
          .to = {ports::id_of_name("n1")},
          .how = migration::style::two_step};
}

}  // namespace

TEST_CASE("a workload that comes back brings the version that it had elsewhere, and an undo the one before") {
  for (const bool fails : {false, true}) {
    town world;
    {
      ride out{world, 2};
      REQUIRE(out.go(600) == migration::phase::settled);
    }
    auto elsewhere = *world.there.get(kind::deployment, "shop", "web");
    elsewhere["spec"]["template"]["spec"]["containers"][0]["image"] = "shop/web:2";
    world.there.put(kind::deployment, "shop", "web", elsewhere, "kubectl-edit");
    world.at_there.run(10);
    const auto before = (*world.here.get(kind::deployment, "shop", "web"))["spec"];
    ride home{world, back_home(), {slot{20}, 0}};
    // The fake holds back only copies that have others before them, so the verdict is written by hand.
    if (fails)
      world.here.scripted = [&](const ports::http_request& r) -> std::optional<ports::http_response> {
        if (r.method == "GET" && r.target.ends_with("/deployments/web"))
          world.here.change(kind::deployment, "shop", "web", [](json& w) {
            w["status"]["conditions"] = json::array(
                {{{"type", "Progressing"}, {"status", "False"}, {"reason", "ProgressDeadlineExceeded"}}});
          });
        return std::nullopt;
      };
    CHECK(home.go(900) == migration::phase::settled);
    const auto& now = *world.here.get(kind::deployment, "shop", "web");
    if (fails) {
      CHECK(home.run.aborted());
      CHECK(now["spec"] == before);
      CHECK(world.at_there.where("web") == std::vector<std::string>{"n2"});
    } else {
      CHECK(home.run.committed());
      CHECK(now["spec"]["template"]["spec"]["containers"][0]["image"] == "shop/web:2");
      CHECK(now["spec"]["replicas"] == 1);
      CHECK(world.at_here.where("web") == std::vector<std::string>{"n1"});
      CHECK(world.at_there.where("web").empty());
    }
  }
}

TEST_CASE("a namesake that runs in the other cluster is neither reshaped nor moved") {
  town world;
  world.there.put(kind::deployment, "shop", "web", fake::workload_object(5, "web"));
  world.at_there.run(10);
  const auto before = (*world.there.get(kind::deployment, "shop", "web"))["spec"];
  ride r{world, 2};
  CHECK(r.go(600) == migration::phase::settled);
  CHECK(r.run.aborted());
  CHECK(std::ranges::count_if(
            r.why, [](const auto& w) { return w.find("runs 5 copies of its own") != w.npos; }) > 0);
  CHECK((*world.there.get(kind::deployment, "shop", "web"))["spec"] == before);
  CHECK(world.at_here.where("web") == std::vector<std::string>{"n1"});
}

TEST_CASE("a node that goes mid-move, and a process that begins anew: the affinity is undone all the same") {
  town world;
  world.at_here.stuck = true;
  const auto before = (*world.here.get(kind::deployment, "shop", "web"))["spec"];
  {
    auto o = world.process();
    CHECK(reason(ask(world, o, verb::start, 7), event_kind::started).has_value());
  }
  REQUIRE(kubernetes::placed_on(*world.here.get(kind::deployment, "shop", "web"), "n2"));
  world.here.remove(kind::node, "", "n2");
  auto o = world.process();  // its inventory has no n2
  ask(world, o, verb::abort, 7);
  CHECK((*world.here.get(kind::deployment, "shop", "web"))["spec"] == before);
}

TEST_CASE("ProgressDeadlineExceeded is undone by dropping our field; the token and the old copy stay") {
  town world;
  world.at_here.stuck = true;
  const auto before = (*world.here.get(kind::deployment, "shop", "web"))["spec"];
  ride r{world, 1};
  CHECK(r.go(600) == migration::phase::settled);
  CHECK(r.run.aborted());
  CHECK(std::ranges::count_if(
            r.why, [](const auto& w) { return w.find("ProgressDeadlineExceeded") != w.npos; }) > 0);
  const auto& now = *world.here.get(kind::deployment, "shop", "web");
  CHECK(now["spec"] == before);
  CHECK(now["metadata"]["annotations"].contains("foreshift/record"));
  CHECK(world.at_here.fewest_ready == 1);
  CHECK(world.at_here.where("web") == std::vector<std::string>{"n1"});
}

TEST_CASE("a move that is undone after an earlier one goes back to where that had put it") {
  town world;
  {
    ride r{world, 1};
    REQUIRE(r.go(600) == migration::phase::settled);
  }
  auto o = world.process();
  auto c = move_to(1, "n1");
  c.migration = {42}, c.token = {slot{20}, 0};
  for (const auto what : {verb::start, verb::abort}) {
    c.what = what;
    CHECK(!o.submit(c));
    o.poll([](const event&) {});
    CHECK(kubernetes::placed_on(*world.here.get(kind::deployment, "shop", "web"),
                                what == verb::start ? "n1" : "n2"));
  }
}

TEST_CASE("an affinity that somebody else owns is refused with the owner's name, and nothing is written") {
  auto object = fake::workload_object(1, "web");
  object["spec"]["template"]["spec"]["affinity"]["nodeAffinity"]
        ["requiredDuringSchedulingIgnoredDuringExecution"] =
            kubernetes::affinity_to("n1");  // as we would have written it, but it is not ours
  town world{object};
  auto o = world.process();
  const auto why = reason(ask(world, o, verb::start, 7), event_kind::refused);
  REQUIRE(why.has_value());
  CHECK(why->find("belongs to kubectl-client-side-apply") != std::string::npos);
  CHECK(!(*world.here.get(kind::deployment, "shop", "web"))["metadata"].contains("annotations"));
}

TEST_CASE("a start that the server's judgement refuses as invalid writes nothing") {
  town world;
  auto o = world.process();
  world.here.scripted = [](const ports::http_request& r) -> std::optional<ports::http_response> {
    if (r.target.find("dryRun=All") == std::string::npos) return std::nullopt;
    return fake::api::status(422, "Invalid",
                             "Deployment.apps \"web\" is invalid: spec.template.spec.affinity");
  };
  const auto writes = world.here.version();
  const auto why = reason(ask(world, o, verb::start, 7), event_kind::refused);
  REQUIRE(why.has_value());
  CHECK(why->find("422 Deployment.apps \"web\" is invalid") != std::string::npos);
  CHECK(world.here.version() == writes);
  CHECK(world.here.log.back().target.find("dryRun=All") != std::string::npos);  // and nothing after it
}

TEST_CASE("a StatefulSet of two copies moves one after the other, within a cluster and to another") {
  for (const std::uint64_t to : {1U, 2U}) {
    town world;
    world.here.remove(kind::deployment, "shop", "web");
    world.here.put(kind::stateful_set, "shop", "db", fake::workload_object(2, "db", kind::stateful_set));
    world.at_here = fake::rollouts{world.here};
    world.at_here.run(10);
    ride r{world,
           {.id = {41},
            .subset = {5},
            .workload = {ports::id_of_name("statefulset/shop/db")},
            .from_site = {1},
            .from = {ports::id_of_name("n1")},
            .to_site = {to},
            .to = {ports::id_of_name("n2")},
            .how = to == 1 ? migration::style::one_step : migration::style::two_step},
           {slot{7}, 0}};
    int fewest = 2, most = 2;
    for (int i = 0; i < 600 && r.go(1) != migration::phase::settled; ++i) {
      const auto serve =
          static_cast<int>(world.at_here.where("db").size() + world.at_there.where("db").size());
      fewest = std::min(fewest, serve), most = std::max(most, serve);
    }
    CHECK(r.run.committed());
    CHECK((to == 1 ? world.at_here : world.at_there).where("db") == std::vector<std::string>{"n2", "n2"});
    CHECK((to == 1 ? world.at_there : world.at_here).where("db").empty());
    CHECK(fewest == (to == 1 ? 1 : 2));
    CHECK(most == (to == 1 ? 2 : 4));
  }
}

TEST_CASE("a placement by somebody else under way is told, and neither overwritten nor undone") {
  town world;
  auto o = world.process();
  world.at_here.stuck = true;
  ask(world, o, verb::start, 7);
  auto object = *world.here.get(kind::deployment, "shop", "web");
  object["spec"]["template"]["spec"]["affinity"]["nodeAffinity"]
        ["requiredDuringSchedulingIgnoredDuringExecution"] = kubernetes::affinity_to("n9");
  world.here.put(kind::deployment, "shop", "web", object, "kubectl-edit");
  const auto why = reason(ask(world, o, verb::query, 7), event_kind::failed);
  REQUIRE(why.has_value());
  CHECK(why->starts_with("somebody has changed its required node affinity"));
  CHECK(reason(ask(world, o, verb::abort, 7), event_kind::aborted).has_value());
  CHECK(kubernetes::placed_on(*world.here.get(kind::deployment, "shop", "web"), "n9"));
}

TEST_CASE("a writer in between is read again, and never overwritten") {
  town world;
  auto o = world.process();
  int strikes = 2;
  world.here.scripted = [&](const ports::http_request& r) -> std::optional<ports::http_response> {
    if (r.method == "PATCH" && strikes > 0 && strikes-- > 0)
      world.here.change(kind::deployment, "shop", "web",
                        [](json& w) { w["metadata"]["labels"]["touched"] = "yes"; });
    return std::nullopt;
  };
  CHECK(reason(ask(world, o, verb::start, 7), event_kind::started).has_value());
  CHECK((*world.here.get(kind::deployment, "shop", "web"))["metadata"]["labels"]["touched"] == "yes");
}

TEST_CASE("a workload that is deleted between our read and our write is a conflict, and is not made anew") {
  for (const auto act : {ports::cluster_act::start, ports::cluster_act::undo}) {
    town world;
    auto c = town::reach(world.here);
    const auto what = move_to(1, "n2");
    const migration::object_record record{.subset = {5}, .highest = {slot{7}, 0}};
    auto seen = c.read(what);
    REQUIRE(seen.has_value());
    if (act == ports::cluster_act::undo)
      seen = c.write(*seen, what, ports::cluster_act::start, record, nullptr);
    REQUIRE(seen.has_value());
    world.here.remove(kind::deployment, "shop", "web");
    const auto written = c.write(*seen, what, act, record, nullptr);
    REQUIRE(!written.has_value());
    CHECK(written.error().what == call_error::kind::conflict);
    CHECK(world.here.get(kind::deployment, "shop", "web") == nullptr);
  }
}

TEST_CASE("what would leave a gap, or has nowhere to go, is refused before anything is written") {
  const auto refused = [](json object, auto&& before) {
    town world{std::move(object)};
    before(world);
    auto o = world.process();
    const auto writes = world.here.version();
    const auto why = reason(ask(world, o, verb::start, 7), event_kind::refused);
    CHECK(world.here.version() == writes);
    return why.value_or("it was not refused");
  };
  const auto nothing = [](town&) {};
  auto recreate = fake::workload_object(1, "web");
  recreate["spec"]["strategy"] = {{"type", "Recreate"}};
  CHECK(refused(recreate, nothing).find("its strategy is Recreate") != std::string::npos);
  CHECK(refused(fake::workload_object(1, "web"), [](town& w) {
          auto n = fake::node_object();
          n["spec"]["unschedulable"] = true;
          w.here.put(kind::node, "", "n2", n);
        }).ends_with("the node n2 takes nothing new: it is cordoned or tainted"));
  CHECK(refused(fake::workload_object(1, "web"), [](town& w) {
          w.here.put(kind::node, "", "n2", fake::node_object(false));
        }).ends_with("the node n2 is not ready"));
  auto one_less = fake::workload_object(2, "web");
  one_less["spec"]["strategy"]["rollingUpdate"] = {{"maxSurge", 0}, {"maxUnavailable", 1}};
  CHECK(refused(one_less, [](town& w) {
          w.here.put(kind::disruption_budget, "shop", "both",
                     {{"spec", {{"selector", {{"matchLabels", {{"app", "web"}}}}}}},
                      {"status", {{"desiredHealthy", 2}}}});
        }).find("the disruption budget both wants 2 copies") != std::string::npos);
}

TEST_CASE("what would leave data behind, or count as ready unseen, is refused before anything is written") {
  const auto with = [](const std::string& volume) {
    auto object = fake::workload_object(1, "web");
    auto& pod = object["spec"]["template"]["spec"];
    pod["volumes"] = json::array({json::parse(volume)});
    pod["containers"][0]["volumeMounts"] = json::array({{{"name", "v"}, {"mountPath", "/data"}}});
    return object;
  };
  const auto started = [](json object, std::uint64_t site) {
    town world{std::move(object)};
    auto o = world.process();
    const auto writes = world.here.version() + world.there.version();
    const auto heard = ask(world, o, verb::start, 7, site);
    if (const auto why = reason(heard, event_kind::refused)) {
      CHECK(world.here.version() + world.there.version() == writes);
      return *why;
    }
    return std::string{reason(heard, event_kind::started) ? "started" : "neither"};
  };
  const auto claim = with(R"({"name":"v","persistentVolumeClaim":{"claimName":"data"}})");
  CHECK(started(claim, 2).find("its claim \"data\" stays in its cluster") != std::string::npos);
  CHECK(started(claim, 1).find("may be mounted by one node at a time") != std::string::npos);
  const auto folder = with(R"({"name":"v","hostPath":{"path":"/srv"}})");
  for (const std::uint64_t site : {1U, 2U})
    CHECK(started(folder, site).find("it writes to its node's folder \"/srv\"") != std::string::npos);
  auto unprobed = fake::workload_object(1, "web");
  unprobed["spec"]["template"]["spec"]["containers"][0].erase("readinessProbe");
  for (const std::uint64_t site : {1U, 2U})
    CHECK(started(unprobed, site).find("has a readinessProbe") != std::string::npos);
  CHECK(started(with(R"({"name":"v","emptyDir":{}})"), 2) == "started");
}

TEST_CASE("a single copy whose budget wants one moves by a surge") {
  town world;
  world.here.put(kind::disruption_budget, "shop", "one",
                 {{"spec", {{"minAvailable", 1}, {"selector", {{"matchLabels", {{"app", "web"}}}}}}},
                  {"status", {{"desiredHealthy", 1}, {"currentHealthy", 1}, {"disruptionsAllowed", 0}}}});
  ride r{world, 1};
  CHECK(r.go(600) == migration::phase::settled);
  CHECK(r.run.committed());
  CHECK(world.at_here.fewest_ready == 1);
}

TEST_CASE("answers that are none, refusals and quiet come back as the engine's words") {
  town world;
  auto c = town::reach(world.here);
  const auto said = [&](ports::http_response r) {
    world.here.scripted = [r](const ports::http_request&) { return std::optional{r}; };
    const auto read = c.read(move_to(1));
    REQUIRE(!read.has_value());
    CHECK(read.error().reason.starts_with("GET /apis/apps/v1/namespaces/shop/deployments/web: "));
    return read.error();
  };
  CHECK(said({200, {}, "<html>"}).what == call_error::kind::unknown);
  CHECK(said({200, {}, R"({"metadata":{"name":"web","resourceVersion":"1"},"spec":{"replicas":"three"}})"})
            .what == call_error::kind::unknown);
  CHECK(said(fake::api::status(403, "Forbidden", "no")).what == call_error::kind::refused);
  CHECK(said({403, {}, "<html>a proxy says no</html>"}).what == call_error::kind::unknown);
  CHECK(said(fake::api::status(500, "InternalError", "etcd")).what == call_error::kind::unknown);
  const auto busy = said({429, {{"Retry-After", "7"}}, ""});
  CHECK(busy.what == call_error::kind::unsent);
  CHECK(busy.retry_after == duration{7s});
  CHECK(said({200,
              {},
              R"({"metadata":{"name":"web","resourceVersion":"1","annotations":{"foreshift/record":"??"}}})"})
            .reason.find("the annotation foreshift/record is none of ours: \"??\"") != std::string::npos);
  world.here.scripted = {};
  CHECK(c.read(move_to(1))->exists);
  auto unknown = move_to(1);
  unknown.workload = {1};
  CHECK(c.read(unknown).error().what == call_error::kind::refused);
}

TEST_CASE("limits and copies are changed in place, whoever owns them, with the record in the same write") {
  town world;
  auto o = world.process();
  auto c = move_to(1);
  c.from = c.to;
  c.token = {slot{7}, 0};
  c.what = verb::scale, c.replicas = 4;
  CHECK(!o.submit(c));
  o.poll([](const event& e) { CHECK(e.what == event_kind::scaled); });
  c.migration = {42}, c.token = {slot{8}, 0};
  c.what = verb::resize, c.limits[resource::cpu] = 1.5, c.limits[resource::memory] = 1e9;
  CHECK(!o.submit(c));
  o.poll([](const event& e) { CHECK(e.what == event_kind::resized); });
  const auto& now = *world.here.get(kind::deployment, "shop", "web");
  CHECK(now["spec"]["replicas"] == 4);
  const auto& container = now["spec"]["template"]["spec"]["containers"][0];
  CHECK(container["resources"]["limits"] == json{{"cpu", "1500m"}, {"memory", "1000000000"}});
  CHECK(container["image"] == "shop/web:1");
}

TEST_CASE("an inventory is read in pages, and says where copies run and what does not move") {
  fake::api api;
  for (int i = 0; i < 700; ++i) api.put(kind::node, "", "n" + std::to_string(i), fake::node_object(i != 5));
  api.put(kind::deployment, "shop", "web", fake::workload_object(3, "web"));
  api.put(kind::stateful_set, "shop", "db", fake::workload_object(1, "db", kind::stateful_set));
  fake::rollouts controllers{api};
  controllers.run(10);
  cluster c{way{&api}};
  const auto seen = c.inventory();
  REQUIRE(seen.has_value());
  CHECK(seen->hosts.size() == 700);
  CHECK(std::ranges::count(seen->hosts, false, &ports::seen_host::ready) == 1);
  CHECK(seen->hosts[0].capacity == resources{{8, 17179869184.0, 0, 0}});
  REQUIRE(seen->workloads.size() == 2);
  CHECK(seen->workloads[0].name == "deployment/shop/web");
  CHECK(seen->workloads[0].on == std::vector<host_id>(3, host_id{ports::id_of_name("n1")}));
  CHECK(seen->workloads[0].running == 3);
  CHECK(seen->workloads[0].reserved == resources{{0.25, 67108864, 0, 0}});
  CHECK(seen->workloads[0].movable);
  CHECK(!seen->workloads[1].movable);
  CHECK(seen->workloads[1].why_not.starts_with("a StatefulSet stops a copy"));
  CHECK(c.names().node({ports::id_of_name("n699")}) == "n699");
  api.scripted = [](const ports::http_request& r) -> std::optional<ports::http_response> {
    if (r.target.find("continue=") != std::string::npos) return fake::api::status(410, "Expired", "too old");
    return std::nullopt;
  };
  CHECK(c.inventory().error().what == call_error::kind::conflict);
}

TEST_CASE("a list whose continuation is forgotten is begun anew; one whose pages never end is a fault") {
  fake::api api;
  for (int i = 0; i < 700; ++i) api.put(kind::node, "", "n" + std::to_string(i), fake::node_object());
  cluster c{way{&api}};
  int forgotten = 2;
  api.scripted = [&](const ports::http_request& r) -> std::optional<ports::http_response> {
    if (r.target.find("continue=") != std::string::npos && forgotten-- > 0)
      return fake::api::status(410, "Expired", "too old");
    return std::nullopt;
  };
  const auto seen = c.inventory();
  REQUIRE(seen.has_value());
  CHECK(seen->hosts.size() == 700);
  api.scripted = [](const ports::http_request&) -> std::optional<ports::http_response> {
    return ports::http_response{
        200, {}, R"({"metadata":{"resourceVersion":"1","continue":"same"},"items":[]})"};
  };
  api.log.clear();
  const auto endless = c.inventory();
  CHECK(endless.error().what == call_error::kind::unknown);
  CHECK(endless.error().reason.ends_with("its pages never end: a token to continue comes again"));
  CHECK(api.log.size() == 2);
}

TEST_CASE(
    "a namespace or an API that is not there is refused with its reason, not taken for another writer") {
  town world;
  world.there.scripted = [](const ports::http_request& r) -> std::optional<ports::http_response> {
    if (r.method == "POST") return fake::api::status(404, "NotFound", "namespaces \"shop\" not found");
    return std::nullopt;
  };
  auto o = world.process();
  const auto why = reason(ask(world, o, verb::start, 7, 2), event_kind::refused);
  REQUIRE(why.has_value());
  CHECK(why->ends_with(
      "namespaces \"shop\" not found; it cannot be made there: create the namespace shop first"));
  world.there.scripted = [](const ports::http_request&) -> std::optional<ports::http_response> {
    return fake::api::status(404, "NotFound", "the server could not find the requested resource");
  };
  cluster c{way{&world.there}};
  const auto seen = c.inventory();
  CHECK(seen.error().what == call_error::kind::refused);
  CHECK(seen.error().reason.ends_with("; the server has no such API"));
}

TEST_CASE("the rights of the manifest are those that are used, and no others") {
  std::set<std::string> granted, used;
  for (const auto& document :
       YAML::LoadAllFromFile(FORESHIFT_TEST_DATA "/../../share/foreshift/kubernetes/rbac.yaml"))
    if (document["rules"])
      for (const auto& rule : document["rules"])
        for (const auto& resource : rule["resources"])
          for (const auto& verb : rule["verbs"])
            granted.insert(verb.as<std::string>() + " " + resource.as<std::string>());

  town within, between;
  const auto sets = [](fake::api& api) {
    api.put(kind::stateful_set, "shop", "db", fake::workload_object(2, "db", kind::stateful_set));
  };
  sets(within.here), sets(between.here);
  {
    ride a{within, 1}, b{between, 2};
    REQUIRE(a.go(600) == migration::phase::settled);
    REQUIRE(b.go(600) == migration::phase::settled);
  }
  kubernetes::cluster_watch watch;
  (void)watch.step(within.here, time_point{} + 1s), (void)watch.step(within.here, watch.due());
  (void)within.here.answer(kubernetes::cordon_request({.name = "n1"}));
  kubernetes::pod_eviction eviction{{.name = "web-1", .space = "shop", .uid = "u"}, {}, time_point{}};
  for (int i = 0; i < 2; ++i) eviction.step(within.here, time_point{});
  kubernetes::lease_holder lease{{kind::lease, "foreshift", "site"}, "a"};
  for (int i = 0; i < 3; ++i) lease.step(within.here, time_point{} + std::chrono::minutes{i});
  for (const auto* api : {&within.here, &between.here, &between.there})
    for (const auto& r : api->log) {
      const auto where = fake::parse_path(r.target.substr(0, r.target.find('?')));
      REQUIRE(where.has_value());
      const bool watched = r.target.find("watch=1") != std::string::npos;
      const std::string verb = r.method == "POST"    ? "create"
                               : r.method == "PUT"   ? "update"
                               : r.method == "PATCH" ? "patch"
                               : watched             ? "watch"
                               : where->name.empty() ? "list"
                                                     : "get";
      used.insert(verb + " " + std::string{fake::facts_of(where->what).plural} +
                  (where->part.empty() ? "" : "/" + where->part));
    }
  // What Deployments and StatefulSets are asked is the same.
  for (const char* verb : {"get ", "patch ", "create ", "update "})
    if (used.contains(std::string{verb} + "deployments")) used.insert(std::string{verb} + "statefulsets");
  CHECK(used == granted);
}
