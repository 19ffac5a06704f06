#include "honest_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace honest;

namespace {

/// Runs without faults until settled.
world settle(world w) {
  for (int i = 0; i < 200 && !(w.settled && w.mail.empty()); ++i) w.go_on(), w.check();
  return w;
}
/// An executor that has been granted the subset, and the answers that its places would give.
struct desk {
  executor run;
  fence_token token{{5}, 0};
  std::vector<command> last;
  std::vector<log_request> wishes;
  time_point now = time_point{} + 1h;

  explicit desk(style how, executor_options o = brisk()) : run(world{how, o}.task, site_id{2}, 1, o) {
    tell(tick{now});
    tell(activated{{1}, {2}, token});
  }
  void tell(const input& in) {
    auto tasks = run.step(in);
    last = tasks.commands, wishes = tasks.requests;
  }
  event about(event_kind what, endpoint end = endpoint::destination,
              place_state state = place_state::never_seen) const {
    return {.what = what,
            .end = end,
            .migration = {7},
            .subset = {1},
            .seen = token,
            .state = state,
            .request = last.empty() ? 0 : last.back().request,
            .reason = "because"};
  }
  bool says(verb what, endpoint end) const {
    return std::ranges::any_of(last, [&](const command& c) { return c.what == what && c.end == end; });
  }
  bool asks() const { return says(verb::query, endpoint::destination); }
  bool releases() const { return says(verb::release, endpoint::source); }
  void wait(std::chrono::seconds long_enough = 1h) { tell(tick{now += long_enough}); }
  void fence() { tell(about(event_kind::fenced, endpoint::source)), tell(about(event_kind::fenced)); }
};

/// The owner of a migration whose destination has begun to serve, and has been asked afresh for the first
/// time. `last` holds that question.
desk observing(style how) {
  desk d{how};
  d.fence();
  d.tell(start_decided{{7}, d.token});
  d.tell(d.about(event_kind::started));
  d.tell(d.about(how == style::one_step ? event_kind::serving : event_kind::copied));
  d.tell(commit_decided{{7}, d.token});
  d.tell(d.about(event_kind::status, endpoint::destination,
                 how == style::one_step ? place_state::running : place_state::ready));
  if (how == style::two_step) {
    d.tell(d.about(event_kind::serving));
    d.tell(d.about(event_kind::serving, endpoint::source));
  }
  return d;
}
constexpr place_state not_running[] = {place_state::never_seen, place_state::copying,
                                       place_state::ready,      place_state::reverted,
                                       place_state::tombstone,  place_state::released};

}  // namespace

TEST_CASE("without faults each style settles with the workload moved") {
  for (const auto how : {style::one_step, style::two_step}) {
    const auto w = settle(world{how, brisk()});
    CHECK(w.broken == "");
    CHECK(w.settled);
    CHECK(w.committed);
    CHECK(w.starts == 1);
    CHECK(w.destination.serves);
    CHECK_FALSE(w.source.holds);
    CHECK(w.sites[1].at() == phase::settled);
    CHECK(w.sites[0].at() == phase::settled);
  }
}

TEST_CASE("a resize is applied once and settles") {
  const auto w = settle(world{style::in_place, brisk()});
  CHECK(w.settled);
  CHECK(w.committed);
  CHECK(w.applied == 1);
}

TEST_CASE("a refused start settles with everything as before") {
  for (const auto how : {style::one_step, style::two_step, style::in_place}) {
    world w{how, brisk()};
    w.admits = false;
    w = settle(w);
    CHECK(w.broken == "");
    CHECK(w.settled);
    CHECK(w.aborted);
    CHECK(w.starts == 0);
    CHECK(w.source.serves);
  }
}

TEST_CASE(
    "with any two losses, repetitions, delays, crashes, new owners or changes of mind nothing breaks and all "
    "settles") {
  for (const auto how : {style::one_step, style::two_step, style::in_place}) {
    long runs = 0;
    CHECK(explore(world{how, brisk()}, 2, 200, runs) == "");
    CHECK(runs > (how == style::in_place ? 900 : 5000));
  }
}

TEST_CASE("a move of a workload to where it stands is given up in the log, and no place hears of it") {
  for (const auto how : {style::one_step, style::two_step}) {
    world w{how, brisk(), true};
    const auto said = [&](const letter& l) { return std::holds_alternative<command>(l.what); };
    for (int i = 0; i < 20 && !w.settled; ++i) {
      CHECK(std::ranges::none_of(w.mail, said));
      w.go_on();
    }
    CHECK(w.settled);
    CHECK(w.aborted);
    CHECK_FALSE(w.started);
    CHECK(w.sites[1].why() == "the workload stands at its destination");
    CHECK(w.sites[1].at() == phase::settled);
    long runs = 0;
    const world again{how, brisk(), true};
    CHECK(explore(again, 2, 200, runs) == "");
    CHECK(runs > 20);
  }
}

TEST_CASE("a copy that is never done in time is undone") {
  for (const auto how : {style::one_step, style::two_step}) {
    auto options = brisk();
    options.give_up_after = 40s;
    world w{how, options};
    w.destination.state = place_state::never_seen;
    w.admits = true;
    for (int i = 0; i < 300 && !w.settled; ++i) {
      // The copy never finishes: only mail and time go on.
      if (!w.mail.empty()) {
        w.go_on();
      } else {
        w.now += 10s;
        for (std::size_t s = 0; s < 2; ++s) w.give(s, tick{w.now});
      }
      w.check();
    }
    CHECK(w.broken == "");
    CHECK(w.settled);
    CHECK(w.aborted);
    CHECK(w.sites[1].why() == "it was not done in time");
  }
}

TEST_CASE("nothing is done before both places have acknowledged the token") {
  desk d{style::two_step};
  CHECK(d.run.at() == phase::fencing);
  REQUIRE(d.last.size() == 2);
  CHECK(d.last[0].what == verb::fence);
  CHECK(d.last[1].what == verb::fence);
  d.tell(start_decided{{7}, d.token});
  CHECK(d.last.empty());
  d.tell(d.about(event_kind::fenced));
  CHECK(d.last.empty());
  CHECK(d.run.at() == phase::fencing);
  d.tell(d.about(event_kind::fenced));  // the same place again
  CHECK(d.run.at() == phase::fencing);
  d.tell(d.about(event_kind::fenced, endpoint::source));
  CHECK(d.run.at() == phase::probing);
  REQUIRE(d.last.size() == 1);
  CHECK(d.last[0].what == verb::query);
}

TEST_CASE("what is not started is given up when the places do not take the token, and no place hears of it") {
  for (const auto how : {style::one_step, style::two_step}) {
    auto options = brisk();
    options.fence_within = 10min;
    desk d{how, options};
    d.tell(d.about(event_kind::unreachable));
    d.tell(tick{d.now});
    d.tell(tick{d.now + 9min});
    CHECK(d.run.at() == phase::fencing);
    d.tell(tick{d.now + 10min});
    CHECK(d.run.why() == "the places did not take the token in time");
    CHECK(d.wishes == std::vector<log_request>{{want::abort, {7}, d.token}});
    d.tell(abort_decided{{7}, d.token});
    CHECK(d.run.at() == phase::undone);
    CHECK(d.last.empty());
    CHECK(d.wishes == std::vector<log_request>{{want::settled, {7}, d.token}});
    // Another owner comes to the same end, whether the places answer it or not.
    d.token = {{9}, 0};
    d.tell(activated{{1}, {2}, d.token});
    CHECK(d.run.at() == phase::undone);
  }
}

TEST_CASE("what is started, or only may be, is not given up before the places have taken the token") {
  auto options = brisk();
  options.fence_within = 10min;
  desk d{style::two_step, options};
  d.tell(start_decided{{7}, {{3}, 0}});  // by the owner before this one
  d.tell(tick{d.now + 1h});
  CHECK(d.run.at() == phase::fencing);
  CHECK(d.says(verb::fence, endpoint::destination));
}

TEST_CASE("a phase that waits too long is overdue, with the last reason that a place gave") {
  auto options = brisk();
  options.overdue_after = 10min;
  desk d{style::two_step, options};
  CHECK_FALSE(d.run.overdue());
  d.tell(d.about(event_kind::unreachable));
  d.tell(tick{d.now + 11min});
  CHECK(d.run.overdue());
  CHECK(d.run.trouble() == "because");
  d.fence();
  CHECK_FALSE(d.run.overdue());
}

TEST_CASE("a higher token at a place ends this owner's acting for good") {
  desk d{style::two_step};
  auto stale = d.about(event_kind::stale_token);
  stale.seen = {{6}, 0};
  d.tell(stale);
  CHECK_FALSE(d.run.acts());
  d.fence();
  d.tell(tick{time_point{} + 10h});
  CHECK(d.last.empty());
  CHECK(d.wishes.empty());
  SUBCASE("until it is granted anew") {
    d.token = {{7}, 0};
    d.tell(activated{{1}, {2}, d.token});
    CHECK(d.run.acts());
    CHECK(d.last.size() == 2);
  }
}

TEST_CASE("a status that answers an older question is not fresh") {
  desk d{style::two_step};
  d.fence();
  CHECK(d.wishes.size() == 1);
  d.tell(start_decided{{7}, d.token});
  REQUIRE(d.last.size() == 1);
  auto old = d.about(event_kind::status, endpoint::destination, place_state::never_seen);
  d.tell(d.about(event_kind::started));
  CHECK(d.run.at() == phase::copying);
  d.tell(old);  // comes twice, late: says never_seen
  CHECK(d.run.at() == phase::copying);
}

TEST_CASE("an answer that was given before the place was fenced counts for nothing") {
  desk d{style::two_step};
  d.fence();
  d.tell(start_decided{{7}, d.token});
  auto early = d.about(event_kind::status, endpoint::destination, place_state::ready);
  early.seen = {{4}, 0};
  d.tell(early);
  CHECK(d.run.at() == phase::probing);
}

TEST_CASE("after unreachable the destination is asked before it is told again") {
  desk d{style::two_step};
  d.fence();
  d.tell(start_decided{{7}, d.token});
  d.tell(d.about(event_kind::status));
  REQUIRE(d.last.size() == 1);
  CHECK(d.last[0].what == verb::start);
  d.tell(d.about(event_kind::unreachable));
  CHECK(d.run.at() == phase::probing);
  CHECK(d.last.empty());  // after a pause
  d.tell(tick{time_point{} + 2h});
  CHECK((d.last.empty() || d.last[0].what == verb::query));
}

TEST_CASE("a question is repeated with growing pauses up to a bound") {
  auto options = brisk();
  options.patience.retry = 5s;
  options.patience.retry_max = 20s;
  desk d{style::two_step, options};
  std::vector<long> asked;
  for (int s = 1; s <= 100; ++s) {
    d.tell(tick{time_point{} + 1h + std::chrono::seconds{s}});
    if (!d.last.empty()) asked.push_back(s);
  }
  CHECK(asked == std::vector<long>{5, 15, 35, 55, 75, 95});
}

TEST_CASE("committed but not able to serve is suspect and the source is not released") {
  desk d{style::two_step};
  d.fence();
  d.tell(start_decided{{7}, d.token});
  d.tell(d.about(event_kind::copied));
  CHECK(d.run.at() == phase::copied);
  CHECK(d.wishes == std::vector<log_request>{{want::commit, {7}, d.token}});
  d.tell(commit_decided{{7}, d.token});
  REQUIRE(d.last.size() == 1);
  CHECK(d.last[0].what == verb::query);
  d.tell(d.about(event_kind::status, endpoint::destination, place_state::tombstone));
  CHECK(d.run.at() == phase::suspect);
  CHECK_FALSE(d.run.why().empty());
  d.tell(tick{time_point{} + 9h});
  CHECK(d.last.empty());
  SUBCASE("and the next owner looks again") {
    d.token = {{9}, 0};
    d.tell(activated{{1}, {2}, d.token});
    CHECK(d.run.at() == phase::fencing);
  }
}

TEST_CASE("the source is released after the destination, asked afresh, runs, and not without") {
  for (const auto how : {style::one_step, style::two_step}) {
    const desk asked = observing(how);
    REQUIRE(asked.run.at() == phase::observing);
    CHECK(asked.asks());
    CHECK_FALSE(asked.releases());

    {  // It runs.
      desk d = asked;
      d.tell(d.about(event_kind::status, endpoint::destination, place_state::running));
      CHECK(d.releases());
    }
    {  // It answers a question of an earlier phase, late.
      desk d = asked;
      auto late = d.about(event_kind::status, endpoint::destination, place_state::running);
      late.request -= 1;
      d.tell(late);
      CHECK(d.run.at() == phase::observing);
      CHECK_FALSE(d.releases());
    }
    {  // It says that it serves, or has copied, which nobody asked.
      for (const auto unasked : {event_kind::serving, event_kind::copied, event_kind::started}) {
        desk d = asked;
        d.tell(d.about(unasked));
        CHECK(d.run.at() == phase::observing);
        CHECK_FALSE(d.releases());
      }
    }
    {  // It does not answer.
      desk d = asked;
      for (int i = 0; i < 50; ++i) {
        d.wait();
        CHECK(d.asks());
        CHECK_FALSE(d.releases());
      }
    }
    {  // It does not run.
      for (const auto state : not_running) {
        desk d = asked;
        d.tell(d.about(event_kind::status, endpoint::destination, state));
        CHECK(d.run.at() == phase::suspect);
        CHECK_FALSE(d.run.why().empty());
        for (int i = 0; i < 50; ++i) {
          d.wait();
          CHECK(d.last.empty());
        }
      }
    }
  }
}

TEST_CASE("a release that is not answered is not told again before the destination is asked again") {
  for (const auto how : {style::one_step, style::two_step}) {
    desk told = observing(how);
    const auto before = told.about(event_kind::status, endpoint::destination, place_state::running);
    told.tell(before);
    REQUIRE(told.releases());
    told.wait();
    CHECK(told.asks());
    CHECK_FALSE(told.releases());

    {  // It still runs.
      desk d = told;
      d.tell(d.about(event_kind::status, endpoint::destination, place_state::running));
      CHECK(d.releases());
      const auto second = d.last.back().request;
      d.wait();
      CHECK_FALSE(d.releases());
      auto again = d.about(event_kind::status, endpoint::destination, place_state::running);
      again.request = second - 1;  // the answer to the question before, a second time
      d.tell(again);
      CHECK_FALSE(d.releases());
    }
    {  // The answer from before comes again.
      desk d = told;
      d.tell(before);
      CHECK_FALSE(d.releases());
    }
    {  // It has stopped.
      for (const auto state : not_running) {
        desk d = told;
        d.tell(d.about(event_kind::status, endpoint::destination, state));
        CHECK(d.run.at() == phase::suspect);
        d.wait();
        CHECK(d.last.empty());
      }
    }
    {  // The source has released after all.
      desk d = told;
      d.tell(d.about(event_kind::released, endpoint::source));
      CHECK(d.run.at() == phase::released);
    }
  }
}

TEST_CASE("the first of commit and abort in the log is the one that counts") {
  desk d{style::two_step};
  d.fence();
  d.tell(start_decided{{7}, d.token});
  d.tell(abort_decided{{7}, d.token});
  d.tell(commit_decided{{7}, d.token});
  CHECK(d.run.at() == phase::aborted);
  CHECK(d.run.aborted());
  CHECK_FALSE(d.run.committed());
}

TEST_CASE("a one_step copy left ready by an earlier owner is told to go on under the new token") {
  desk d{style::one_step};
  d.fence();
  d.tell(start_decided{{7}, d.token});
  d.tell(d.about(event_kind::status, endpoint::destination, place_state::ready));
  REQUIRE(d.last.size() == 1);
  CHECK(d.last[0].what == verb::start);
}

TEST_CASE("a site that does not own the subset follows and does nothing") {
  executor other{world{style::two_step}.task, site_id{1}, 1, brisk()};
  for (const input& in :
       {input{tick{}}, input{activated{{1}, {2}, {{5}, 0}}}, input{start_decided{{7}, {{5}, 0}}},
        input{give_up{}}, input{tick{time_point{} + 5h}}})
    CHECK(other.step(in).empty());
  CHECK(other.at() == phase::awaiting);
}
