#include "fleet.hpp"

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
