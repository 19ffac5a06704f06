#include <foreshift/migration/answer.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

using namespace foreshift::migration;
using conclusion = reading::conclusion;

namespace {

constexpr place_state states[] = {place_state::never_seen, place_state::copying,  place_state::ready,
                                  place_state::running,    place_state::reverted, place_state::tombstone,
                                  place_state::released};
constexpr std::size_t event_kind_count = 13;

reading hears(event_kind what, standing owner, place_state state = place_state::never_seen,
              endpoint from = endpoint::destination) {
  return read_answer({.what = what, .end = from, .state = state, .reason = "because"}, owner);
}

/// Every answer in every standing.
void each(auto&& look) {
  for (std::size_t s = 0; s < style_count; ++s)
    for (std::size_t p = 0; p < phase_count; ++p)
      for (int flags = 0; flags < 8; ++flags)
        for (std::size_t k = 0; k < event_kind_count; ++k)
          for (const auto state : states)
            for (const auto from : {endpoint::source, endpoint::destination}) {
              const standing owner{static_cast<style>(s), static_cast<phase>(p), (flags & 1) != 0,
                                   (flags & 2) != 0, (flags & 4) != 0};
              const event said{
                  .what = static_cast<event_kind>(k), .end = from, .state = state, .reason = "x"};
              look(said, owner, read_answer(said, owner));
            }
}

/// A phase in which the owner can be when an answer comes. In place, what the log decides is done at once.
bool hearing(const standing& owner) {
  const bool idle = owner.at == phase::awaiting || owner.at == phase::settled || owner.at == phase::suspect;
  const bool passed_through =
      owner.how == style::in_place && (owner.at == phase::committed || owner.at == phase::aborted);
  return !idle && !passed_through && detail::used(owner.how, owner.at);
}

}  // namespace

TEST_CASE("every conclusion leads to a phase that the table allows from there") {
  each([](const event& said, const standing& owner, const reading& heard) {
    if (!hearing(owner)) return;
    const bool moves_on = heard.what == conclusion::go_on || heard.what == conclusion::ask_first;
    INFO(name_of(said.what), " in ", name_of(owner.at));
    if (moves_on) CHECK(leads_to(owner.how, owner.at, heard.next));
    if (heard.what == conclusion::suspect) CHECK(leads_to(owner.how, owner.at, phase::suspect));
  });
}

TEST_CASE("every pair of a phase and an answer has a conclusion, or a reason why there is none") {
  each([](const event& said, const standing& owner, const reading& heard) {
    INFO(name_of(said.what), " in ", name_of(owner.at));
    CHECK((heard.what == conclusion::nothing) == (heard.because != unheeded::none));
    CHECK_FALSE(explain(heard.because).empty());
  });
}

TEST_CASE("what is not fresh changes nothing if it tells a state or a refusal") {
  each([](const event& said, const standing& owner, const reading& heard) {
    const bool dated = said.what == event_kind::status || said.what == event_kind::refused;
    if (dated && !owner.fresh) CHECK(heard.because == unheeded::stale);
  });
}

TEST_CASE("nothing but a fresh status that the destination runs leads to the release of the source") {
  each([](const event& said, const standing& owner, const reading& heard) {
    if (heard.what != conclusion::go_on || heard.next != phase::releasing) return;
    CHECK(said.what == event_kind::status);
    CHECK(said.end == endpoint::destination);
    CHECK(said.state == place_state::running);
    CHECK(owner.fresh);
    CHECK(owner.observed);
    CHECK(owner.at == phase::observing);
  });
}

TEST_CASE("running is the end of a one_step start, and says nothing before a two_step commit is learned") {
  CHECK(hears(event_kind::status, {style::one_step, phase::probing, true}, place_state::running).next ==
        phase::moved);
  CHECK(hears(event_kind::status, {style::two_step, phase::probing, true}, place_state::running).because ==
        unheeded::unlearned);
  CHECK(hears(event_kind::status, {style::two_step, phase::committed, true}, place_state::running).next ==
        phase::cutting_over);
}

TEST_CASE("the source ceases only after the destination serves") {
  standing owner{style::two_step, phase::cutting_over, true};
  CHECK(hears(event_kind::serving, owner, {}, endpoint::source).because == unheeded::not_asked);
  CHECK(hears(event_kind::serving, owner).what == conclusion::destination_serves);
  owner.destination_serves = true;
  CHECK(hears(event_kind::serving, owner).because == unheeded::known);
  CHECK(hears(event_kind::serving, owner, {}, endpoint::source).next == phase::observing);
}

TEST_CASE("a source that an earlier owner had release what it holds has ceased to serve") {
  standing owner{style::two_step, phase::cutting_over, true, true};
  CHECK(hears(event_kind::refused, owner, place_state::released, endpoint::source).next == phase::observing);
  CHECK(hears(event_kind::refused, owner, place_state::running, endpoint::source).what ==
        conclusion::suspect);
  owner.destination_serves = false;
  CHECK(hears(event_kind::refused, owner, place_state::released, endpoint::source).what ==
        conclusion::suspect);
}

TEST_CASE("a destination that says it has released is suspect, not free to start") {
  for (const auto at : {phase::probing, phase::copying, phase::committed, phase::observing})
    for (const auto how : {style::one_step, style::two_step})
      CHECK(hears(event_kind::status, {how, at, true}, place_state::released).what == conclusion::suspect);
}

TEST_CASE("after unreachable a start is asked about, a resize is given again") {
  CHECK(hears(event_kind::unreachable, {style::two_step, phase::starting}).what == conclusion::ask_first);
  CHECK(hears(event_kind::unreachable, {style::in_place, phase::starting}).because == unheeded::unsettled);
  CHECK(hears(event_kind::unreachable, {style::two_step, phase::copying}).because == unheeded::unsettled);
}

TEST_CASE("a refusal says why") {
  const auto no = hears(event_kind::refused, {style::two_step, phase::starting, true});
  CHECK(no.what == conclusion::undo);
  CHECK(no.why == "the destination refused: because");
  CHECK(hears(event_kind::refused, {style::two_step, phase::releasing, true}, {}, endpoint::source).why ==
        "the source refused: because");
}
