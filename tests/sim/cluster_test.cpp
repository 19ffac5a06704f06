#include <foreshift/sim/cluster.hpp>

#include <foreshift/sim/checker.hpp>
#include <foreshift/sim/clerk.hpp>
#include <foreshift/sim/requests.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <utility>
#include <variant>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using sim::fault_kind, sim::nemesis;

namespace {

constexpr site_id three[] = {{1}, {2}, {3}};

/// Three sites and the checker.
struct scene {
  consensus::state_machine first{sim::genesis_for(three)};
  sim::checker promises{first};
  sim::cluster<> cluster{{.self = {}, .members = first.members(), .times = {}}, first, 7};

  scene() {
    cluster.after_poll(
        [this](site_id site, auto& driver, const auto& news) { promises.observe(site, driver, news); });
    cluster.net().tap([this](site_id from, site_id, ports::channel which, byte_span bytes) {
      promises.sent(from, which, bytes);
    });
    cluster.time().run_for(3s);
  }
  void ask(site_id site, int times = 25) {
    for (int i = 0; i < times; ++i) {
      promises.submitted(cluster.driver(site)->submit(consensus::noop{}));
      cluster.time().run_for(100ms);
    }
  }
  slot applied(site_id site) { return cluster.driver(site)->machine().applied(); }
  std::uint64_t struck(nemesis n) { return cluster.struck()[static_cast<std::size_t>(n)]; }
};

}  // namespace

TEST_CASE("sites agree, and one that was down catches up") {
  scene s;
  s.ask({1});
  s.cluster.crash({2});
  CHECK(s.cluster.driver({2}) == nullptr);
  s.ask({1});
  s.cluster.restart({2});
  s.cluster.time().run_for(3s);
  CHECK(s.applied({2}) == s.applied({1}));
  CHECK(s.applied({1}) >= slot{50});
  CHECK(!s.promises.broken());
}

TEST_CASE("a proposal that is approved costs a site two syncs at most: its vote's and the entry's") {
  scene s;
  s.ask({1});
  sim::coverage seen;
  std::map<site_id, sim::clerk> clerks;
  for (const site_id site : three) clerks.emplace(site, sim::clerk{site, seen});
  std::vector<consensus::refusal> verdicts;
  s.cluster.after_poll([&](site_id site, auto& driver, const auto& news) {
    s.promises.observe(site, driver, news);
    auto& desk = clerks.at(site);
    for (const auto& heard : news.heard) desk.hear(driver, heard);
    for (const auto& applied : news.applied)
      for (const auto& e : applied.effects) {
        desk.learn(driver, e);
        if (const auto* decided = std::get_if<consensus::proposal_decided>(&e))
          verdicts.push_back(decided->reason);
      }
    if (site == site_id{1})
      desk.work(driver, [&](auto what) { s.promises.submitted(driver.submit(std::move(what))); });
  });
  // The clerks vote by the ids, and some proposals are voted down: the cost is the same.
  for (std::uint64_t i = 1; i <= 10; ++i) {
    std::map<site_id, std::uint64_t> before;
    for (const site_id site : three) before[site] = s.cluster.medium(site).counts().syncs;
    const auto& machine = s.cluster.driver({1})->machine();
    consensus::proposal_header header;
    header.id = {{1}, i};
    header.kind = consensus::proposal_kind::resize;
    header.changes = {{{10}, {1}, {1}}};
    header.subsets = {{{1}, machine.authorities().find({1})->version}};
    header.hosts = {{{1}, machine.ledger_version({1})}};
    header.stakes = {{{1}, {2}}};
    header.expires_at = machine.log_time() + 20s;
    verdicts.clear();
    clerks.at({1}).sponsor(*s.cluster.driver({1}), header);
    s.cluster.time().run_for(3s);
    REQUIRE(verdicts.size() == 3);  // at each site
    // A vote that nobody waited for may share a sync with the entry.
    int twice = 0;
    for (const site_id site : three) {
      const auto syncs = s.cluster.medium(site).counts().syncs - before[site];
      CHECK(syncs <= 2);
      twice += syncs == 2 ? 1 : 0;
    }
    CHECK(twice >= 2);
  }
  CHECK(!s.promises.broken());
}

TEST_CASE("a site whose disk is blank stays down, and the others go on") {
  scene s;
  s.ask({1});
  s.cluster.crash({2});
  s.cluster.medium({2}).wipe();
  s.cluster.restart({2});
  CHECK(s.cluster.driver({2}) == nullptr);
  CHECK(s.cluster.lost({2}));
  s.ask({1});
  CHECK(s.applied({1}) >= slot{50});
  CHECK(!s.promises.broken());
}

TEST_CASE(
    "a site whose record has rotted takes part again, unless nobody can tell what it was: then it learns") {
  for (const bool identity_too : {false, true}) {
    scene s;
    s.ask({1});
    s.cluster.crash({2});
    REQUIRE(s.cluster.medium({2}).damage(lsn{2}, identity_too));
    s.cluster.restart({2});
    REQUIRE(s.cluster.driver({2}) != nullptr);
    CHECK(s.cluster.driver({2})->damage());
    s.ask({1});
    CHECK(s.cluster.lost({2}) == identity_too);
    CHECK(s.applied({2}) >= slot{50});
    CHECK(s.applied({2}) == s.applied({1}));
    CHECK(!s.promises.broken());
  }
}

TEST_CASE("a paused site says nothing, and goes on where it was") {
  scene s;
  s.cluster.carry_out({{.after = 0s, .what = fault_kind::pause, .cause = nemesis::pause, .site = {3}},
                       {.after = 2s, .what = fault_kind::resume, .site = {3}}});
  s.cluster.time().run_for(1ms);
  const auto before = s.applied({3});
  s.ask({1}, 15);
  CHECK(s.applied({3}) == before);
  CHECK(s.applied({1}) > before);
  s.cluster.time().run_for(3s);
  CHECK(s.applied({3}) == s.applied({1}));
  CHECK(s.struck(nemesis::pause) == 1);
}

TEST_CASE("a failed sync and a full disk stop a site until it is started again") {
  for (const auto what : {fault_kind::fail_sync, fault_kind::fill}) {
    scene s;
    s.cluster.carry_out({{.after = 0s, .what = what, .cause = nemesis::lost_sync, .site = {2}},
                         {.after = 3s, .what = fault_kind::restart, .site = {2}}});
    s.ask({1}, 20);
    REQUIRE(s.cluster.driver({2}) != nullptr);
    CHECK(s.cluster.driver({2})->halted());
    s.cluster.time().run_for(4s);
    CHECK(s.applied({2}) == s.applied({1}));
    CHECK(s.struck(nemesis::lost_sync) == 1);
  }
}

TEST_CASE("cuts of one link that overlap heal with the last") {
  scene s;
  std::vector<sim::fault> plan;
  for (const site_id other : {site_id{1}, site_id{2}})
    for (const duration end : {1s, 4s}) {
      plan.push_back(
          {.after = 0s, .what = fault_kind::cut, .cause = nemesis::one_way, .site = other, .peer = {3}});
      plan.push_back({.after = end, .what = fault_kind::heal, .site = other, .peer = {3}});
    }
  s.cluster.carry_out(plan);
  s.cluster.time().run_for(10ms);
  const auto before = s.applied({3});
  s.ask({1}, 30);
  CHECK(s.applied({3}) == before);
  s.cluster.time().run_for(4s);
  CHECK(s.applied({3}) == s.applied({1}));
  CHECK(s.struck(nemesis::one_way) == 4);
}

TEST_CASE("a fault that finds its site down does nothing, but clocks run on") {
  scene s;
  s.cluster.crash({2});
  s.cluster.carry_out({{.after = 0s, .what = fault_kind::crash, .cause = nemesis::crash, .site = {2}},
                       {.after = 0s,
                        .what = fault_kind::clock_jump,
                        .cause = nemesis::clock_jump,
                        .site = {2},
                        .amount = 5}});
  s.cluster.time().run_for(1s);
  CHECK(s.struck(nemesis::crash) == 0);
  CHECK(s.struck(nemesis::clock_jump) == 1);
}
