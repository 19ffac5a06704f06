#include "fleet.hpp"

#include <foreshift/driver/council.hpp>
#include <foreshift/placement/best_fit.hpp>
#include <foreshift/ports/host.hpp>
#include <foreshift/sim/clock.hpp>
#include <foreshift/sim/network.hpp>
#include <foreshift/sim/storage.hpp>
#include <foreshift/sim/timer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace driver_test;

namespace {

using site_host = ports::host<sim::clock, sim::transport, sim::storage>;
using replica = driver::replica_driver<site_host, driver::agreed_fleet>;
using council = driver::council<last_value, placement::best_fit<>, replica>;
using told = std::vector<decltype(ports::note::what)>;

/// A site that is alone with its six workloads, so that its word is the verdict. Workload 0 rises.
struct hermit {
  sim::timer timer{noon};
  sim::network net{timer, 1};
  sim::disk disk;
  site_host host{sim::clock{timer}, net.attach({1}), sim::storage{disk}, {}, {}, {}};
  driver::fleet_outlook<last_value> fleet = make_outlook({1}, {.sites = 1});
  std::unique_ptr<replica> log;
  council sits;
  told notes;
  std::vector<placement::proposal> passed;

  explicit hermit(double moves_share = 1, telemetry::calendar events = {})
      : sits(options(moves_share), std::move(events), placement::best_fit<>{}, 6) {
    const auto start = make_genesis({.sites = 1});
    consensus::replica_config config{.self = {1}, .members = start.members, .times = {}};
    log = std::make_unique<replica>(
        replica::start(config, driver::agreed_fleet{start, driver::scorekeeper_options{}}, host).value());
    for (std::uint64_t w = 0; w < 6; ++w)
      fleet.book().learn(workload_id{w}, w == 0 ? ramp(4, 0.3) : ramp(w < 3 ? 1.8 : 0.5, 0));
    fleet.refresh({});
  }
  static driver::agent_options options(double moves_share) {
    driver::agent_options o;
    o.planner.trigger = at_once();
    o.planner.judgement.source_probability_min = 0.1;
    o.budget.share = moves_share;
    o.book = book_options();
    return o.belong_to({1});
  }
  [[nodiscard]] council::session now() { return {fleet, *log, timer.now()}; }
  [[nodiscard]] auto say() {
    return [this](decltype(ports::note::what) what) { notes.push_back(std::move(what)); };
  }
  /// True when moves were proposed. Votes are on the fleet as it is, without them.
  bool propose() {
    const bool moves = sits.propose(now(), say());
    fleet.refresh({});
    return moves;
  }
  void run(duration d) {
    for (const time_point end = timer.now() + d; timer.now() < end; timer.run_for(100ms)) {
      const auto news = log->poll();
      for (const auto& entry : news.applied)
        for (const auto& e : entry.effects)
          if (const auto* verdict = std::get_if<consensus::proposal_decided>(&e))
            if (auto what = sits.decided(*verdict, now())) passed.push_back(std::move(*what));
      for (const auto& m : news.heard)
        if (const auto* asked = std::get_if<consensus::propose>(&m.what)) {
          if (const auto* one = sits.hear(m.from, *asked, *log)) sits.vote(*one, now(), say());
        } else {
          sits.hear(m.from, std::get<consensus::vote>(m.what), *log, say());
        }
      sits.tick(timer.now(), *log);
    }
  }
  template <class Note>
  [[nodiscard]] std::vector<Note> of() const {
    std::vector<Note> out;
    for (const auto& n : notes)
      if (const auto* one = std::get_if<Note>(&n)) out.push_back(*one);
    return out;
  }
};

}  // namespace

TEST_CASE("a danger is told, a move out of it proposed, voted on by its own site, and heeded once decided") {
  hermit site;
  site.run(30s);  // until it leads
  CHECK(site.propose());
  CHECK(site.of<ports::risk_raised>().size() == 1);
  REQUIRE(site.of<ports::proposed>().size() == 1);
  CHECK(site.sits.open().moves() == 1);
  site.run(30s);
  const auto votes = site.of<ports::voted>();
  REQUIRE(votes.size() == 1);  // however often it was asked
  INFO(votes[0].reason);
  CHECK(votes[0].accepted);
  REQUIRE(site.passed.size() == 1);
  CHECK(site.passed[0].workload.value < 3);
  CHECK(site.sits.open().moves() == 0);
  CHECK(site.of<ports::alarm>().empty());
}

TEST_CASE("no move is proposed when the hour has none left") {
  hermit site{0};
  site.run(30s);
  CHECK_FALSE(site.propose());
  CHECK(site.of<ports::proposed>().empty());
}

TEST_CASE("nobody moves to a host that is about to be maintained, and the reason is in the vote") {
  const auto open = [](hermit& site) {
    site.run(30s);
    REQUIRE(site.propose());
    site.run(30s);
    return site.of<ports::voted>().at(0).accepted;
  };
  hermit calm;
  CHECK(open(calm));
  const time_point soon = calm.timer.now() + 10min;
  telemetry::calendar events;
  events.events.push_back({soon, soon + 1h, telemetry::event_kind::maintenance_window, "host1", {}});
  hermit warned{1, events};
  CHECK_FALSE(open(warned));
  CHECK(warned.of<ports::voted>()[0].reason.find("maintenance") != std::string::npos);
}

TEST_CASE("what the sponsor said of a workload counts while its move is under way, and is forgotten after") {
  hermit site;
  site.run(30s);
  REQUIRE(site.propose());
  site.run(30s);
  REQUIRE(site.passed.size() == 1);
  const auto& what = site.passed[0];
  const auto& move = std::get<placement::migrate>(what.what);
  flat_map<migration_id, driver::flight> flights;
  consensus::migration_intent intent;
  intent.workload = what.workload, intent.proposal = what.id;
  flights.insert_or_assign(migration_id{1},
                           driver::flight{intent, move.from, move.to, migration::executor{{}, {1}, 1}});
  const auto demand = [&] { return site.sits.under_way(flights, site.fleet.known()).at(0).demand; };
  CHECK(demand() == what.why.recent.values.back());
  site.sits.forget_but([&](proposal_id id) { return id == what.id; });
  CHECK(demand() == what.why.recent.values.back());
  site.sits.forget(what.id);
  CHECK(demand() == 0);
  site.fleet.settle(what.workload, move.to.host);
  CHECK(site.sits.under_way(flights, site.fleet.known()).empty());  // it has arrived
}
