#include <foreshift/sim/act_checker.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using consensus::migration_state;
using migration::endpoint, migration::event_kind;

namespace {

constexpr site_id owner{1};
constexpr site_id successor{2};
constexpr fence_token old_token{slot{4}, 0};
constexpr fence_token new_token{slot{9}, 0};
constexpr migration_id moved{70};

sim::act done(site_id by, event_kind what, fence_token token, endpoint end = endpoint::destination) {
  sim::act a;
  a.by = by;
  a.what = what;
  a.command.end = end;
  a.command.migration = moved;
  a.command.subset = {3};
  a.command.from = {100};
  a.command.to = {200};
  a.command.token = token;
  return a;
}

/// The owner and its successor have their grants, and the log has taken the migration as far as `state`.
struct scene : sim::act_checker {
  explicit scene(migration_state state = migration_state::committed,
                 migration::cut_over_style style = migration::cut_over_style::two_step)
      : act_checker(style) {
    granted(subset_id{3}, old_token, owner);
    granted(subset_id{3}, new_token, successor);
    for (const auto s : {migration_state::approved, migration_state::started, migration_state::committed}) {
      learn({consensus::migration_advanced{moved, {{}, {3}, {}, {}, s, {}}, false}});
      if (s == state) return;
      if (s == migration_state::started && state == migration_state::aborted) break;
    }
    learn({consensus::migration_advanced{moved, {{}, {3}, {}, {}, state, {}}, false}});
  }
  [[nodiscard]] std::string claim() const { return broken() ? broken()->claim : ""; }
};

}  // namespace

TEST_CASE("a whole migration by the owner is right, and is counted") {
  scene s;
  for (const auto end : {endpoint::source, endpoint::destination})
    s.observe(done(owner, event_kind::fenced, old_token, end));
  s.observe(done(owner, event_kind::started, old_token));
  s.observe(done(owner, event_kind::copied, old_token));
  s.observe(done(owner, event_kind::serving, old_token));
  s.observe(done(owner, event_kind::serving, old_token, endpoint::source));
  s.observe(done(owner, event_kind::released, old_token, endpoint::source));
  CHECK(s.claim() == "");
  CHECK(s.started() == 1);
  CHECK(s.served() == 1);
}

TEST_CASE("after the successor's token the former owner's is wrong, at that place") {
  scene s;
  s.observe(done(successor, event_kind::fenced, new_token));
  s.observe(done(owner, event_kind::fenced, old_token, endpoint::source));
  CHECK(s.claim() == "");
  s.observe(done(owner, event_kind::started, old_token));
  CHECK(s.claim() == "nothing lower acts");
}

TEST_CASE("a copy that ends after the authority has passed is no act of anybody") {
  scene s;
  s.observe(done(owner, event_kind::started, old_token));
  s.observe(done(successor, event_kind::fenced, new_token));
  s.observe(done(owner, event_kind::copied, old_token));
  CHECK(s.claim() == "");
}

TEST_CASE("two sites under one token, and a token that nobody was granted, are wrong") {
  scene s;
  s.observe(done(successor, event_kind::fenced, old_token));
  CHECK(s.claim() == "only the owner of the token acts");
  scene forged;
  forged.observe(done(owner, event_kind::fenced, {slot{5}, 0}));
  CHECK(forged.claim() == "only the owner of the token acts");
}

TEST_CASE("a second start is wrong, whoever gives it") {
  scene s;
  s.observe(done(owner, event_kind::started, old_token));
  s.observe(done(successor, event_kind::started, new_token));
  CHECK(s.claim() == "a migration starts at most once");
}

TEST_CASE("the log goes first: no start, no cut-over and no release ahead of it") {
  scene unstarted{migration_state::approved};
  unstarted.observe(done(owner, event_kind::started, old_token));
  CHECK(unstarted.claim() == "a start is in the log before it is carried out");

  scene uncommitted{migration_state::started};
  uncommitted.observe(done(owner, event_kind::started, old_token));
  CHECK(uncommitted.claim() == "");
  uncommitted.observe(done(owner, event_kind::serving, old_token));
  CHECK(uncommitted.claim() == "a commit is in the log before the cut-over");

  scene unserved;
  unserved.observe(done(owner, event_kind::released, old_token, endpoint::source));
  CHECK(unserved.claim() == "no release before the destination serves");
}

TEST_CASE("in one step the place cuts over by itself, and aborts before the log does") {
  constexpr auto one_step = migration::cut_over_style::one_step;
  scene moves{migration_state::started, one_step}, undoes{migration_state::started, one_step};
  moves.observe(done(owner, event_kind::started, old_token));
  moves.observe(done(owner, event_kind::serving, old_token));
  CHECK(moves.claim() == "");
  moves.observe(done(owner, event_kind::released, old_token, endpoint::source));
  CHECK(moves.claim() == "a commit is in the log before the release");
  undoes.observe(done(owner, event_kind::started, old_token));
  undoes.observe(done(owner, event_kind::aborted, old_token));
  CHECK(undoes.claim() == "");

  scene ahead{migration_state::started};
  ahead.observe(done(owner, event_kind::aborted, old_token));
  CHECK(ahead.claim() == "an abort is in the log before it is carried out");
}

TEST_CASE("what serves is not aborted, and what is aborted does not serve, by the log nor at the place") {
  constexpr auto one_step = migration::cut_over_style::one_step;
  scene serves{migration_state::started, one_step}, undone{migration_state::started, one_step};
  serves.observe(done(owner, event_kind::serving, old_token));
  serves.observe(done(owner, event_kind::aborted, old_token));
  undone.observe(done(owner, event_kind::aborted, old_token));
  undone.observe(done(owner, event_kind::serving, old_token));
  scene by_log{migration_state::aborted, one_step}, against_log{migration_state::committed};
  by_log.observe(done(owner, event_kind::serving, old_token));
  against_log.observe(done(owner, event_kind::aborted, old_token));
  for (const auto* s : {&serves, &undone, &by_log})
    CHECK(s->claim() == "a migration never both commits and aborts, nor do its places");
  CHECK(against_log.claim() == "an abort is in the log before it is carried out");
}

TEST_CASE("a violation names the act") {
  scene s{migration_state::approved};
  s.observe(done(owner, event_kind::started, old_token));
  REQUIRE(s.broken());
  CHECK(s.broken()->what == "started of migration 70 at place 200 by site 1 under token 4.0");
}
