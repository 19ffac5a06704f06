#pragma once
/// @file
/// What any model of Orchestrator that fences must do, for hosts to run on their own.
///
/// A harness holds one source and one destination place, reachable, for the workload of `first_command()`:
///     struct harness {
///       auto& endpoint();                       // an Orchestrator for both ends
///       migration::command first_command();     // names migration, subset, workload, sites and places
///       void settle();                          // waits until copies have ended and answers have come
///       std::size_t starts(migration_id);       // how many copies have ever been begun for it
///       static constexpr migration::cut_over_style style;  // of this move; left out: the orchestrator's
///     };
/// Call `orchestrator_contract<harness>()` inside a TEST_CASE.

#include <foreshift/core/id.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/ports/orchestrator.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace foreshift::contracts {

template <class Harness>
void orchestrator_contract() {
  using migration::endpoint, migration::event, migration::event_kind, migration::place_state, migration::verb;
  Harness cluster;
  using orchestrator = std::remove_reference_t<decltype(cluster.endpoint())>;
  constexpr auto style = [] {
    if constexpr (requires { Harness::style; })
      return Harness::style;
    else
      return orchestrator::style;
  }();
  constexpr bool two_step = style == migration::cut_over_style::two_step;
  static_assert(orchestrator::fences, "the suite is for orchestrators that keep tokens");
  constexpr fence_token low{slot{5}, 0};
  constexpr fence_token high{slot{9}, 1};

  std::uint64_t request = 0;
  const auto ask = [&](verb what, fence_token token, endpoint end = endpoint::destination) {
    auto c = cluster.first_command();
    c.what = what;
    c.end = end;
    c.token = token;
    c.request = ++request;
    REQUIRE(!cluster.endpoint().submit(c));
    std::vector<event> answers;
    const auto keep = [&](const event& e) { answers.push_back(e); };
    cluster.endpoint().poll(keep);
    cluster.settle();
    cluster.endpoint().poll(keep);
    return answers;
  };
  const auto has = [](const std::vector<event>& answers, event_kind kind) {
    return std::any_of(answers.begin(), answers.end(), [&](const event& e) { return e.what == kind; });
  };
  const auto state = [&](endpoint end = endpoint::destination) {
    for (const event& e : ask(verb::query, low, end))
      if (e.what == event_kind::status) return e.state;
    FAIL("a query was not answered");
    return place_state::never_seen;
  };
  const migration_id id = cluster.first_command().migration;
  constexpr place_state started = two_step ? place_state::ready : place_state::running;

  SUBCASE("an answer names what it is about") {
    const auto c = cluster.first_command();
    const auto answers = ask(verb::fence, low);
    REQUIRE(!answers.empty());
    for (const event& e : answers) {
      CHECK(e.answers == verb::fence);
      CHECK(e.migration == c.migration);
      CHECK(e.subset == c.subset);
      CHECK(e.place == c.to);
      CHECK(e.seen == low);
    }
  }
  SUBCASE("an answer echoes the request, so that an old one is not taken for a fresh one") {
    for (const verb what : {verb::fence, verb::start, verb::start, verb::query}) {
      const auto answers = ask(what, low);
      REQUIRE(!answers.empty());
      for (const event& e : answers) CHECK(e.request == request);
    }
  }
  SUBCASE("a query tells the truth and changes nothing") {
    CHECK(state() == place_state::never_seen);
    CHECK(state() == place_state::never_seen);
    CHECK(cluster.starts(id) == 0);
    ask(verb::start, low);
    CHECK(state() == started);
  }
  SUBCASE("tokens only grow, and a stale one is refused whatever it asks for") {
    CHECK(has(ask(verb::fence, high), event_kind::fenced));
    CHECK(has(ask(verb::fence, high), event_kind::fenced));
    for (const verb what :
         {verb::fence, verb::start, verb::cut_over, verb::abort, verb::resize, verb::scale}) {
      const auto answers = ask(what, low);
      REQUIRE(!answers.empty());
      for (const event& e : answers) {
        CHECK(e.what == event_kind::stale_token);
        CHECK(e.seen == high);
      }
    }
    CHECK(cluster.starts(id) == 0);
    CHECK(state() == place_state::never_seen);
  }
  SUBCASE("acting under a higher token raises it as well") {
    ask(verb::start, high);
    CHECK(has(ask(verb::fence, low), event_kind::stale_token));
  }
  SUBCASE("a start begins one copy, however often it is given and under whatever token") {
    CHECK(has(ask(verb::start, low), event_kind::started));
    CHECK(has(ask(verb::start, low), event_kind::started));
    CHECK(has(ask(verb::start, high), event_kind::started));
    CHECK(cluster.starts(id) == 1);
    CHECK(state() == started);
  }
  SUBCASE("an abort before the start leaves a tombstone: it never starts") {
    CHECK(has(ask(verb::abort, low), event_kind::aborted));
    CHECK(state() == place_state::tombstone);
    CHECK(has(ask(verb::start, low), event_kind::refused));
    CHECK(has(ask(verb::start, high), event_kind::refused));
    CHECK(cluster.starts(id) == 0);
  }
  SUBCASE("a whole move: copy, cut over, release, and every step twice") {
    ask(verb::fence, low, endpoint::source);
    ask(verb::fence, low);
    CHECK(has(ask(verb::start, low), event_kind::copied));
    if (two_step)
      for (int twice = 0; twice < 2; ++twice) {
        CHECK(has(ask(verb::cut_over, low), event_kind::serving));
        CHECK(has(ask(verb::cut_over, low, endpoint::source), event_kind::serving));
      }
    CHECK(state() == place_state::running);
    for (int twice = 0; twice < 2; ++twice)
      CHECK(has(ask(verb::release, low, endpoint::source), event_kind::released));
    CHECK(state(endpoint::source) == place_state::released);
    CHECK(state() == place_state::running);
    CHECK(cluster.starts(id) == 1);
  }
  if constexpr (two_step) {
    SUBCASE("an abort after the copy undoes it, for good") {
      ask(verb::start, low);
      CHECK(has(ask(verb::abort, low), event_kind::aborted));
      CHECK(has(ask(verb::abort, low), event_kind::aborted));
      CHECK(state() == place_state::reverted);
      CHECK(has(ask(verb::start, high), event_kind::refused));
      CHECK(has(ask(verb::cut_over, high), event_kind::refused));
      CHECK(cluster.starts(id) == 1);
    }
    SUBCASE("what was not copied does not cut over, and a source that serves is not released") {
      CHECK(has(ask(verb::cut_over, low), event_kind::refused));
      CHECK(has(ask(verb::release, low, endpoint::source), event_kind::refused));
    }
    SUBCASE("a source that has ceased serves again on abort") {
      ask(verb::start, low);
      ask(verb::cut_over, low, endpoint::source);
      CHECK(has(ask(verb::abort, low, endpoint::source), event_kind::aborted));
      CHECK(state(endpoint::source) == place_state::reverted);
      CHECK(has(ask(verb::release, low, endpoint::source), event_kind::refused));
    }
  } else {
    SUBCASE("an abort that comes too late says that the workload serves") {
      ask(verb::start, low);
      CHECK(has(ask(verb::abort, low), event_kind::serving));
      CHECK(state() == place_state::running);
    }
  }
}

}  // namespace foreshift::contracts
