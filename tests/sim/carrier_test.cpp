#include <foreshift/sim/carrier.hpp>

#include <foreshift/sim/data_centre.hpp>
#include <foreshift/sim/orchestrator.hpp>
#include <foreshift/sim/requests.hpp>

#include <sim/little_log.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using migration::cut_over_style, sim::occasion;

namespace {

constexpr site_id sites[] = {{1}, {2}, {3}};
constexpr migration_id none{};

/// Three carriers over a log without an agreement, and places that are far away and lose calls.
template <cut_over_style Style>
struct scene {
  sim::timer time;
  test::little_log log{sim::genesis_for(sites)};
  sim::atlas map;
  sim::coverage seen;
  std::vector<std::unique_ptr<sim::data_centre>> centres;
  std::map<site_id, std::unique_ptr<sim::orchestrator<Style>>> places;
  std::map<site_id, sim::carrier> hands;
  std::map<workload_id, std::set<place_id>> serving;
  std::uint32_t runs = 0;

  scene() {
    for (const auto& [id, s] : log.machine().authorities().subsets())
      for (const auto workload : s.workloads) {
        map.home[workload] = place_id{id.value};
        serving[workload] = {place_id{id.value}};
      }
    for (const site_id site : sites) {
      map.site_of[place_id{site.value}] = site;
      centres.push_back(std::make_unique<sim::data_centre>(
          time, site, 7,
          sim::data_centre_options{
              .style = Style, .copy_time = 300ms, .calls = {.loss = 0.2, .duplication = 0.2}}));
      centres.back()->on_act([this](const sim::act& a) { acted(a); });
    }
    for (const site_id site : sites) hire(site);
  }
  void acted(const sim::act& a) {
    auto& at = serving[a.command.workload];
    const bool here = a.command.end == migration::endpoint::destination;
    const bool serves = a.what == migration::event_kind::serving;
    if (here && serves) at.insert(a.command.place());
    if (!here && (serves || a.what == migration::event_kind::released)) at.erase(a.command.place());
  }
  void hire(site_id site) {
    constexpr bool two = Style == cut_over_style::two_step;
    hands.insert_or_assign(
        site,
        sim::carrier{site, ++runs, two ? migration::style::two_step : migration::style::one_step, map, seen});
    hands.at(site).resume(log.machine());
    places[site] = std::make_unique<sim::orchestrator<Style>>(site);
    for (auto& c : centres) places[site]->reach(*c);
  }
  template <class What>
  void apply(site_id client, What what) {
    for (const auto& e : log.apply(client, std::move(what))) {
      map.learn(e);
      for (auto& [site, hand] : hands) hand.learn(e, log.machine());
    }
  }
  void run(duration span) {
    for (const time_point end = time.now() + span; time.now() < end; time.run_for(100ms))
      for (auto& [site, hand] : hands) {
        hand.work(consensus::state_machine{log.machine()}, time.now(), *places[site],
                  [&, client = site](auto what) { apply(client, std::move(what)); });
        CHECK(hand.contradiction() == "");
      }
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
  [[nodiscard]] const consensus::authority& held() const {
    return *log.machine().authorities().find(subset_id{1});
  }
  [[nodiscard]] bool settled() const { return log.machine().authorities().intents().empty(); }
};

}  // namespace

TEST_CASE_TEMPLATE("an approved move is carried out by the site that it goes to, there and back", Style,
                   std::integral_constant<cut_over_style, cut_over_style::one_step>,
                   std::integral_constant<cut_over_style, cut_over_style::two_step>) {
  scene<Style::value> s;
  for (const std::uint64_t to : {2U, 1U}) {
    s.approve({10}, {1}, {to});
    s.run(90s);
    CHECK(s.settled());
    CHECK(s.serving[{10}] == std::set{place_id{to}});
    CHECK(s.held().owner == site_id{to});
  }
  CHECK(s.seen.of(occasion::authority_renewed) == 0);
}

TEST_CASE_TEMPLATE(
    "authority passes on in the middle of a move, and the next owner ends it, with memories lost", Style,
    std::integral_constant<cut_over_style, cut_over_style::one_step>,
    std::integral_constant<cut_over_style, cut_over_style::two_step>) {
  scene<Style::value> s;
  for (int round = 0; round < 4; ++round) {
    s.approve({10}, {1}, {static_cast<std::uint64_t>(2 + round % 2)});
    s.run(700ms);
    const auto owner = s.held().owner;
    s.apply(site_id{3}, consensus::prepare_transfer{
                            {1}, owner, site_id{1 + owner.value % 3}, none, s.log.machine().log_time() + 1h});
    s.run(500ms);
    for (const site_id site : sites) s.hire(site);
    s.run(90s);
    CHECK(s.settled());
    CHECK(s.serving[{10}].size() == 1);
    CHECK(s.held().state == consensus::authority_state::active);
  }
  CHECK(s.seen.of(occasion::moves_resumed) > 0);
}

TEST_CASE("a workload that stands at another site than its owner moves like any other") {
  scene<cut_over_style::two_step> s;
  s.apply(site_id{3}, consensus::prepare_transfer{{1}, {1}, {3}, none, s.log.machine().log_time() + 1s});
  s.run(2s);
  REQUIRE(s.held().owner == site_id{3});
  s.approve({10}, {1}, {2});  // the owner asks for the transfer, not the site of the workload
  s.run(90s);
  CHECK(s.settled());
  CHECK(s.serving[{10}] == std::set{place_id{2}});
  CHECK(s.seen.of(occasion::authority_renewed) == 0);
}

TEST_CASE("a transfer to a site that does not answer is undone after its deadline") {
  scene<cut_over_style::two_step> s;
  s.hands.erase(site_id{2});
  s.apply(site_id{1}, consensus::prepare_transfer{{1}, {1}, {2}, none, s.log.machine().log_time() + 1s});
  s.run(2s);
  CHECK(s.held().state == consensus::authority_state::prepared);
  s.log.pass(2s);
  s.apply(site_id{1}, consensus::noop{});
  s.run(2s);
  CHECK(s.held().state == consensus::authority_state::active);
  CHECK(s.held().owner == site_id{1});
}

TEST_CASE(
    "a site that is lost loses its subset: the successor takes over without its word and ends the move") {
  scene<cut_over_style::two_step> s;
  s.hands.erase(site_id{1});
  s.approve({10}, {1}, {2});
  s.apply(site_id{3}, consensus::prepare_transfer{{1}, {1}, {2}, none, s.log.machine().log_time() + 1s});
  s.run(2s);
  CHECK(s.held().state == consensus::authority_state::preparing);
  s.log.pass(2s);
  s.apply(site_id{3}, consensus::noop{});
  s.run(90s);
  CHECK(s.held().state == consensus::authority_state::active);
  CHECK(s.held().owner == site_id{2});
  CHECK(s.settled());
}

TEST_CASE("a place that is out of reach is asked again, and one without room ends the move as before") {
  scene<cut_over_style::two_step> away, full;
  away.centres[1]->reach(place_id{2}, false);
  away.approve({10}, {1}, {2});
  away.run(4s);
  CHECK(!away.settled());
  CHECK(away.seen.of(occasion::place_unreachable) > 0);
  away.centres[1]->reach(place_id{2}, true);
  away.run(90s);
  CHECK(away.settled());
  CHECK(away.serving[{10}] == std::set{place_id{2}});

  full.centres[1]->admit([](const migration::command&) { return "no room"; });
  full.approve({10}, {1}, {2});
  full.run(90s);
  CHECK(full.settled());
  CHECK(full.serving[{10}] == std::set{place_id{1}});
  CHECK(full.seen.of(occasion::start_refused) > 0);
}
