#include <foreshift/sim/steward.hpp>

#include <foreshift/sim/data_centre.hpp>
#include <foreshift/sim/orchestrator.hpp>
#include <foreshift/sim/requests.hpp>

#include <sim/little_log.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <memory>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

constexpr site_id sites[] = {{1}, {2}, {3}};
constexpr migration_id none{};

/// Three stewards over a log without an agreement, and places that are far away and lose calls.
struct scene {
  sim::timer time;
  test::little_log log{sim::genesis_for(sites)};
  sim::atlas map;
  std::vector<std::unique_ptr<sim::data_centre>> centres;
  std::map<site_id, std::unique_ptr<sim::orchestrator<>>> places;
  std::map<site_id, sim::steward> hands;
  std::map<std::pair<workload_id, place_id>, int> serving;

  scene() {
    for (const auto& [id, s] : log.machine().authorities().subsets())
      for (const auto workload : s.workloads) map.home[workload] = place_id{id.value};
    for (const site_id site : sites) {
      map.site_of[place_id{site.value}] = site;
      centres.push_back(std::make_unique<sim::data_centre>(
          time, site, 7,
          sim::data_centre_options{.copy_time = 300ms, .calls = {.loss = 0.2, .duplication = 0.2}}));
      centres.back()->on_act([this](const sim::act& a) {
        if (a.what == migration::event_kind::serving)
          serving[{a.command.workload, a.command.place()}] +=
              a.command.end == migration::endpoint::source ? -1 : 1;
      });
    }
    for (const site_id site : sites) hire(site);
  }
  void hire(site_id site) {
    hands.insert_or_assign(site, sim::steward{site, map});
    places[site] = std::make_unique<sim::orchestrator<>>(site);
    for (auto& c : centres) places[site]->reach(*c);
  }
  template <class What>
  void apply(site_id client, What what) {
    for (const auto& e : log.apply(client, std::move(what))) map.learn(e);
  }
  void run(duration span) {
    for (const time_point end = time.now() + span; time.now() < end; time.run_for(100ms))
      for (auto& [site, hand] : hands)
        hand.work(consensus::state_machine{log.machine()}, *places[site],
                  [&, client = site](auto what) { apply(client, std::move(what)); });
  }
  /// All three sites have approved it.
  void approve(workload_id workload, subset_id within, host_id to) {
    const auto& machine = log.machine();
    consensus::proposal_header header;
    header.id = {site_id{1}, log.sequence() + 1};
    header.changes = {{workload, within, to}};
    header.subsets = {{within, machine.authorities().find(within)->version}};
    header.hosts = {{to, machine.ledger_version(to)}};
    header.stakes = {{class_id{1}, consensus::criticality{1}}};
    header.expires_at = machine.log_time() + 60s;
    consensus::certificate evidence{
        0, canonical_digest(header), machine.basis(), consensus::vote_outcome::approved, {}};
    for (const site_id site : sites) evidence.votes.push_back({site, consensus::verdict::accept, 0});
    apply(site_id{1}, consensus::decide{std::move(header), std::move(evidence)});
  }
};

}  // namespace

TEST_CASE("an approved move is carried out by the owner, there and back") {
  scene s;
  s.approve({10}, {1}, {2});
  s.run(20s);
  CHECK(s.log.machine().authorities().intents().empty());
  CHECK(s.serving[{{10}, {2}}] == 1);
  CHECK(s.serving[{{10}, {1}}] == -1);
  CHECK(*s.map.home.find({10}) == place_id{2});
  s.approve({10}, {1}, {1});
  s.run(20s);
  CHECK(s.log.machine().authorities().intents().empty());
  CHECK(s.serving[{{10}, {2}}] == 0);
  CHECK(s.serving[{{10}, {1}}] == 0);
}

TEST_CASE(
    "authority passes on in the middle of a move, and the next owner ends it, with stewards that forget") {
  scene s;
  for (int round = 0; round < 4; ++round) {
    s.approve({10}, {1}, {static_cast<std::uint64_t>(2 + round % 2)});
    s.run(400ms);
    const auto owner = s.log.machine().authorities().find({1})->owner;
    s.apply(site_id{3}, consensus::prepare_transfer{
                            {1}, owner, site_id{1 + owner.value % 3}, none, s.log.machine().log_time() + 1h});
    s.run(500ms);
    for (const site_id site : sites) s.hire(site);
    s.run(30s);
    CHECK(s.log.machine().authorities().intents().empty());
    CHECK(s.log.machine().authorities().find({1})->owner != owner);
    CHECK(s.log.machine().authorities().find({1})->state == consensus::authority_state::active);
  }
}

TEST_CASE("a transfer to a site that does not answer is undone after its deadline") {
  scene s;
  s.hands.erase(site_id{2});
  s.apply(site_id{1}, consensus::prepare_transfer{{1}, {1}, {2}, none, s.log.machine().log_time() + 1s});
  s.run(2s);
  CHECK(s.log.machine().authorities().find({1})->state == consensus::authority_state::prepared);
  s.log.pass(2s);
  s.apply(site_id{1}, consensus::noop{});
  s.run(2s);
  CHECK(s.log.machine().authorities().find({1})->state == consensus::authority_state::active);
  CHECK(s.log.machine().authorities().find({1})->owner == site_id{1});
}

TEST_CASE(
    "a site that is lost loses its subset: the successor takes over without its word and ends the move") {
  scene s;
  s.approve({10}, {1}, {2});
  s.run(400ms);
  REQUIRE(s.log.machine().authorities().intents().size() == 1);
  s.hands.erase(site_id{1});
  s.apply(site_id{3}, consensus::prepare_transfer{{1}, {1}, {2}, none, s.log.machine().log_time() + 1s});
  s.run(2s);
  CHECK(s.log.machine().authorities().find({1})->state == consensus::authority_state::preparing);
  s.log.pass(2s);
  s.apply(site_id{3}, consensus::noop{});
  s.run(20s);
  CHECK(s.log.machine().authorities().find({1})->state == consensus::authority_state::active);
  CHECK(s.log.machine().authorities().find({1})->owner == site_id{2});
  CHECK(s.log.machine().authorities().intents().empty());
}
