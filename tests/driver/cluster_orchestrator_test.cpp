#include <foreshift/driver/cluster_orchestrator.hpp>
#include <foreshift/migration/executor.hpp>
#include <foreshift/sim/clock.hpp>
#include <foreshift/sim/versioned_cluster.hpp>

#include <contracts/orchestrator_contract.hpp>
#include <migration/ride.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using migration::cut_over_style, migration::endpoint, migration::event, migration::event_kind,
    migration::place_state, migration::verb;
using ports::cluster_act;

namespace {

using cluster = sim::versioned_cluster<cut_over_style::one_step>;
using orchestrator = driver::cluster_orchestrator<cluster, sim::clock>;

/// One cluster with the workload at place 100, another one without it.
struct town {
  sim::timer time;
  sim::cluster_objects here, there;
  std::vector<migration::command> switched;

  town() {
    auto& object = here.all[workload_id{6}];
    object.exists = true;
    object.runs_at = {100};
  }
  orchestrator process() {
    orchestrator o{sim::clock{time}};
    o.reach({1}, cluster{time, here}).reach({2}, cluster{time, there});
    o.switch_traffic([this](const migration::command& c) { return switched.push_back(c), std::string{}; });
    return o;
  }
  std::size_t count(const sim::cluster_objects& objects, cluster_act act) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(objects.acts, [&](const auto& did) { return did.first == act; }));
  }
};

migration::command move_to(std::uint64_t site) {
  migration::command c;
  c.migration = {41};
  c.subset = {5};
  c.workload = {6};
  c.from_site = {1};
  c.from = {100};
  c.to_site = {site};
  c.to = {200};
  return c;
}

template <std::uint64_t ToSite>
struct harness {
  static constexpr cut_over_style style = ToSite == 1 ? orchestrator::style : orchestrator::style_between;
  town world;
  orchestrator owner = world.process();

  orchestrator& endpoint() { return owner; }
  static migration::command first_command() { return move_to(ToSite); }
  void settle() { world.time.run_for(1min); }
  std::size_t starts(migration_id) const {
    return world.count(ToSite == 1 ? world.here : world.there, cluster_act::start);
  }
};

/// Submits one command and hears what comes of it, at once and after `pause`.
std::vector<event> ask(town& world, orchestrator& o, verb what, std::uint64_t token, std::uint64_t site = 1,
                       endpoint end = endpoint::destination, duration pause = 0s) {
  auto c = move_to(site);
  c.what = what;
  c.end = end;
  c.token = {slot{token}, 0};
  CHECK(!o.submit(c));
  std::vector<event> heard;
  const auto keep = [&](const event& e) { heard.push_back(e); };
  o.poll(keep);
  if (pause > 0s) world.time.run_for(pause), o.poll(keep);
  return heard;
}
bool has(const std::vector<event>& heard, event_kind what) {
  return std::ranges::any_of(heard, [&](const event& e) { return e.what == what; });
}

/// A cluster that fails after ten seconds, or never.
struct slow_cluster {
  static constexpr cut_over_style style = cluster::style;
  using object = cluster::object;
  cluster inner;
  sim::timer* time;
  bool fails;
  int* readings;

  result<object, ports::call_error> read(const migration::command& what) {
    ++*readings;
    if (!fails) return inner.read(what);
    time->run_for(10s);
    return failure{ports::call_error{ports::call_error::kind::unknown, "no answer within 10 s", {}}};
  }
  result<object, ports::call_error> write(const object& seen, const migration::command& what, cluster_act act,
                                          const migration::object_record& next, const object* elsewhere) {
    return inner.write(seen, what, act, next, elsewhere);
  }
  result<ports::copy_progress, ports::call_error> progress(const object& seen,
                                                           const migration::command& what) {
    return inner.progress(seen, what);
  }
};
using orchestrator_of_slow = driver::cluster_orchestrator<slow_cluster, sim::clock>;

/// A move of the workload, to the other place here or to the other cluster.
struct ride : migration_test::ride<orchestrator> {
  town& world;

  ride(town& w, std::uint64_t to_site, migration::executor_options options = {})
      : migration_test::ride<orchestrator>(
            w.process(),
            {.id = {41},
             .subset = {5},
             .workload = {6},
             .from_site = {1},
             .from = {100},
             .to_site = {to_site},
             .to = {200},
             .how = to_site == 1 ? migration::style::one_step : migration::style::two_step},
            {slot{7}, 0}, options),
        world(w) {}
  migration::phase go(duration within) {
    for (duration t{}; t < within && run.at() != migration::phase::settled; t += 1s) {
      round(world.time.now());
      world.time.run_for(1s);
    }
    return run.at();
  }
};

}  // namespace

TEST_CASE("within one cluster it keeps the contract, in one step") {
  contracts::orchestrator_contract<harness<1>>();
}

TEST_CASE("between two clusters it keeps the contract, in two steps") {
  contracts::orchestrator_contract<harness<2>>();
}

TEST_CASE("a move within a cluster ends with the workload there, written in one start") {
  town world;
  ride r{world, 1};
  CHECK(r.go(10min) == migration::phase::settled);
  CHECK(r.run.committed());
  CHECK(world.here.all[workload_id{6}].runs_at == place_id{200});
  CHECK(world.count(world.here, cluster_act::start) == 1);
  CHECK(world.switched.empty());
}

TEST_CASE("a move between clusters switches the traffic after the commit and stops the source last") {
  town world;
  ride r{world, 2};
  CHECK(r.go(10min) == migration::phase::settled);
  CHECK(world.there.all[workload_id{6}].runs_at == place_id{200});
  CHECK(world.here.all[workload_id{6}].runs_at == place_id{});
  CHECK(world.switched.size() == 1);
  REQUIRE(world.here.acts.size() == 3);  // the token, then:
  CHECK(world.here.acts[1].first == cluster_act::cease);
  CHECK(world.here.acts[2].first == cluster_act::release);
}

TEST_CASE("a copy that fails is told once, undone and given up; the source goes on") {
  for (const std::uint64_t site : {1U, 2U}) {
    town world;
    (site == 1 ? world.here : world.there).faults.copies_fail = true;
    ride r{world, site};
    CHECK(r.go(10min) == migration::phase::settled);
    CHECK(r.run.aborted());
    CHECK(std::ranges::count(r.why, "the copy failed: unhealthy") > 0);
    CHECK(world.here.all[workload_id{6}].runs_at == place_id{100});
    CHECK(world.count(site == 1 ? world.here : world.there, cluster_act::undo) == 1);
  }
}

TEST_CASE("readings that a cluster does not allow for a while hold a move up and do not end it") {
  for (const std::uint64_t site : {1U, 2U}) {
    town world;
    ride r{world, site};
    for (int second = 0; second < 4; ++second) r.round(world.time.now()), world.time.run_for(1s);
    REQUIRE(r.run.at() == migration::phase::copying);
    (site == 1 ? world.here : world.there).faults.shut = 6;
    CHECK(r.go(10min) == migration::phase::settled);
    CHECK(r.run.committed());
    CHECK((site == 1 ? world.here : world.there).faults.shut == 0);
  }
}

TEST_CASE("a start that a cluster does not allow is given up at once") {
  town world;
  auto o = world.process();
  ask(world, o, verb::fence, 7);
  world.here.faults.shut = 1;
  CHECK(has(ask(world, o, verb::start, 7), event_kind::refused));
  world.here.faults.shut = 1;
  CHECK(has(ask(world, o, verb::query, 7), event_kind::unreachable));
}

TEST_CASE("an object that is seen without its record, now and then, is neither copied twice nor given up") {
  for (int after = 1; after < 12; ++after) {
    town world;
    ride r{world, 1};
    for (int second = 0; second < after; ++second) r.round(world.time.now()), world.time.run_for(1s);
    world.here.faults.forgotten = 1;
    CHECK(r.go(10min) == migration::phase::settled);
    CHECK(r.run.committed());
    CHECK(world.count(world.here, cluster_act::start) == 1);
    CHECK(world.here.all[workload_id{6}].runs_at == place_id{200});
  }
}

TEST_CASE("a cluster that says that a good copy failed has it put back, or is found out on the way") {
  for (const std::uint64_t site : {1U, 2U}) {
    town world;
    auto& objects = site == 1 ? world.here : world.there;
    ride r{world, site};
    for (int second = 0; second < 4; ++second) r.round(world.time.now()), world.time.run_for(1s);
    world.time.run_for(objects.copy_time);
    objects.faults.lies = 1;
    CHECK(r.go(10min) == migration::phase::settled);
    CHECK(r.run.aborted() == (site == 2));  // within a cluster it is seen to serve before it is put back
    CHECK(world.here.all[workload_id{6}].runs_at == place_id{site == 2 ? 100U : 200U});
  }
}

TEST_CASE("a cluster that says too early that a copy is ready is believed, and no start is written twice") {
  town world;
  world.there.faults.lies = 1;
  ride r{world, 2};
  CHECK(r.go(10min) == migration::phase::settled);
  CHECK(r.run.committed());
  CHECK(world.count(world.there, cluster_act::start) == 1);
}

TEST_CASE("a copy that hangs is undone at the deadline of its owner") {
  town world;
  world.here.faults.copies_hang = true;
  ride r{world, 1, {.give_up_after = 2min}};
  CHECK(r.go(10min) == migration::phase::settled);
  CHECK(r.run.aborted());
  CHECK(world.count(world.here, cluster_act::undo) == 1);
  CHECK(world.here.all[workload_id{6}].runs_at == place_id{100});
}

TEST_CASE("a placement by somebody else is told once unless asked, and undone by the owner's abort alone") {
  town world;
  auto o = world.process();
  ask(world, o, verb::start, 7);
  world.here.faults.overwritten = true;
  int told = 0;
  for (int look = 0; look < 10; ++look) {
    world.time.run_for(5s);
    o.poll([&](const event& e) { told += e.what == event_kind::failed ? 1 : 0; });
  }
  CHECK(told == 1);
  CHECK(has(ask(world, o, verb::query, 7), event_kind::failed));
  CHECK(world.count(world.here, cluster_act::undo) == 0);
}

TEST_CASE("a write whose answer is lost is not done again by this process or the next") {
  town world;
  auto first = world.process();
  ask(world, first, verb::fence, 7);
  world.here.faults.unreadable = 1;
  CHECK(has(ask(world, first, verb::start, 7), event_kind::unreachable));
  auto second = world.process();
  CHECK(has(ask(world, second, verb::query, 7), event_kind::status));
  CHECK(has(ask(world, second, verb::start, 7, 1, endpoint::destination, 1min), event_kind::serving));
  CHECK(world.count(world.here, cluster_act::start) == 1);
}

TEST_CASE("other writers are read again and never overwritten; too many of them are told") {
  town world;
  auto o = world.process();
  world.here.faults.conflicts = 2;
  CHECK(has(ask(world, o, verb::fence, 7), event_kind::fenced));
  world.here.faults.conflicts = 1000;
  const auto told = ask(world, o, verb::start, 7);
  REQUIRE(has(told, event_kind::unreachable));
  CHECK(told.back().reason.find("changed since it was read") != std::string::npos);
  CHECK(world.count(world.here, cluster_act::start) == 0);
}

TEST_CASE("a cluster that answers slowly or not at all is asked once in a poll, and holds up nobody else") {
  town world;
  orchestrator_of_slow o{sim::clock{world.time}};
  int readings = 0;
  o.reach({1}, slow_cluster{cluster{world.time, world.here}, &world.time, false, &readings});
  o.reach({2}, slow_cluster{cluster{world.time, world.there}, &world.time, true, &readings});
  for (int i = 0; i < 5; ++i)
    for (const endpoint end : {endpoint::destination, endpoint::source}) {
      auto c = move_to(2);
      c.what = verb::query, c.end = end, c.token = {slot{7}, 0};
      CHECK(!o.submit(c));
    }
  int unreachable = 0, told = 0;
  o.poll([&](const event& e) { ++(e.what == event_kind::unreachable ? unreachable : told); });
  CHECK(unreachable == 5);
  CHECK(told == 5);
  CHECK(readings == 6);
}

TEST_CASE("a subset that is grouped anew takes an object over under a later grant only") {
  town world;
  auto o = world.process();
  ask(world, o, verb::fence, 7);
  auto other = move_to(1);
  other.subset = {9}, other.what = verb::fence;
  const auto fence = [&](std::uint64_t token) {
    std::vector<event> heard;
    other.token = {slot{token}, 0};
    CHECK(!o.submit(other));
    o.poll([&](const event& e) { heard.push_back(e); });
    return heard;
  };
  CHECK(has(fence(7), event_kind::refused));
  CHECK(has(fence(8), event_kind::fenced));
  CHECK_FALSE(has(ask(world, o, verb::start, 7), event_kind::started));
}

TEST_CASE("a cluster that asks for quiet gets it") {
  town world;
  auto o = world.process();
  world.here.faults = {.unsent = 1, .quiet = 30s};
  CHECK(has(ask(world, o, verb::fence, 7), event_kind::unreachable));
  world.time.run_for(10s);
  const auto meanwhile = ask(world, o, verb::fence, 7);
  REQUIRE(meanwhile.size() == 1);
  CHECK(meanwhile[0].what == event_kind::unreachable);
  CHECK(meanwhile[0].retry_after == 20s);
  CHECK(world.here.acts.empty());
  world.time.run_for(21s);
  CHECK(has(ask(world, o, verb::fence, 7), event_kind::fenced));
}

TEST_CASE("traffic that is not switched keeps the destination from serving") {
  town world;
  auto o = world.process();
  o.switch_traffic([](const migration::command&) { return std::string{"the balancer is away"}; });
  ask(world, o, verb::start, 7, 2, endpoint::destination, 1min);
  const auto heard = ask(world, o, verb::cut_over, 7, 2);
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].what == event_kind::unreachable);
  CHECK(heard[0].reason == "the traffic was not switched: the balancer is away");
  CHECK(world.count(world.there, cluster_act::serve) == 0);
}

TEST_CASE("the next migration of a workload takes the place of the last one's record, under a higher token") {
  town world;
  auto o = world.process();
  ask(world, o, verb::start, 7, 1, endpoint::destination, 1min);
  auto next = move_to(1);
  next.migration = {42};
  next.what = verb::start;
  const auto start = [&](std::uint64_t token) {
    std::vector<event> heard;
    next.token = {slot{token}, 0};
    CHECK(!o.submit(next));
    o.poll([&](const event& e) { heard.push_back(e); });
    return heard;
  };
  CHECK(has(start(7), event_kind::refused));
  CHECK(has(start(8), event_kind::started));
  CHECK(has(ask(world, o, verb::start, 7), event_kind::stale_token));
}

TEST_CASE("submit refuses what it has no way for, and more than it keeps") {
  town world;
  orchestrator o{sim::clock{world.time}, {.waiting_max = 1}};
  CHECK(o.submit(move_to(1)) == std::errc::no_such_device_or_address);
  o.reach({1}, cluster{world.time, world.here});
  CHECK(!o.submit(move_to(1)));
  CHECK(o.submit(move_to(1)) == std::errc::no_buffer_space);
}
