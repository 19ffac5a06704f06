// Moves of a service that works, under a client that keeps asking, within a real swarm and between two.
#include <system/swarm/asker.hpp>
#include <system/swarm/ride.hpp>
#include <system/swarm/swarms.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

using namespace swarm_test;
using migration::phase;

namespace {

/// How many moves and planted failures of each kind; the figures of the README are of 20.
std::size_t rounds(std::size_t usual) {
  const char* wanted = std::getenv("FORESHIFT_SWARM_ROUNDS");
  return wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : usual;
}

}  // namespace

TEST_CASE("moves within a swarm: no request of a client fails, and each begins one copy") {
  town here;
  web w{here};
  asker client{here, w.port(), 1};
  int at = 1;
  for (std::size_t i = 0; i < rounds(2); ++i) {
    const int to = 3 - at;
    const auto before = w.begun(to);
    ride r{here, w, at, to, 10 + i};
    REQUIRE_MESSAGE(r.go() == phase::settled, r.story());
    CHECK_MESSAGE(r.run.committed(), r.story());
    auto fresh = w.begun(to);
    for (const auto& id : before) fresh.erase(id);
    CHECK(fresh.size() == 1);
    CHECK(w.serving(to) == fresh);
    CHECK(w.is_gone(at));
    at = to;
  }
  MESSAGE(client.asked() << " requests over " << rounds(2) << " moves within a swarm, failed: "
                         << client.failed() << ", " << client.repeated());
  CHECK(client.asked() > 10);
  CHECK_MESSAGE(client.failed() == 0, client.last_failure());
  CHECK(w.seen().label(docker::changes_label).empty());
}

TEST_CASE(
    "moves between swarms and back: started there, healthy, traffic switched, stopped here, no request "
    "fails") {
  town here;
  const auto make_secret = [&](int manager) {
    here.by_hand(manager, "secret create key " + here.place + "/tls/client.key");
  };
  make_secret(1);
  web w{here, 1, "--secret key"};
  asker client{here, w.port(), 1};
  ride without{here, w, 1, 4, 5};
  CHECK_MESSAGE(without.go() == phase::settled, without.story());
  CHECK_MESSAGE(without.run.aborted(), without.story());
  CHECK(
      without.story().find("it uses secret key, and there is none of that name: make it there (docker secret "
                           "create key FILE)") != std::string::npos);
  make_secret(3);
  here.switched = [&](const migration::command& c) {
    client.go_to(static_cast<int>(c.to_site.value));
    return std::string{};
  };
  int at = 1;
  for (std::size_t i = 0; i < rounds(2); ++i) {
    const int to = at == 1 ? 4 : 1;
    ride r{here, w, at, to, 10 + i};
    REQUIRE_MESSAGE(r.go() == phase::settled, r.story());
    CHECK_MESSAGE(r.run.committed(), r.story());
    CHECK(w.serving(to).size() == 1);
    CHECK(comes_true([&] { return w.is_gone(at); }));
    CHECK(w.seen(at < 3 ? 1 : 2).replicas() == 0);
    at = to;
  }
  MESSAGE(client.asked() << " requests over " << rounds(2) << " moves between swarms, failed: "
                         << client.failed() << ", " << client.repeated());
  CHECK_MESSAGE(client.failed() == 0, client.last_failure());
}

TEST_CASE(
    "failing health checks and crashing commands are put back by us, and the old copy is never stopped") {
  town here;
  web w{here};
  asker client{here, w.port(), 1};
  const auto old = w.serving(1);
  REQUIRE(old.size() == 1);
  const auto before = docker::digest_of_spec(w.seen().spec);
  std::size_t put_back = 0;
  for (std::size_t i = 0; i < rounds(2); ++i) {
    here.flag(i % 2 == 0 ? "sick-node2" : "crash-node2");
    ride r{here, w, 1, 2, 10 + i};
    r.each_round = [&] { REQUIRE_MESSAGE(w.serving(1) == old, r.story()); };
    REQUIRE_MESSAGE(r.go() == phase::settled, r.story());
    CHECK_MESSAGE(r.run.aborted(), r.story());
    CHECK(comes_true([&] { return w.serving(2).empty() && w.serving(1) == old; }));
    put_back += r.run.aborted() && docker::digest_of_spec(w.seen().spec) == before ? 1 : 0;
    here.unflag();
  }
  MESSAGE(put_back << " of " << rounds(2) << " planted failures put back");
  CHECK(put_back == rounds(2));
  CHECK_MESSAGE(client.failed() == 0, client.last_failure());
  ride r{here, w, 1, 2, 100};
  CHECK_MESSAGE(r.go() == phase::settled, r.story());
  CHECK_MESSAGE(r.run.committed(), r.story());
}

TEST_CASE("between swarms a copy that fails there is dropped, and the one here goes on") {
  town here;
  web w{here};
  const auto old = w.serving(1);
  here.flag("crash-node3");
  ride r{here, w, 1, 3, 10};
  CHECK_MESSAGE(r.go() == phase::settled, r.story());
  CHECK_MESSAGE(r.run.aborted(), r.story());
  here.unflag();
  CHECK(w.serving(1) == old);
  CHECK(w.seen(2).replicas() == 0);
}

TEST_CASE("an update that would wait for ever is ended by our own deadline") {
  town here;
  web w{here, 1, "--constraint node.ip!=" + here.network + "2"};
  const auto old = w.serving(1);
  ride r{here, w, 1, 2, 10, {.give_up_after = 2s}};
  const auto begin = wall_clock{}.now();
  CHECK_MESSAGE(r.go() == phase::settled, r.story());
  CHECK_MESSAGE(r.run.aborted(), r.story());
  CHECK(wall_clock{}.now() - begin < 20s);
  CHECK(w.serving(1) == old);
  CHECK(comes_true([&] { return w.seen().update == "completed"; }));
}

TEST_CASE("a node that is paused is refused before anything is written") {
  town here;
  web w{here};
  here.by_hand(1, "node update --availability pause node2");
  ride r{here, w, 1, 2, 10};
  CHECK_MESSAGE(r.go() == phase::settled, r.story());
  CHECK_MESSAGE(r.run.aborted(), r.story());
  CHECK(r.story().find("the node's availability is pause") != std::string::npos);
  CHECK(w.begun(2).empty());
  here.by_hand(1, "node update --availability active node2");
}

TEST_CASE("draining the node of a pinned service takes it down, and a move to another brings it up again") {
  town here;
  web w{here};
  here.by_hand(1, "node update --availability drain node1");
  CHECK(comes_true([&] { return w.serving(1).empty() && w.is_gone(1); }));
  std::string waits;
  CHECK(comes_true([&] {
    for (const auto& t : w.tasks())
      if (t.node.empty() && t.is_wanted()) waits = t.state + ": " + t.said;
    return waits.starts_with("pending: no suitable node");
  }));
  MESSAGE(waits);
  const auto seen = swarm{here.http[0]}.inventory();
  REQUIRE(seen.has_value());
  for (const auto& one : seen->workloads)
    if (one.name == w.name()) CHECK((one.running == 0 && one.on.empty() && one.movable));
  ride r{here, w, 1, 2, 10};
  CHECK_MESSAGE(r.go() == phase::settled, r.story());
  CHECK_MESSAGE(r.run.committed(), r.story());
  CHECK(w.serving(2).size() == 1);
  here.by_hand(1, "node update --availability active node1");
  CHECK(w.serving(2).size() == 1);
}

TEST_CASE("an update by hand in the middle of a move is seen, and what it changed stays") {
  town here;
  web w{here};
  here.flag("sick-node2");  // the copy is on its way for a while
  ride r{here, w, 1, 2, 10};
  REQUIRE(r.go(30s, phase::copying) == phase::copying);
  here.by_hand(1, "service update -d --no-resolve-image --env-add BY=hand " + w.name());
  CHECK_MESSAGE(r.go() == phase::settled, r.story());
  CHECK_MESSAGE(r.run.aborted(), r.story());
  CHECK(r.story().find("was changed by somebody else during the move") != std::string::npos);
  const auto env = docker::to_text(w.seen().spec["TaskTemplate"]["ContainerSpec"]["Env"]);
  CHECK(env.find("BY=hand") != std::string::npos);
  CHECK(docker::to_text(w.seen().spec).find("node.hostname==node1") != std::string::npos);
  here.unflag();
  CHECK(comes_true([&] { return w.serving(1).size() == 1; }));
}

TEST_CASE("what we add to a move made by hand, from approval to the new copy running") {
  if (rounds(0) < 10) {
    MESSAGE("left out: $FORESHIFT_SWARM_ROUNDS is less than 10");
    return;
  }
  town here;
  web w{here};
  auto o = here.process();
  std::vector<duration> ours, by_hand;
  int at = 1;
  const auto done = [&](int to) { return comes_true([&] { return w.serving(to).size() == 1; }); };
  const auto settles = [&] {
    CHECK(comes_true([&] { return w.seen().update == "completed" && w.is_gone(3 - at); }));
  };
  for (std::size_t i = 0; i < rounds(2); ++i) {
    {
      const auto begin = wall_clock{}.now();
      auto s = w.seen();
      docker::detail::set_at(s.spec, "/TaskTemplate/Placement",
                             docker::placement_on(s.spec, here.id_of_node(3 - at)));
      docker::detail::set_at(s.spec, "/UpdateConfig/Order", "start-first");
      REQUIRE(here.manager(1).update(s, s.spec).has_value());
      CHECK(done(3 - at));
      by_hand.push_back(wall_clock{}.now() - begin);
      at = 3 - at;
      settles();
    }
    const auto begin = wall_clock{}.now();
    ride r{here, w, at, 3 - at, 10 + i};
    duration ran{};
    r.each_round = [&] {
      if (r.run.at() < phase::copying) return;  // no look before there is something to see
      if (ran == duration{} && w.serving(3 - at).size() == 1) ran = wall_clock{}.now() - begin;
    };
    CHECK_MESSAGE(r.go() == phase::settled, r.story());
    CHECK(ran > duration{});
    ours.push_back(ran);
    at = 3 - at;
    CHECK(w.is_gone(3 - at));
  }
  std::ranges::sort(ours), std::ranges::sort(by_hand);
  const auto ms = [](duration d) { return std::chrono::duration_cast<std::chrono::milliseconds>(d).count(); };
  const duration added = ours[ours.size() / 2] - by_hand[by_hand.size() / 2];
  MESSAGE("median of " << ours.size() << ": ours " << ms(ours[ours.size() / 2]) << " ms, by hand "
                       << ms(by_hand[by_hand.size() / 2]) << " ms, added " << ms(added) << " ms");
  CHECK(added <= 200ms);
}
