#include <foreshift/adapters/docker/swarm_cluster.hpp>

#include <adapters/docker/fake_manager.hpp>
#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace foreshift;
using docker::json, docker_test::fake_manager;
using ports::call_error, ports::cluster_act;
using progress = ports::copy_progress::state;
using cluster = docker::swarm_cluster<fake_manager>;

static_assert(ports::VersionedCluster<cluster>);

namespace {

migration::command command(migration::verb what, migration::endpoint end = migration::endpoint::destination) {
  migration::command c;
  c.what = what;
  c.end = end;
  c.migration = {41};
  c.subset = {5};
  c.workload = {ports::id_of_name("w1")};
  c.from_site = c.to_site = {1};
  c.from = {ports::id_of_name("host-a")};
  c.to = {ports::id_of_name("host-b")};
  c.token = {slot{9}, 0};
  return c;
}
migration::object_record record(migration::place_state at) {
  migration::object_record r{.subset = {5}, .highest = {slot{9}, 0}, .migration = {41}, .used = {slot{9}, 0}};
  r.destination.at = at;
  r.destination.subset = r.source.subset = {5};
  return r;
}
json web() {
  auto spec = docker_test::recorded("service_after_update.json")["Spec"];
  spec["TaskTemplate"]["Placement"]["Constraints"] = {"node.role==worker", "node.id==a"};
  spec["UpdateConfig"]["Order"] = "stop-first";
  return spec;
}
const json constraints_there = {"node.role==worker", "node.id==b"};

/// A swarm of two hosts whose one service stands on the first.
struct one_swarm {
  fake_manager http;
  cluster swarm{http, {.name = "swarm a"}};

  one_swarm() {
    http.node("a", "host-a");
    http.node("b", "host-b");
    http.put(web());
    http.serves_at("id-w1", "a");
  }
  docker::swarm_object read(const migration::command& c) {
    auto o = swarm.read(c);
    REQUIRE(o.has_value());
    return *std::move(o);
  }
  result<docker::swarm_object, call_error> write(
      const migration::command& c, cluster_act act,
      migration::place_state next = migration::place_state::copying,
      const docker::swarm_object* elsewhere = nullptr) {
    return swarm.write(read(c), c, act, record(next), elsewhere);
  }
  docker::swarm_object start() {
    auto o = write(command(migration::verb::start), cluster_act::start);
    REQUIRE_MESSAGE(o.has_value(), (o ? "" : o.error().reason));
    return *std::move(o);
  }
  progress so_far() {
    const auto c = command(migration::verb::query);
    const auto p = swarm.progress(read(c), c);
    REQUIRE(p.has_value());
    return p->what;
  }
};

}  // namespace

TEST_CASE("a start is one write under the version read: the pin, start-first, pause, and our record") {
  one_swarm s;
  const auto now = s.start();
  const json& spec = s.http.spec("w1");
  CHECK(now.record == record(migration::place_state::copying));
  CHECK(spec["TaskTemplate"]["Placement"]["Constraints"] == constraints_there);
  CHECK(spec["UpdateConfig"]["Order"] == "start-first");
  CHECK(spec["UpdateConfig"]["FailureAction"] == "pause");
  CHECK(spec["TaskTemplate"]["ContainerSpec"] == web()["TaskTemplate"]["ContainerSpec"]);
  CHECK(s.so_far() == progress::copying);
  s.http.tasks = json::array();
  s.http.serves_at("id-w1", "b");
  CHECK(s.so_far() == progress::serving);
}

TEST_CASE("a write by somebody else in between is a conflict, and nothing is overwritten") {
  one_swarm s;
  const auto c = command(migration::verb::start);
  const auto seen = s.read(c);
  s.http.touch("w1");
  const auto o = s.swarm.write(seen, c, cluster_act::start, record(migration::place_state::copying), nullptr);
  REQUIRE_FALSE(o.has_value());
  CHECK(o.error().what == call_error::kind::conflict);
  CHECK(docker::digest_of_spec(s.http.spec("w1")) == docker::digest_of_spec(web()));
}

TEST_CASE("an undo by another process puts back what the start changed, and keeps the record") {
  one_swarm s;
  s.start();
  cluster successor{s.http};
  const auto c = command(migration::verb::abort);
  const auto o = successor.write(*successor.read(c), c, cluster_act::undo,
                                 record(migration::place_state::reverted), nullptr);
  REQUIRE(o.has_value());
  CHECK(o->record == record(migration::place_state::reverted));
  CHECK(docker::digest_of_spec(s.http.spec("w1")) == docker::digest_of_spec(web()));
}

TEST_CASE("what somebody has changed by hand during the move is reported and survives the undo") {
  one_swarm s;
  s.start();
  s.http.spec("w1")["TaskTemplate"]["ContainerSpec"]["Image"] = "bb:2";
  s.http.touch("w1");
  CHECK(s.so_far() == progress::foreign);
  CHECK(s.write(command(migration::verb::abort), cluster_act::undo, migration::place_state::reverted)
            .has_value());
  const json& spec = s.http.spec("w1");
  CHECK(spec["TaskTemplate"]["ContainerSpec"]["Image"] == "bb:2");
  CHECK(spec["TaskTemplate"]["Placement"] == web()["TaskTemplate"]["Placement"]);
}

TEST_CASE(
    "a fence while the old copy stands ends the move in the same write, one after it changes labels only") {
  one_swarm s;
  s.start();
  SUBCASE("the old copy stands") {
    CHECK(s.write(command(migration::verb::fence), cluster_act::hold).has_value());
    CHECK(s.http.spec("w1")["TaskTemplate"]["Placement"] == web()["TaskTemplate"]["Placement"]);
    CHECK(s.so_far() == progress::failed);
  }
  SUBCASE("who adopts the move waits for its end") {
    const auto o = s.write(command(migration::verb::start), cluster_act::hold);
    REQUIRE_FALSE(o.has_value());
    CHECK(o.error().what == call_error::kind::unsent);
  }
  SUBCASE("it has gone") {
    s.http.tasks = json::array();
    s.http.serves_at("id-w1", "b");
    const std::string before = docker::digest_of_spec(s.http.spec("w1"));
    CHECK(s.write(command(migration::verb::fence), cluster_act::hold).has_value());
    CHECK(docker::digest_of_spec(s.http.spec("w1")) == before);
    CHECK(s.so_far() == progress::serving);
  }
}

TEST_CASE(
    "a destination that is removed in the middle of a copy is a failure of the copy, not of the reading") {
  one_swarm s;
  s.start();
  s.http.nodes.erase(1);
  CHECK(s.so_far() == progress::failed);
  CHECK(s.write(command(migration::verb::abort), cluster_act::undo, migration::place_state::reverted)
            .has_value());
  CHECK(docker::digest_of_spec(s.http.spec("w1")) == docker::digest_of_spec(web()));
}

TEST_CASE("labels that somebody has made anew keep fencing: the token is that of the specification before") {
  one_swarm s;
  s.start();
  json& service = s.http.services.at("w1");
  service["PreviousSpec"] = service["Spec"];
  service["Spec"] = web();  // docker stack deploy
  service["Spec"]["Labels"] = {{"com.docker.stack.namespace", "shop"}};
  s.http.touch("w1");
  const auto c = command(migration::verb::start);
  CHECK(s.read(c).record == record(migration::place_state::copying));
  CHECK(s.so_far() == progress::foreign);
  CHECK(s.write(command(migration::verb::abort), cluster_act::undo, migration::place_state::reverted)
            .has_value());
  CHECK(s.read(c).record == record(migration::place_state::reverted));
  CHECK(s.http.spec("w1")["TaskTemplate"]["Placement"] == web()["TaskTemplate"]["Placement"]);
  s.http.spec("w1")["Labels"]["foreshift.record"] = "a hand was here";
  const auto damaged = s.swarm.read(c);
  REQUIRE_FALSE(damaged.has_value());
  CHECK(damaged.error().what == call_error::kind::refused);
  CHECK(
      damaged.error().reason.starts_with("swarm a: service w1: its label foreshift.record is none of ours"));
}

TEST_CASE("one PreviousSpec only: a write by hand in between loses it, and an undo goes by our own note") {
  one_swarm s;
  s.start();
  json& service = s.http.services.at("w1");
  service["PreviousSpec"] = service["Spec"];  // of before the move nothing is left
  service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] = "bb:2";
  s.http.touch("w1");
  CHECK(s.write(command(migration::verb::abort), cluster_act::undo, migration::place_state::reverted)
            .has_value());
  CHECK(s.http.spec("w1")["TaskTemplate"]["Placement"] == web()["TaskTemplate"]["Placement"]);
  CHECK(s.http.spec("w1")["UpdateConfig"] == web()["UpdateConfig"]);
}

TEST_CASE("a service that draining its node has taken down is moved to another") {
  one_swarm s;
  s.http.nodes[0]["Spec"]["Availability"] = "drain";
  s.http.tasks = json::array();
  s.http.task("id-w1", "a", "shutdown", "shutdown");
  s.http.task("id-w1", "", "pending", "running");
  s.start();
  CHECK(s.http.spec("w1")["TaskTemplate"]["Placement"]["Constraints"] == constraints_there);
  CHECK(s.so_far() == progress::copying);
  s.http.tasks.erase(1);
  s.http.serves_at("id-w1", "b");
  CHECK(s.so_far() == progress::serving);
}

TEST_CASE("a new move over one that never ended takes nothing of it over") {
  one_swarm s;
  s.start();
  auto c = command(migration::verb::start);
  c.migration = {42};
  CHECK(s.swarm.write(s.read(c), c, cluster_act::start, record(migration::place_state::copying), nullptr)
            .has_value());
  CHECK(s.write(command(migration::verb::abort), cluster_act::undo, migration::place_state::reverted)
            .has_value());
  CHECK(docker::digest_of_spec(s.http.spec("w1")) == docker::digest_of_spec(web()));
}

TEST_CASE("a release leaves the new placement and the owner's settings of updates") {
  one_swarm s;
  s.start();
  s.http.tasks = json::array();
  s.http.serves_at("id-w1", "b");
  CHECK(s.write(command(migration::verb::release, migration::endpoint::source), cluster_act::release)
            .has_value());
  const json& spec = s.http.spec("w1");
  CHECK(spec["TaskTemplate"]["Placement"]["Constraints"] == constraints_there);
  CHECK(spec["UpdateConfig"] == web()["UpdateConfig"]);
  CHECK_FALSE(spec["Labels"].contains("foreshift.changes"));
}

TEST_CASE(
    "a start that would hang or lose something is refused with the reason, before anything is written") {
  one_swarm s;
  const auto refusal = [&] {
    const auto o = s.write(command(migration::verb::start), cluster_act::start);
    REQUIRE_FALSE(o.has_value());
    CHECK(o.error().what == call_error::kind::refused);
    CHECK(docker::digest_of_spec(s.http.spec("w1")).size() == 32);
    CHECK_FALSE(s.http.spec("w1")["Labels"].contains("foreshift.record"));
    return o.error().reason;
  };
  SUBCASE("paused node") {
    s.http.nodes[1]["Spec"]["Availability"] = "pause";
    CHECK(refusal() == "swarm a: service w1 cannot move to host-b: the node's availability is pause");
  }
  SUBCASE("drained node") {
    s.http.nodes[1]["Spec"]["Availability"] = "drain";
    CHECK(refusal().ends_with("the node's availability is drain"));
  }
  SUBCASE("node that is down") {
    s.http.nodes[1]["Status"]["State"] = "down";
    CHECK(refusal().ends_with("the node is down"));
  }
  SUBCASE("the owner's constraint") {
    s.http.nodes[1]["Spec"]["Role"] = "manager";
    CHECK(refusal().ends_with("its constraint \"node.role==worker\" excludes the node"));
  }
  SUBCASE("copies on two nodes") {
    s.http.serves_at("id-w1", "b");
    CHECK(refusal().find("split it into a service for each site") != std::string::npos);
  }
  SUBCASE("no such node") {
    s.http.nodes.erase(1);
    CHECK(refusal().starts_with("swarm a: no node has the id "));
  }
  SUBCASE("two nodes of one name") {
    s.http.node("c", "host-b");
    CHECK(refusal().find("nodes b and c have one id") != std::string::npos);
  }
}

TEST_CASE("a service that is not there is no error to read, and cannot be written within its swarm") {
  one_swarm s;
  s.http.services.clear();
  const auto c = command(migration::verb::start);
  CHECK_FALSE(s.read(c).exists);
  CHECK(s.write(c, cluster_act::start).error().what == call_error::kind::refused);
}

TEST_CASE("an answer that nobody can read leaves the write unknown") {
  one_swarm s;
  const auto c = command(migration::verb::fence);
  const auto seen = s.read(c);
  s.http.instead = [](const fake_manager::request& r) {
    return r.method == "POST" ? fake_manager::response{502, {}, "<html>"} : fake_manager::response{};
  };
  CHECK(s.swarm.write(seen, c, cluster_act::hold, record(migration::place_state::never_seen), nullptr)
            .error()
            .what == call_error::kind::unknown);
}

TEST_CASE("limits and copies change in place, and not while a move is under way") {
  one_swarm s;
  auto c = command(migration::verb::scale);
  c.replicas = 3;
  CHECK(s.swarm.write(s.read(c), c, cluster_act::scale, record(migration::place_state::running), nullptr)
            .has_value());
  CHECK(s.http.spec("w1")["Mode"]["Replicated"]["Replicas"] == 3);
  c.what = migration::verb::resize;
  c.limits[resource::memory] = 1 << 20;
  CHECK(s.swarm.write(s.read(c), c, cluster_act::resize, record(migration::place_state::running), nullptr)
            .has_value());
  CHECK(s.http.spec("w1")["TaskTemplate"]["Resources"]["Limits"]["MemoryBytes"] == 1 << 20);
  s.start();
  CHECK(s.swarm.write(s.read(c), c, cluster_act::resize, record(migration::place_state::running), nullptr)
            .error()
            .what == call_error::kind::refused);
}

TEST_CASE("between swarms: held, copied, ceased, and what is left keeps the token") {
  one_swarm from;
  from.http.networks = {{"bn8msrkgxp0lmyoe0b78of8ot", "host"}};
  fake_manager there;
  there.node("b", "host-b");
  there.networks = {{"net-b", "host"}};
  cluster to{there, {.name = "swarm b"}};
  const auto at = [&](migration::verb what, migration::endpoint end) {
    auto c = command(what, end);
    c.to_site = {2};
    return c;
  };
  using migration::endpoint, migration::verb, migration::place_state;
  const auto source = from.read(at(verb::start, endpoint::source));
  CHECK(source.networks == std::vector<std::string>{"host"});

  auto c = at(verb::fence, endpoint::destination);
  CHECK(to.write(*to.read(c), c, cluster_act::hold, record(place_state::never_seen), nullptr).error().what ==
        call_error::kind::refused);  // nobody can tell its name
  REQUIRE(to.write(*to.read(c), c, cluster_act::hold, record(place_state::never_seen), &source).has_value());
  CHECK(there.spec("w1")["Mode"]["Replicated"]["Replicas"] == 0);

  c = at(verb::start, endpoint::destination);
  REQUIRE(to.write(*to.read(c), c, cluster_act::start, record(place_state::copying), &source).has_value());
  CHECK(there.spec("w1")["TaskTemplate"]["Placement"]["Constraints"] == constraints_there);
  CHECK(there.spec("w1")["TaskTemplate"]["Networks"][0]["Target"] == "net-b");
  CHECK(there.spec("w1")["Mode"]["Replicated"]["Replicas"] == 1);
  there.serves_at("id-w1", "b", 1);
  CHECK(to.progress(*to.read(c), c)->what == progress::ready);
  CHECK(to.write(*to.read(c), c, cluster_act::start, record(place_state::copying), &source)
            .error()
            .reason.ends_with("a service of that name runs here already"));

  c = at(verb::cut_over, endpoint::source);
  REQUIRE(
      from.swarm.write(from.read(c), c, cluster_act::cease, record(place_state::ready), nullptr).has_value());
  CHECK(from.http.spec("w1")["Mode"]["Replicated"]["Replicas"] == 0);
  SUBCASE("the source goes on after an undo") {
    c = at(verb::abort, endpoint::source);
    REQUIRE(from.swarm.write(from.read(c), c, cluster_act::undo, record(place_state::reverted), nullptr)
                .has_value());
    CHECK(from.http.spec("w1")["Mode"]["Replicated"]["Replicas"] == 1);
    c = at(verb::abort, endpoint::destination);
    REQUIRE(to.write(*to.read(c), c, cluster_act::undo, record(place_state::reverted), nullptr).has_value());
    CHECK(there.spec("w1")["Mode"]["Replicated"]["Replicas"] == 0);
  }
  SUBCASE("a fence of the next owner leaves what has ceased, although its task is still to go") {
    REQUIRE(from.http.tasks.size() == 1);  // wanted running, and nothing pins it by node.id
    from.http.spec("w1")["TaskTemplate"]["Placement"]["Constraints"] = {"node.hostname==host-a"};
    for (const auto end : {endpoint::source, endpoint::destination}) {
      c = at(verb::fence, end);
      REQUIRE(from.swarm.write(from.read(c), c, cluster_act::hold, record(place_state::ready), nullptr)
                  .has_value());
      CHECK(from.http.spec("w1")["Mode"]["Replicated"]["Replicas"] == 0);
    }
    auto more = command(verb::scale);
    more.replicas = 2;
    CHECK(from.swarm.write(from.read(more), more, cluster_act::scale, record(place_state::ready), nullptr)
              .error()
              .what == call_error::kind::refused);
    c = at(verb::abort, endpoint::source);  // and it can still be put back
    REQUIRE(from.swarm.write(from.read(c), c, cluster_act::undo, record(place_state::reverted), nullptr)
                .has_value());
    CHECK(from.http.spec("w1")["Mode"]["Replicated"]["Replicas"] == 1);
  }
  SUBCASE("a release ends the copies that somebody has scaled up again meanwhile") {
    from.http.spec("w1")["Mode"]["Replicated"]["Replicas"] = 1;
    from.http.touch("w1");
    c = at(verb::release, endpoint::source);
    REQUIRE(from.swarm.write(from.read(c), c, cluster_act::release, record(place_state::released), nullptr)
                .has_value());
    CHECK(from.http.spec("w1")["Mode"]["Replicated"]["Replicas"] == 0);
  }
  SUBCASE("a release leaves a service without copies") {
    c = at(verb::release, endpoint::source);
    REQUIRE(from.swarm.write(from.read(c), c, cluster_act::release, record(place_state::released), nullptr)
                .has_value());
    CHECK(from.http.spec("w1")["Mode"]["Replicated"]["Replicas"] == 0);
    CHECK(from.read(c).record == record(place_state::released));
  }
}

TEST_CASE("between swarms a service of the same name is written over only where a move has made or left it") {
  one_swarm s;
  auto c = command(migration::verb::fence);
  c.from_site = {2};
  docker::swarm_object source{.exists = true, .name = "w1"};
  source.service = {.id = "x", .name = "w1", .spec = web()};
  const auto act = [&](cluster_act what, migration::endpoint end = migration::endpoint::destination) {
    auto told = c;
    told.end = end;
    if (end == migration::endpoint::source) std::swap(told.from_site, told.to_site);
    auto seen = s.read(told);
    return s.swarm.write(seen, told, what, record(migration::place_state::copying), &source);
  };
  s.http.networks = {{"bn8msrkgxp0lmyoe0b78of8ot", "host"}};
  s.http.spec("w1")["Mode"]["Replicated"]["Replicas"] = 0;  // somebody's own, put to sleep by hand
  s.http.spec("w1")["TaskTemplate"]["ContainerSpec"]["Image"] = "theirs:1";
  SUBCASE("theirs") {
    REQUIRE(act(cluster_act::hold).has_value());  // the fence before it keeps our record in it
    const auto o = act(cluster_act::start);
    REQUIRE_FALSE(o.has_value());
    CHECK(o.error().what == call_error::kind::refused);
    CHECK(
        o.error().reason ==
        "swarm a: service w1 cannot come to host-b: a service of that name is here, without copies, that no "
        "move has left: remove it or give one of them another name");
    CHECK(s.http.spec("w1")["TaskTemplate"]["ContainerSpec"]["Image"] == "theirs:1");
  }
  SUBCASE("left by a move to another swarm") {
    REQUIRE(act(cluster_act::cease, migration::endpoint::source).has_value());
    REQUIRE(act(cluster_act::hold).has_value());
    CHECK(act(cluster_act::start).has_value());
    CHECK(s.http.spec("w1")["TaskTemplate"]["ContainerSpec"]["Image"] == "bb:1");
    REQUIRE(act(cluster_act::undo).has_value());
    CHECK(act(cluster_act::start).has_value());  // again
  }
  SUBCASE("a move that was undone leaves it to them again") {
    REQUIRE(act(cluster_act::cease, migration::endpoint::source).has_value());
    REQUIRE(act(cluster_act::undo, migration::endpoint::source).has_value());
    CHECK_FALSE(act(cluster_act::start).has_value());
  }
}

TEST_CASE("between swarms too, copies on several nodes are refused") {
  one_swarm from;
  from.http.networks = {{"bn8msrkgxp0lmyoe0b78of8ot", "host"}};
  fake_manager there;
  there.node("b", "host-b");
  there.networks = {{"net-b", "host"}};
  cluster to{there, {.name = "swarm b"}};
  auto c = command(migration::verb::start, migration::endpoint::source);
  c.to_site = {2};
  const auto start = [&] {
    const auto source = from.read(c);
    auto told = c;
    told.end = migration::endpoint::destination;
    return to.write({}, told, cluster_act::start, record(migration::place_state::copying), &source);
  };
  from.http.serves_at("id-w1", "b");
  const auto o = start();
  REQUIRE_FALSE(o.has_value());
  CHECK(o.error().what == call_error::kind::refused);
  CHECK(
      o.error().reason ==
      "swarm b: service w1 cannot come to host-b: its copies stand on 2 nodes and Swarm moves them together: "
      "split it into a service for each site");
  CHECK(there.services.empty());
  from.http.tasks.erase(1);
  CHECK(start().has_value());
}

TEST_CASE(
    "between swarms a secret is the one of its name there; where there is none, the start says what to do") {
  one_swarm s;
  auto c = command(migration::verb::start);
  c.to_site = {2};
  docker::swarm_object source{.exists = true, .name = "w2"};
  source.service = {.id = "x", .name = "w2", .spec = web()};
  source.service.spec["Name"] = "w2";
  source.service.spec["TaskTemplate"]["ContainerSpec"]["Secrets"] = {{{"SecretName", "key"}}};
  const auto start = [&] {
    return s.swarm.write({}, c, cluster_act::start, record(migration::place_state::copying), &source);
  };
  CHECK(start().error().what == call_error::kind::refused);
  CHECK(start().error().reason ==
        "swarm a: service w2 cannot come to host-b: it uses secret key, and there is none of that name: make "
        "it "
        "there (docker secret create key FILE)");
  s.http.secrets = {{"key", "id-there"}};
  REQUIRE(start().has_value());
  CHECK(s.http.spec("w2")["TaskTemplate"]["ContainerSpec"]["Secrets"][0]["SecretID"] == "id-there");
}

TEST_CASE("a health check that only the image has is seen, where the manager's node has the image") {
  one_swarm s;
  s.http.spec("w1")["TaskTemplate"]["ContainerSpec"].erase("Healthcheck");
  const auto why_not = [&] {
    const auto seen = s.swarm.inventory();
    REQUIRE(seen.has_value());
    return seen->workloads.front().why_not;
  };
  CHECK(why_not().starts_with("it has no health check, nor has its image on the node that was asked: "));
  s.http.images["bb%3A1"] = {{"Config", {{"Healthcheck", {{"Test", {"CMD-SHELL", "true"}}}}}}};
  CHECK(why_not().empty());
  CHECK(s.write(command(migration::verb::start), cluster_act::start).has_value());
  s.http.instead = [](const fake_manager::request& r) {
    return r.target.starts_with("/v1.41/images/") ? fake_manager::response{500, {}, "{}"}
                                                  : fake_manager::response{};
  };
  CHECK_FALSE(s.swarm.inventory().has_value());  // nobody knows: not told as "no"
}

TEST_CASE("an inventory is three requests") {
  one_swarm s;
  const auto seen = s.swarm.inventory();
  REQUIRE(seen.has_value());
  CHECK(seen->hosts.size() == 2);
  CHECK(seen->workloads.front().on.front() == host_id{ports::id_of_name("host-a")});
  CHECK(s.http.asked.size() == 3);
}
