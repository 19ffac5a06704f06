#include "fleet.hpp"

#include <foreshift/placement/judgement.hpp>

#include <doctest/doctest.h>

using namespace fleet;
using namespace std::chrono_literals;

namespace {

/// Site 2 judges a move of workload 70 (demand 3) from host 1 of site 1 (load 9 of 8) to its own host 2 (load
/// 2 of 8).
struct voter {
  sample_paths source = flat_paths(9), destination = flat_paths(2), workload = flat_paths(3);
  proposal what;
  voter_view view;
  judgement_options options;
  voter() {
    what.id = {{1}, 4}, what.workload = {70}, what.criticality = 2;
    what.what = migrate{{{1}, {1}}, {{2}, {2}}};
    what.why.probability = 0.8;
    view.voter = {2};
    view.source = {.paths = &source, .limit = 8};
    view.destination = {.paths = &destination, .limit = 8};
    view.workload = &workload;
  }
  judgement vote() const {
    const auto j = judge(what, view, options);
    CHECK(j.text.size() > 20);
    CHECK(j.text.size() < 240);
    CHECK(j.text.ends_with('.'));
    return j;
  }
};
void expect(const judgement& j, stance opinion, vote_reason reason) {
  CHECK(j.opinion == opinion);
  CHECK(name_of(j.reason) == name_of(reason));
}

}  // namespace

TEST_CASE("a move that helps and that the destination bears is accepted, with its figures") {
  const auto j = voter{}.vote();
  expect(j, stance::accept, vote_reason::agrees);
  // Four steps of 5 min before, one after; copying costs 5 min x 3 / 8.
  CHECK(j.impact == doctest::Approx(2 * (15 - 1.875)));
  CHECK(j.text ==
        "Accepted: we expect host 1 to exceed 8 with probability 1.00; the move avoids 15.0 min and adds "
        "0.0 min on host 2.");
}

TEST_CASE("a voter that expects no overload at the source rejects, whatever the sponsor says") {
  voter v;
  v.source = flat_paths(8);
  const auto j = v.vote();
  expect(j, stance::reject, vote_reason::no_overload_expected);
  CHECK(j.text ==
        "Rejected: we expect host 1 to exceed 8 with probability 0.00 only; the sponsor says 0.80.");
}

TEST_CASE("agreed departures count at the source, agreed arrivals at the destination") {
  voter v;
  SUBCASE("somebody leaves already") {
    v.view.source.pending = -1.5;
    expect(v.vote(), stance::reject, vote_reason::no_overload_expected);
  }
  SUBCASE("somebody comes already") {
    v.view.destination.pending = 3.5;
    expect(v.vote(), stance::reject, vote_reason::destination_would_overload);
    CHECK(v.vote().text.starts_with("Rejected: with the workload and 3.5 agreed to come, host "));
    v.view.destination.pending = 3;
    expect(v.vote(), stance::accept, vote_reason::agrees);
  }
}

TEST_CASE("who knows too little casts no vote") {
  voter v;
  SUBCASE("of the source") { v.view.source.paths = nullptr; }
  SUBCASE("of the destination") { v.view.destination.paths = nullptr; }
  SUBCASE("of the workload") { v.view.workload = nullptr; }
  SUBCASE("of the source any more") { v.view.source.age = 16min; }
  SUBCASE("of the destination any more") { v.view.destination.age = 16min; }
  expect(v.vote(), stance::abstain, vote_reason::knows_too_little);
}

TEST_CASE("what is known for certain is said even where the rest is not known") {
  voter v;
  SUBCASE("the source is fine") {
    v.source = flat_paths(3), v.view.destination.paths = nullptr, v.view.workload = nullptr;
    expect(v.vote(), stance::reject, vote_reason::no_overload_expected);
  }
  SUBCASE("the destination is not") {
    v.destination = flat_paths(7), v.view.source.age = 1h;
    expect(v.vote(), stance::reject, vote_reason::destination_would_overload);
    CHECK(v.vote().text.starts_with("Rejected: with the workload, host "));
  }
}

TEST_CASE("the state of a host counts for its own site only") {
  voter v;
  SUBCASE("maintenance") {
    v.view.destination_in_maintenance = true;
    expect(v.vote(), stance::reject, vote_reason::destination_in_maintenance);
  }
  SUBCASE("busy") {
    v.view.destination_busy = true;
    expect(v.vote(), stance::reject, vote_reason::destination_busy);
  }
  v.view.voter = {3};
  expect(v.vote(), stance::accept, vote_reason::agrees);
}

TEST_CASE("a move that costs what it helps is rejected") {
  voter v;
  v.view.moves.copy_steps = 4;  // the horizon is over before it arrives
  expect(v.vote(), stance::reject, vote_reason::gain_too_small);
  v.view.moves.copy_steps = 1;
  v.options.gain_minutes_min = 15;
  expect(v.vote(), stance::reject, vote_reason::gain_too_small);
}

TEST_CASE("what is not a move between two hosts is not judged as one") {
  voter v;
  SUBCASE("the same host twice") {
    v.what.what = migrate{{{1}, {1}}, {{1}, {1}}};
    expect(v.vote(), stance::reject, vote_reason::malformed);
  }
  SUBCASE("nothing at stake") {
    v.what.criticality = 0;
    expect(v.vote(), stance::reject, vote_reason::malformed);
  }
  SUBCASE("a resize") {
    v.what.what = resize{};
    expect(v.vote(), stance::abstain, vote_reason::not_a_move);
  }
}

TEST_CASE("two sites that see different things vote differently on one proposal") {
  voter here, there;
  there.source = flat_paths(7);
  CHECK(here.vote().opinion == stance::accept);
  CHECK(there.vote().opinion == stance::reject);
}

TEST_CASE("the longest sentence is not cut") {
  voter v;
  v.what.what = migrate{{{1}, {~0ULL}}, {{2}, {~0ULL - 1}}};
  v.view.source.limit = v.view.destination.limit = 1.234e-100;
  for (const double level : {1e300, 0.0}) {
    v.destination = flat_paths(level);
    CHECK(v.vote().text.ends_with('.'));
  }
}

TEST_CASE(
    "a site whose orchestrator keeps no tokens rejects moves from and to its own hosts, and no others") {
  voter v;
  v.view.own_places_fence = false;
  expect(v.vote(), stance::reject, vote_reason::places_not_fenced);
  v.view.voter = {1};
  expect(v.vote(), stance::reject, vote_reason::places_not_fenced);
  v.view.voter = {3};
  expect(v.vote(), stance::accept, vote_reason::agrees);
}
