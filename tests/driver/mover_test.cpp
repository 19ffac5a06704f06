#include "../consensus/random_log.hpp"
#include "fleet.hpp"

#include <foreshift/driver/agreed_fleet.hpp>
#include <foreshift/driver/mover.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

using namespace driver_test;

namespace {

constexpr migration_id move_id{77};
constexpr fence_token genesis_token{slot{}, 1}, new_token{slot{9}, 0};

/// The log as the test writes it, told to the movers of the old and of the new owner.
struct story {
  explicit story(host_id to, site_id to_site, site_id other) : destination(to), successor(to_site) {
    driver::mover_options o;
    o.self = {1}, from = std::make_unique<driver::mover>(o);
    o.self = other, there = std::make_unique<driver::mover>(o);
  }
  void tell(const consensus::effect& e) {
    for (auto* m : {from.get(), there.get()}) m->learn(e, known, noon);
  }
  void migration(consensus::migration_state state, bool settled = false) {
    if (state == consensus::migration_state::approved)  // an approval touches its subset first
      authority({1}, genesis_token, consensus::authority_state::active);
    consensus::migration_intent intent{{site_id{1}, 1}, {0}, {0}, destination, state, {}};
    if (state != consensus::migration_state::approved) intent.started_under = new_token;
    tell(consensus::migration_advanced{move_id, intent, settled});
  }
  void authority(site_id owner, fence_token token, consensus::authority_state state) {
    tell(consensus::authority_changed{{0}, {owner, token, state, 2, {successor, move_id, noon + 2min}}});
  }
  placement::inventory known = make_inventory({});
  host_id destination;
  site_id successor;
  std::unique_ptr<driver::mover> from, there;
};

template <class What>
bool only(const driver::mover_duties& d) {
  return d.log.size() == 1 && std::holds_alternative<What>(d.log[0]);
}
/// The same wish may be there more than once: it is pursued until the log has it.
template <class What>
bool asks(const driver::mover_duties& d) {
  return !d.log.empty() &&
         std::ranges::all_of(d.log, [](const auto& c) { return std::holds_alternative<What>(c); });
}
/// Answers every command as a willing place would.
std::vector<migration::event> answers(const driver::mover_duties& d, migration::place_state destination) {
  using migration::verb;
  using kind = migration::event_kind;
  std::vector<migration::event> out;
  for (const auto& c : d.commands) {
    migration::event e;
    e.answers = c.what, e.end = c.end, e.migration = c.migration, e.subset = c.subset;
    e.workload = c.workload, e.place = c.place(), e.seen = c.token, e.request = c.request;
    e.state = destination;
    e.what = c.what == verb::fence      ? kind::fenced
             : c.what == verb::start    ? kind::started
             : c.what == verb::cut_over ? kind::serving
             : c.what == verb::release  ? kind::released
                                        : kind::status;
    out.push_back(e);
  }
  return out;
}
/// Ticks and answers until the mover wants something of the log.
driver::mover_duties pursue(driver::mover& m, migration::place_state destination, time_point& now) {
  for (int round = 0; round < 40; ++round) {
    now += 1min;
    m.tick(now, noon);
    auto d = m.take();
    if (!d.log.empty()) return d;
    for (const auto& e : answers(d, destination)) m.learn(e);
  }
  return {};
}

void carry_out(story s, bool local) {
  using consensus::authority_state, consensus::migration_state;
  auto& owner = local ? *s.from : *s.there;
  s.migration(migration_state::approved);
  CHECK(only<consensus::prepare_transfer>(s.from->take()));
  CHECK(s.there->take().log.empty());
  s.authority({1}, genesis_token, authority_state::preparing);
  CHECK(only<consensus::quiesced>(s.from->take()));
  CHECK(s.there->take().log.empty());
  s.authority({1}, genesis_token, authority_state::prepared);
  CHECK(only<consensus::activate>(owner.take()));
  s.authority(s.successor, new_token, authority_state::active);

  time_point now = noon;
  const auto asked = pursue(owner, migration::place_state::never_seen, now);
  REQUIRE(asks<consensus::start>(asked));
  CHECK(std::get<consensus::start>(asked.log[0]).token == new_token);
  s.migration(migration_state::started);
  REQUIRE(asks<consensus::commit>(pursue(owner, migration::place_state::ready, now)));
  s.migration(migration_state::committed);
  // The destination is ready, then serves; it is asked once more before the source is released.
  now += 1min;
  owner.tick(now, noon);
  for (const auto& e : answers(owner.take(), migration::place_state::ready)) owner.learn(e);
  REQUIRE(asks<consensus::settled>(pursue(owner, migration::place_state::running, now)));
  s.migration(migration_state::committed, true);
  CHECK(s.from->flights().empty());
  CHECK(s.there->flights().empty());
}

}  // namespace

TEST_CASE("an approved move passes the authority, copies, commits, cuts over and settles") {
  carry_out(story{{2}, {2}, {2}}, false);
}

TEST_CASE("a move within one site goes the same way, under a new token") {
  carry_out(story{{1}, {1}, {3}}, true);
}

TEST_CASE("a move goes in the style of its ends: within one data centre, or from one to another") {
  driver::mover_options o;
  o.self = {1}, o.how = migration::style::one_step, o.between = migration::style::two_step;
  for (const bool local : {true, false}) {
    story s{{local ? 1U : 2U}, {local ? 1U : 2U}, {3}};
    s.from = std::make_unique<driver::mover>(o);
    s.migration(consensus::migration_state::approved);
    REQUIRE(s.from->flights().size() == 1);
    CHECK(s.from->flights().begin()->second.run.what().how ==
          (local ? migration::style::one_step : migration::style::two_step));
  }
}

TEST_CASE("what a site hears of its log when it starts has waited for nothing yet") {
  for (const bool told : {true, false}) {
    story s{{1}, {1}, {3}};
    if (told) s.from->at(noon);
    s.migration(consensus::migration_state::approved);
    s.authority({1}, new_token, consensus::authority_state::active);
    static_cast<void>(s.from->take());
    s.from->tick(noon, noon);
    bool overdue = false;
    for (const auto& change : s.from->take().changes)
      overdue = overdue || change.why.starts_with("waits for an answer");
    CHECK(overdue != told);
  }
}

TEST_CASE("a move to the host where the workload stands is given up with its reason, and no place is told") {
  story s{{0}, {1}, {3}};
  s.migration(consensus::migration_state::approved);
  s.authority({1}, new_token, consensus::authority_state::active);
  REQUIRE(s.from->flights().size() == 1);
  static_cast<void>(s.from->take());
  time_point now = noon;
  const auto asked = pursue(*s.from, migration::place_state::never_seen, now);
  CHECK(asks<consensus::abort>(asked));
  CHECK(asked.commands.empty());
  s.migration(consensus::migration_state::aborted);
  const auto ended = s.from->take();
  CHECK(asks<consensus::settled>(ended));
  CHECK(ended.commands.empty());
  REQUIRE(!ended.changes.empty());
  CHECK(ended.changes.back().to == migration::phase::undone);
  CHECK(ended.changes.back().why == "the workload stands at its destination");
  CHECK(ended.changes.back().proposal == s.from->flights().begin()->second.intent.proposal);
  s.migration(consensus::migration_state::aborted, true);
  CHECK(s.from->flights().empty());
  CHECK(s.there->take().log.empty());
}

TEST_CASE(
    "where places keep no tokens nobody is taken over from, and an approved move is given up untouched") {
  driver::mover_options o;
  o.self = {2}, o.executor.places_fence = false;
  story s{{2}, {2}, {2}};
  s.there = std::make_unique<driver::mover>(o);
  s.migration(consensus::migration_state::approved);
  s.authority({1}, genesis_token, consensus::authority_state::preparing);
  s.there->tick(noon + 3min, noon + 3min);
  CHECK(only<consensus::abort_transfer>(s.there->take()));
  s.authority({2}, new_token, consensus::authority_state::active);
  time_point now = noon + 3min;
  const auto asked = pursue(*s.there, migration::place_state::never_seen, now);
  CHECK(asks<consensus::abort>(asked));
  CHECK(asked.commands.empty());
  REQUIRE(!asked.changes.empty());
  CHECK(asked.changes.back().why == "the orchestrator keeps no tokens");
}

TEST_CASE("a site that hears its whole log at once asks for nothing that is past") {
  using consensus::authority_state, consensus::migration_state;
  const auto replay = [](story& s, bool settled) {
    s.migration(migration_state::approved);
    s.authority({1}, genesis_token, authority_state::preparing);
    s.authority({1}, genesis_token, authority_state::prepared);
    s.authority(s.successor, new_token, authority_state::active);
    if (!settled) return;
    s.migration(migration_state::started);
    s.migration(migration_state::committed);
    s.migration(migration_state::committed, true);
  };
  for (const bool local : {false, true}) {
    story s{host_id{local ? 1U : 2U}, site_id{local ? 1U : 2U}, {2}};
    replay(s, true);
    for (auto* m : {s.from.get(), s.there.get()}) {
      const auto asked = m->take();
      CHECK(asked.log.empty());
      CHECK(asked.commands.empty());
    }
    story half{host_id{local ? 1U : 2U}, site_id{local ? 1U : 2U}, {2}};
    replay(half, false);
    auto& owner = local ? *half.from : *half.there;
    const auto asked = owner.take();
    CHECK(asked.log.empty());
    REQUIRE(asked.commands.size() == 2);  // it fences both places
    for (const auto& c : asked.commands) CHECK(c.token == new_token);
    half.authority(half.successor, {slot{11}, 0}, authority_state::active);
    half.authority(half.successor, {slot{12}, 0}, authority_state::active);
    for (const auto& c : owner.take().commands) CHECK(c.token == fence_token{slot{12}, 0});
  }
}

TEST_CASE("a second approval in one subset leaves the transfer asked for the first one standing") {
  story s{{2}, {2}, {2}};
  s.migration(consensus::migration_state::approved);
  s.authority({1}, genesis_token, consensus::authority_state::active);  // touched
  CHECK(only<consensus::prepare_transfer>(s.from->take()));
}

TEST_CASE("a site that is not concerned follows and asks for nothing") {
  story s{{2}, {2}, {3}};
  s.migration(consensus::migration_state::approved);
  s.authority({1}, genesis_token, consensus::authority_state::prepared);
  s.authority({2}, new_token, consensus::authority_state::active);
  s.there->tick(noon + 1min, noon + 1min);
  const auto nothing = s.there->take();
  CHECK(nothing.log.empty());
  CHECK(nothing.commands.empty());
  CHECK(s.there->flights().size() == 1);
}

TEST_CASE("a transfer whose owner is silent is finished by the successor, and called off by others later") {
  story s{{2}, {2}, {2}};
  s.migration(consensus::migration_state::approved);
  s.authority({1}, genesis_token, consensus::authority_state::preparing);
  static_cast<void>(s.from->take()), static_cast<void>(s.there->take());
  s.there->tick(noon + 2min, noon + 2min);
  CHECK(s.there->take().log.empty());
  s.from->tick(noon + 3min, noon + 3min), s.there->tick(noon + 3min, noon + 3min);
  CHECK(s.from->take().log.empty());
  CHECK(only<consensus::activate>(s.there->take()));
  s.there->tick(noon + 3min, noon + 3min);
  CHECK(s.there->take().log.empty());
  s.from->tick(noon + 5min, noon + 5min);
  CHECK(only<consensus::abort_transfer>(s.from->take()));
}

TEST_CASE("a transfer that is not finished in time is called off, once in a while and not at every tick") {
  story s{{2}, {2}, {2}};
  s.migration(consensus::migration_state::approved);
  s.authority({1}, genesis_token, consensus::authority_state::prepared);
  static_cast<void>(s.from->take());
  s.from->tick(noon + 2min, noon + 2min);
  CHECK(s.from->take().log.empty());
  s.from->tick(noon + 3min, noon + 3min);
  CHECK(only<consensus::abort_transfer>(s.from->take()));
  s.from->tick(noon + 3min, noon + 3min);
  CHECK(s.from->take().log.empty());
  s.from->tick(noon + 6min, noon + 6min);
  CHECK(only<consensus::abort_transfer>(s.from->take()));
}

namespace {

/// Where the workloads of `consensus_test::small_world` are at first; host 7 is where they are moved.
placement::inventory small_inventory() {
  std::vector<placement::host_record> hosts;
  for (const std::uint64_t h : {1U, 2U, 7U})
    hosts.push_back({host_id{h}, site_id{h == 7 ? 3 : h}, "h" + std::to_string(h), {}, 0.8});
  std::vector<placement::workload_record> workloads(3);
  for (std::uint64_t w = 1; w <= 3; ++w) {
    auto& one = workloads[w - 1];
    one.id = {w}, one.name = "w", one.host = {w == 3 ? 2U : 1U}, one.subset = {w == 3 ? 2U : 1U};
  }
  return placement::inventory::make(std::move(hosts), std::move(workloads)).value();
}
/// What a site has learned by hearing every effect.
struct listener {
  explicit listener(site_id self) : m({.self = self, .incarnation = 1}) {}
  void hear(const std::vector<consensus::effect>& effects, time_point log_time) {
    for (const auto& e : effects) {
      m.learn(e, known, log_time);
      const auto* moved = std::get_if<consensus::migration_advanced>(&e);
      if (moved != nullptr && moved->intent.state == consensus::migration_state::committed && !moved->settled)
        known.move(moved->intent.workload, moved->intent.destination);
    }
  }
  void adopt(const driver::agreed_fleet& log) {
    m.adopt(log.agreement(), known, [&](migration_id, const consensus::migration_intent& intent) {
      return driver::source_of(intent, log, known);
    });
  }
  placement::inventory known = small_inventory();
  driver::mover m;
};
void check_same(const driver::mover& a, const driver::mover& b) {
  REQUIRE(a.flights().size() == b.flights().size());
  for (const auto& [id, one] : a.flights()) {
    const auto* other = b.flights().find(id);
    REQUIRE(other != nullptr);
    CHECK(one.intent == other->intent);
    CHECK((one.from == other->from && one.to == other->to));
    CHECK(one.run.token() == other->run.token());
    CHECK(one.run.acts() == other->run.acts());
    CHECK(one.run.committed() == other->run.committed());
    CHECK(one.run.aborted() == other->run.aborted());
  }
}

}  // namespace

TEST_CASE("a site that adopts the log at any point knows of the same moves as one that has heard it all") {
  std::size_t under_way = 0, granted = 0, committed = 0, gone_before = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    consensus_test::basic_log_writer<driver::agreed_fleet> writer{seed};
    driver::agreed_fleet log{consensus_test::small_world()};
    std::vector<listener> sites;
    for (std::uint64_t s = 1; s <= 3; ++s) sites.emplace_back(site_id{s});
    listener late{{2}};  // hears of every tenth entry on
    for (std::uint64_t at = 1; at <= 120; ++at) {
      const auto effects = log.apply(slot{at}, writer.write());
      const auto now = log.agreement().log_time();
      for (auto& s : sites) s.hear(effects, now);
      for (std::uint64_t s = 1; s <= 3; ++s) {
        listener fresh{{s}};
        fresh.adopt(log);
        check_same(sites[s - 1].m, fresh.m);
      }
      if (at % 10 == 0) {
        late.adopt(log);
        for (const auto& [w, where] : log.residences()) late.known.move(w, where.at);
      } else if (at / 10 % 3 == 0) {
        continue;  // for a while it hears nothing
      } else {
        late.hear(effects, now);
      }
      if (at / 10 % 3 != 0) check_same(sites[1].m, late.m);
      for (const auto& [id, one] : sites[0].m.flights()) {
        under_way += 1, granted += one.run.token() != fence_token{};
        committed += one.run.committed(), gone_before += one.from.host == host_id{7};
      }
    }
  }
  CHECK(under_way > 0);
  CHECK(granted > 0);
  CHECK(committed > 0);
  CHECK(gone_before > 0);
}

TEST_CASE("a site that adopts a transfer under way does its part in it") {
  using consensus::authority_state;
  driver::agreed_fleet log{consensus_test::small_world()};
  std::uint64_t sequence = 0;
  const auto run = [&](std::uint64_t client, decltype(consensus::command::what) what) {
    (void)log.apply(
        next(log.agreement().applied()),
        {{log.agreement().members().number(), noon},
         {consensus::canonical(consensus::command{{site_id{client}, ++sequence}, std::move(what)})}});
  };
  const auto adopted_by = [&](site_id self) {
    listener site{self};
    site.adopt(log);
    return site.m.take();
  };
  auto header = consensus_test::move_web(log.agreement(), 1);
  header.expires_at = noon + 1h;
  run(1, consensus_test::verdict_on(header, log.agreement(), consensus::vote_outcome::approved,
                                    consensus_test::yes_of_two()));
  const auto id = log.agreement().authorities().intents().begin()->first;
  CHECK(only<consensus::prepare_transfer>(adopted_by({1})));
  CHECK(adopted_by({3}).log.empty());
  run(1, consensus::prepare_transfer{{1}, {1}, {3}, id, noon + 1h});
  CHECK(only<consensus::quiesced>(adopted_by({1})));
  CHECK(adopted_by({3}).log.empty());
  run(1, consensus::quiesced{{1}, log.agreement().authorities().find({1})->token});
  CHECK(adopted_by({1}).log.empty());
  CHECK(only<consensus::activate>(adopted_by({3})));
  run(3, consensus::activate{{1}, {3}});
  CHECK(adopted_by({1}).log.empty());
  CHECK(adopted_by({3}).log.empty());  // it fences first
  listener owner{{3}};
  owner.adopt(log);
  time_point now = noon;
  REQUIRE(asks<consensus::start>(pursue(owner.m, migration::place_state::never_seen, now)));
}

TEST_CASE("the owner asks for the transfer, also of a workload that stands at another site") {
  // The subset has come to site 2 and its workload has not: an earlier move of it was given up.
  story s{{4}, {3}, {2}};
  s.tell(consensus::authority_changed{{0}, {{2}, new_token, consensus::authority_state::active, 3, {}}});
  s.tell(consensus::migration_advanced{
      move_id, {{site_id{1}, 1}, {0}, {0}, s.destination, consensus::migration_state::approved, {}}, false});
  CHECK(s.from->take().log.empty());
  const auto asked = s.there->take();
  REQUIRE(only<consensus::prepare_transfer>(asked));
  CHECK(std::get<consensus::prepare_transfer>(asked.log[0]).from == site_id{2});
}

TEST_CASE("an owner to which no token comes has its own authority renewed, once in a while, and goes on") {
  story s{{2}, {2}, {2}};
  s.migration(consensus::migration_state::approved);
  REQUIRE(only<consensus::prepare_transfer>(s.from->take()));  // and it is refused
  for (const auto wait : {0min, 3min}) s.from->tick(noon + wait, noon + wait);
  CHECK(s.from->take().log.empty());
  s.from->tick(noon + 4min, noon + 4min);
  const auto asked = s.from->take();
  REQUIRE(only<consensus::prepare_transfer>(asked));
  CHECK(std::get<consensus::prepare_transfer>(asked.log[0]).to == site_id{1});
  s.from->tick(noon + 5min, noon + 5min);
  CHECK(s.from->take().log.empty());
  s.there->tick(noon + 9min, noon + 9min);
  CHECK(s.there->take().log.empty());  // it does not own
  s.successor = {1};
  s.authority({1}, new_token, consensus::authority_state::active);
  time_point now = noon + 5min;
  CHECK(asks<consensus::start>(pursue(*s.from, migration::place_state::never_seen, now)));
}
