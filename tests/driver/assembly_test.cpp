#include "fleet.hpp"

#include <foreshift/driver/assembly.hpp>
#include <foreshift/ports/host.hpp>
#include <foreshift/sim/clock.hpp>
#include <foreshift/sim/network.hpp>
#include <foreshift/sim/storage.hpp>
#include <foreshift/sim/timer.hpp>

#include <doctest/doctest.h>

#include <memory>

using namespace driver_test;

namespace {

using site_host = ports::host<sim::clock, sim::transport, sim::storage>;
using replica = driver::replica_driver<site_host>;

/// Sites that accept everything as long as they vote at all.
struct town {
  struct site {
    std::unique_ptr<sim::disk> disk;
    std::unique_ptr<site_host> host;
    std::unique_ptr<replica> log;
    driver::assembly<replica> assembly;
    std::vector<consensus::proposal_decided> verdicts;
    std::uint32_t attempt = 0;
  };
  explicit town(std::size_t members) : net(timer, 1) {
    const auto start = make_genesis({.sites = members});
    for (std::size_t s = 1; s <= members; ++s) {
      auto disk = std::make_unique<sim::disk>();
      auto host = std::make_unique<site_host>(
          site_host{sim::clock{timer}, net.attach({s}), sim::storage{*disk}, {}, {}, {}});
      consensus::replica_config config{.self = {s}, .members = start.members, .times = {}};
      auto log = replica::start(config, consensus::state_machine{start}, *host).value();
      sites.push_back({std::move(disk),
                       std::move(host),
                       std::make_unique<replica>(std::move(log)),
                       driver::assembly<replica>{{.self = {s}}},
                       {}});
    }
  }
  void run(duration d) {
    for (const time_point end = timer.now() + d; timer.now() < end; timer.run_for(100ms))
      for (auto& s : sites) poll(s);
  }
  void poll(site& s) {
    const auto news = s.log->poll();
    for (const auto& entry : news.applied)
      for (const auto& e : entry.effects) {
        if (const auto* decided = std::get_if<consensus::proposal_decided>(&e)) {
          s.verdicts.push_back(*decided);
          static_cast<void>(s.assembly.decided(decided->proposal, *s.log));
        }
        if (std::holds_alternative<consensus::credits_changed>(e))
          s.assembly.ask_again(std::nullopt, timer.now(), *s.log);
      }
    for (const auto& m : news.heard) {
      if (const auto* asked = std::get_if<consensus::propose>(&m.what)) {
        const auto* one = s.assembly.hear(m.from, *asked, *s.log);
        if (one == nullptr) continue;
        s.attempt = one->attempt;
        if (voting) s.assembly.cast(*one, true, 0, "yes", *s.log);
      } else {
        CHECK_FALSE(s.assembly.hear(m.from, std::get<consensus::vote>(m.what), *s.log));
      }
    }
    s.assembly.tick(timer.now(), *s.log);
  }
  void propose() {
    run(30s);  // until somebody leads
    REQUIRE(sites[0].assembly.sponsor(move_of_first({1}, {1}), timer.now(), *sites[0].log));
  }
  void check_approved() {
    for (auto& s : sites) {
      REQUIRE(s.verdicts.size() == 1);
      CHECK(s.verdicts[0].reason == consensus::refusal::none);
      CHECK(s.assembly.open().proposals().empty());
    }
  }
  sim::timer timer{noon};
  sim::network net;
  std::vector<site> sites;
  bool voting = true;
};

}  // namespace

TEST_CASE("a proposal gets one verdict, which every site learns, also where there is one site only") {
  for (const std::size_t members : {1U, 3U}) {
    CAPTURE(members);
    town t{members};
    t.propose();
    t.run(60s);
    t.check_approved();
  }
}

TEST_CASE("when all votes are lost the sponsor asks again, and they are repeated") {
  town t{3};
  t.propose();
  for (const auto& [from, to] : {std::pair{2U, 1U}, {3U, 1U}, {1U, 2U}, {1U, 3U}}) t.net.cut({from}, {to});
  t.run(2s);
  t.net.heal();
  CHECK(t.sites[0].verdicts.empty());
  t.run(100s);
  t.check_approved();
}

TEST_CASE("without votes a proposal is refused once its time is over") {
  town t{3};
  t.voting = false;
  t.propose();
  t.run(60s);
  CHECK(t.sites[1].verdicts.empty());
  t.run(180s);
  for (auto& s : t.sites) {
    REQUIRE(s.verdicts.size() == 1);
    CHECK(s.verdicts[0].reason == consensus::refusal::deadline_passed);
  }
}

TEST_CASE("what comes when its time is over is judged by nobody") {
  town t{3};
  t.propose();
  t.run(60s);
  auto& there = t.sites[1];
  const auto& log = there.log->machine();
  REQUIRE(log.log_time() > noon);
  for (const duration left : {0s, -1s}) {
    const auto what = move_of_first({1}, {1}, 2);
    const auto header = driver::header_of(what, log, log.log_time() + left);
    REQUIRE(header);
    const consensus::propose asked{*header, 0, placement::encode(what)};
    CHECK((there.assembly.hear(what.id.sponsor, asked, *there.log) != nullptr) == (left == 0s));
  }
}

TEST_CASE("credits that change under the open polls open the next attempt") {
  town t{3};
  t.voting = false;
  t.propose();
  t.run(5s);
  t.sites[1].log->submit(consensus::credit_update{0, {{site_id{3}, class_id{}, consensus::credit{4}}}});
  t.run(5s);
  REQUIRE(t.sites[0].log->machine().credits().version == 1);
  for (auto& s : t.sites) CHECK(s.attempt == 1);
  t.voting = true;
  t.run(60s);
  t.check_approved();
}

TEST_CASE("two different votes of one site are noticed") {
  town t{3};
  t.voting = false;
  t.propose();
  t.run(5s);
  auto& s = t.sites[1];
  REQUIRE(s.assembly.open().proposals().size() == 1);
  const auto& [id, one] = *s.assembly.open().proposals().begin();
  consensus::vote paper{.voter = {3},
                        .proposal = id,
                        .attempt = one.attempt,
                        .header = consensus::canonical_digest(one.header),
                        .basis = s.log->machine().basis(),
                        .opinion = consensus::verdict::accept,
                        .reason = 0,
                        .text = {}};
  CHECK_FALSE(s.assembly.hear({3}, paper, *s.log));
  CHECK_FALSE(s.assembly.hear({3}, paper, *s.log));
  paper.opinion = consensus::verdict::reject;
  CHECK(s.assembly.hear({3}, paper, *s.log));
}

TEST_CASE("a proposal of which no leader ever hears is let go of, its poll and its votes too") {
  town t{3};
  t.run(30s);
  std::size_t follower = 0;
  while (t.sites[follower].log->replica().leads()) ++follower;
  auto& there = t.sites[follower];
  const auto what = move_of_first({1}, {1});
  const auto header = driver::header_of(what, there.log->machine(), there.log->machine().log_time() + 2min);
  REQUIRE(header);
  const auto* one = there.assembly.hear({1}, {*header, 0, placement::encode(what)}, *there.log);
  REQUIRE(one != nullptr);
  there.assembly.cast(*one, true, 0, "yes", *there.log);
  CHECK(there.assembly.polls().is_open(what.id));
  for (int i = 0; i < 30; ++i) {
    there.log->submit(consensus::noop{});  // so that log time goes on
    t.run(1min);
  }
  CHECK(there.assembly.open().proposals().empty());
  CHECK_FALSE(there.assembly.polls().is_open(what.id));
}
