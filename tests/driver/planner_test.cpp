#include "fleet.hpp"

#include <foreshift/driver/planner.hpp>
#include <foreshift/placement/best_fit.hpp>

#include <doctest/doctest.h>

#include <utility>
#include <vector>

using namespace driver_test;

namespace {

using planner = driver::planner<last_value, placement::best_fit<>>;

planner make_planner(const risk::two_horizon_options& trigger = at_once()) {
  driver::planner_options o;
  o.trigger = trigger;
  return planner{o, placement::best_fit<>{}};
}
/// As site 1 sees it: workload 0 on its host 0 rises towards the limit, and 3 on its host 1 as well, later.
driver::fleet_outlook<last_value> rising(std::size_t hosts_in_danger, double slope = 0.3,
                                         const fleet_shape& shape = {}) {
  auto fleet = make_outlook({1}, shape);
  for (std::uint64_t w = 0; w < 6; ++w) {
    const bool rises = w % 3 == 0 && w / 3 < hosts_in_danger;
    fleet.book().learn(workload_id{w}, rises ? ramp(4 - 0.1 * static_cast<double>(w), slope) : ramp(1.8, 0));
  }
  for (std::uint64_t h = 2; h < 6; ++h) fleet.book().learn(host_id{h}, ramp(2, 0));
  fleet.refresh({});
  return fleet;
}

}  // namespace

TEST_CASE("a host that will go over its limit raises, and a move is proposed that relieves it") {
  auto fleet = rising(1);
  auto p = make_planner();
  std::uint64_t number = 5;
  const auto plan = p.plan(fleet, noon, 10, number);
  REQUIRE(plan.raised.size() == 1);
  CHECK(plan.raised[0].host == host_id{0});
  REQUIRE(plan.proposals.size() == 1);
  CHECK(number == 6);
  const auto& made = plan.proposals[0];
  CHECK(made.id == proposal_id{site_id{1}, 5});
  const auto& move = std::get<placement::migrate>(made.what);
  CHECK(move.from.host == host_id{0});
  CHECK(move.to.host != host_id{0});
  CHECK(made.expected.overload_avoided > duration::zero());
  CHECK(fleet.view().is_moving(made.workload));
}

TEST_CASE("calm hosts raise nothing") {
  auto fleet = rising(0);
  auto p = make_planner();
  std::uint64_t number = 1;
  const auto plan = p.plan(fleet, noon, 10, number);
  CHECK((plan.raised.empty() && plan.warned.empty()));
  CHECK(plan.proposals.empty());
  CHECK(number == 1);
}

TEST_CASE("there is at most one move for each host in danger, and never more than are left") {
  auto fleet = rising(2);
  auto p = make_planner();
  std::uint64_t number = 1;
  const auto plan = p.plan(fleet, noon, 10, number);
  CHECK(plan.raised.size() == 2);
  REQUIRE(plan.proposals.size() == 2);
  const auto from = [](const auto& made) { return std::get<placement::migrate>(made.what).from.host; };
  CHECK(from(plan.proposals[0]) != from(plan.proposals[1]));
  CHECK(placement::goes_before(plan.proposals[0], plan.proposals[1]));
  for (const std::size_t most : {0U, 1U}) {
    auto again = rising(2);
    auto q = make_planner();
    const auto fewer = q.plan(again, noon, most, number);
    CHECK(fewer.raised.size() == most);
    CHECK(fewer.warned.size() == 2 - most);
    CHECK(fewer.proposals.size() == most);
  }
}

TEST_CASE("where one move is left the most urgent gets it, whichever overload is the longest") {
  const auto from = [](const auto& made) { return std::get<placement::migrate>(made.what).from.host; };
  for (const std::uint32_t criticality : {1U, 10U}) {
    auto fleet = rising(2, 0.3, {.criticality_on_second = criticality});
    auto p = make_planner();
    std::uint64_t number = 1;
    const auto plan = p.plan(fleet, noon, 1, number);
    REQUIRE(plan.proposals.size() == 1);
    CHECK(from(plan.proposals[0]) == host_id{criticality == 1 ? 0U : 1U});
    REQUIRE(plan.warned.size() == 1);
    CHECK(plan.warned[0].what.host == host_id{criticality == 1 ? 1U : 0U});
    CHECK(plan.warned[0].why == "no move is left within this time");
    // The other has its turn as soon as there is a move.
    const auto next = p.plan(fleet, noon + step, 1, number);
    REQUIRE(next.proposals.size() == 1);
    CHECK(from(next.proposals[0]) == plan.warned[0].what.host);
  }
}

TEST_CASE("hosts in danger at once are settled in one wave, which voters add up for themselves") {
  auto fleet = rising(2);
  auto p = make_planner();
  std::uint64_t number = 1;
  const auto plan = p.plan(fleet, noon, 10, number);
  REQUIRE(plan.proposals.size() == 2);
  const auto to = [](const auto& made) { return std::get<placement::migrate>(made.what).to.host; };
  CHECK(to(plan.proposals[0]) != to(plan.proposals[1]));
  auto voter = make_outlook({2});
  for (std::uint64_t h = 0; h < 2; ++h) voter.book().learn(host_id{h}, ramp(7.5, 0.3));
  for (std::uint64_t h = 2; h < 6; ++h) voter.book().learn(host_id{h}, ramp(2, 0));
  voter.refresh({});
  for (const auto& made : plan.proposals) {
    REQUIRE(made.wave.sources.size() == 2);
    CHECK(made.wave.gap() < 1e-6);
    CHECK(p.judge(made, voter, noon, false).what.reason != placement::vote_reason::malformed);
    auto forged = made;
    forged.wave.bound = forged.wave.cost - 1;
    const auto mine = p.judge(forged, voter, noon, false).what;
    CHECK(mine.opinion == placement::stance::reject);
    CHECK(mine.reason == placement::vote_reason::malformed);
    CHECK(mine.text.find("its prices prove") != std::string::npos);
  }
  auto surer = plan.proposals[0];
  surer.gap = 0.5;
  CHECK(p.judge(surer, voter, noon, false).what.text.find("it proves another gap") != std::string::npos);
  auto swapped = plan.proposals[0];
  std::get<placement::migrate>(swapped.what).to.host = to(plan.proposals[1]);
  CHECK(p.judge(swapped, voter, noon, false).what.text.find("it chose another move") != std::string::npos);
}

TEST_CASE(
    "a destination that was turned down is not proposed again for a while: the next best has its turn") {
  const auto to = [](const auto& plan) {
    REQUIRE(plan.proposals.size() == 1);
    return std::get<placement::migrate>(plan.proposals[0].what).to.host;
  };
  std::uint64_t number = 1;
  auto first = rising(1);
  const auto best = to(make_planner().plan(first, noon, 10, number));
  auto again = rising(1);
  again.refused(best, noon - 5min);
  const auto plan = make_planner().plan(again, noon, 10, number);
  CHECK(to(plan) != best);
  const auto& others = plan.proposals[0].alternatives;
  CHECK(std::ranges::any_of(others, [&](const auto& a) {
    return a.to.host == best && a.why == placement::rejection::asked_to_wait;
  }));
  auto later = rising(1);
  later.refused(best, noon - 1h);
  CHECK(to(make_planner().plan(later, noon, 10, number)) == best);
}

TEST_CASE("distances that the site was given keep a workload within its bound") {
  // Sites 1, 2 and 3 have two hosts each; between sites it is 5 ms, within one 1 ms.
  std::vector<placement::host_place> places;
  std::vector<placement::distance> distances;
  for (std::uint64_t a = 0; a < 6; ++a) {
    places.push_back({host_id{a}, {}});
    for (std::uint64_t b = 0; b < 6; ++b) distances.push_back({a / 2 == b / 2 ? 1.0 : 5.0, 1e9});
  }
  const auto known = make_inventory({});
  std::vector<placement::workload_record> workloads{known.workloads().begin(), known.workloads().end()};
  const auto chosen = [&](double latency_ms_max) {
    for (auto& w : workloads) w.latency_ms_max = latency_ms_max;
    driver::outlook_options o;
    o.self = {1};
    driver::fleet_outlook<last_value> fleet{
        o, placement::inventory::make({known.hosts().begin(), known.hosts().end()}, workloads).value(),
        driver::forecast_book<last_value>{forecaster(), book_options()},
        placement::distance_table{places, distances}};
    for (std::uint64_t w = 0; w < 6; ++w)
      fleet.book().learn(workload_id{w}, w == 0 ? ramp(4, 0.3) : ramp(w < 3 ? 1.8 : 0.5, 0));
    for (std::uint64_t h = 2; h < 6; ++h) fleet.book().learn(host_id{h}, ramp(1, 0));
    fleet.refresh({});
    std::uint64_t number = 1;
    const auto plan = make_planner().plan(fleet, noon, 10, number);
    REQUIRE(plan.proposals.size() == 1);
    return std::get<placement::migrate>(plan.proposals[0].what).to;
  };
  CHECK(chosen(10).site != site_id{1});
  CHECK(chosen(2) == placement::location{site_id{1}, host_id{1}});
}

TEST_CASE("a voter whose inventory forbids the move votes against it, and says which rule") {
  auto fleet = rising(1);
  std::uint64_t number = 1;
  const auto made = make_planner().plan(fleet, noon, 10, number).proposals.at(0);
  CHECK(make_planner().judge(made, fleet, noon, false).what.reason != placement::vote_reason::breaks_a_rule);
  const auto known = make_inventory({});
  std::vector<placement::workload_record> workloads{known.workloads().begin(), known.workloads().end()};
  workloads[made.workload.value].pinned = true;
  driver::outlook_options o;
  o.self = {2};
  driver::fleet_outlook<last_value> voter{
      o, placement::inventory::make({known.hosts().begin(), known.hosts().end()}, workloads).value(),
      driver::forecast_book<last_value>{forecaster(), book_options()}};
  for (std::uint64_t h = 0; h < 6; ++h) voter.book().learn(host_id{h}, ramp(2, 0));
  voter.refresh({});
  const auto vote = make_planner().judge(made, voter, noon, false).what;
  CHECK(vote.opinion == placement::stance::reject);
  CHECK(vote.reason == placement::vote_reason::breaks_a_rule);
  CHECK(vote.text.ends_with("pinned."));
}

TEST_CASE("sites that know different things judge differently") {
  auto fleet = rising(1);
  auto p = make_planner();
  std::uint64_t number = 1;
  const auto what = p.plan(fleet, noon, 1, number).proposals.at(0);
  fleet.refresh({});
  const auto sponsor = p.judge(what, fleet, noon, false);
  CHECK(sponsor.what.opinion == placement::stance::accept);
  CHECK(sponsor.source_probability.value_or(0) > 0.2);

  auto calm = make_outlook({2});  // has seen the source quiet, and all else as well
  for (std::uint64_t w = 6; w < 12; ++w) calm.book().learn(workload_id{w}, ramp(0.5, 0));
  for (const std::uint64_t h : {0U, 1U, 4U, 5U}) calm.book().learn(host_id{h}, ramp(2, 0));
  calm.refresh({});
  const auto other = p.judge(what, calm, noon, false);
  CHECK(other.what.opinion == placement::stance::reject);
  CHECK(other.what.reason == placement::vote_reason::no_overload_expected);

  auto ignorant = make_outlook({3});
  ignorant.refresh({});
  const auto third = p.judge(what, ignorant, noon, false);
  CHECK(third.what.opinion == placement::stance::abstain);
  CHECK_FALSE(third.source_probability.has_value());
}

TEST_CASE(
    "another threshold is in force on every host and both horizons, with the lower ones in proportion") {
  auto p = make_planner();
  p.set_threshold(0.5);
  for (const auto& one : {p.options().trigger.fast, p.options().trigger.slow}) {
    CHECK(one.p_on == doctest::Approx(0.5));
    CHECK(one.p_off == doctest::Approx(0.25));
  }
}

TEST_CASE("a danger of the far horizon alone is warned of, once, and nothing is proposed") {
  auto fleet = rising(1, 0.12);  // over the limit in the fourth step
  auto p = make_planner();
  std::uint64_t number = 1;
  const auto plan = p.plan(fleet, noon, 10, number);
  REQUIRE(plan.warned.size() == 1);
  CHECK(plan.warned[0].what.host == host_id{0});
  CHECK(plan.warned[0].odds.fast < 0.2);
  CHECK(plan.warned[0].odds.slow > 0.2);
  CHECK((plan.raised.empty() && plan.proposals.empty()));
  CHECK(p.plan(fleet, noon + step, 10, number).warned.empty());
  CHECK(number == 1);
  // The check bites: where the near horizon agrees, it is a proposal.
  auto steep = rising(1);
  auto q = make_planner();
  CHECK(q.plan(steep, noon, 10, number).proposals.size() == 1);
}

TEST_CASE("a danger of the near horizon alone is warned of, and nothing is proposed") {
  auto fleet = rising(1);
  auto trigger = at_once();
  trigger.slow.looks = 2;  // the far horizon is not believed yet
  auto p = make_planner(trigger);
  std::uint64_t number = 1;
  const auto plan = p.plan(fleet, noon, 10, number);
  CHECK(plan.warned.size() == 1);
  CHECK(plan.proposals.empty());
  CHECK(p.plan(fleet, noon + step, 10, number).proposals.size() == 1);
}

TEST_CASE("no second move is proposed before the cool-down has passed, unless the first is not made") {
  auto trigger = at_once();
  trigger.cool_down = 3 * step;
  const auto proposed_at = [&](bool refused) {
    auto fleet = rising(1);
    auto p = make_planner(trigger);
    std::uint64_t number = 1;
    std::vector<int> out;
    for (int k = 0; k < 5; ++k) {
      fleet.refresh({});
      if (p.plan(fleet, noon + k * step, 10, number).proposals.empty()) continue;
      out.push_back(k);
      if (refused) p.not_made({0});
    }
    return out;
  };
  CHECK(proposed_at(false) == std::vector{0, 3});
  CHECK(proposed_at(true) == std::vector{0, 1, 2, 3, 4});
}

TEST_CASE("a move that saves too little, or that nobody may make, is not proposed but warned of") {
  auto fleet = rising(1);
  auto trigger = at_once();
  trigger.benefit_min = 2 * horizon * step;  // more than the whole horizon
  auto p = make_planner(trigger);
  std::uint64_t number = 1;
  const auto dear = p.plan(fleet, noon, 10, number);
  CHECK((dear.warned.size() == 1 && dear.proposals.empty()));
  CHECK(dear.warned.at(0).why == "the best move avoids too little");
  CHECK(p.plan(fleet, noon, 10, number).warned.empty());  // told once
  CHECK(p.plan(fleet, noon, 0, number).warned.at(0).why ==
        "no move is left within this time");  // another reason
  CHECK_FALSE(fleet.view().is_moving({0}));
  auto q = make_planner();
  const auto none_left = q.plan(fleet, noon, 0, number);
  CHECK((none_left.warned.size() == 1 && none_left.proposals.empty()));
  CHECK(none_left.warned.at(0).why == "no move is left within this time");
  CHECK(number == 1);
}

TEST_CASE("the benefit is what the move saves, so that the minimum cuts exactly there") {
  auto fleet = rising(1);
  auto p = make_planner();
  std::uint64_t number = 1;
  const auto saved = p.plan(fleet, noon, 1, number).proposals.at(0).expected.overload_avoided;
  // The paths alone speak before the first step has ended, so that they are not scaled.
  for (const auto& [least, proposals] : {std::pair{saved, 1U}, std::pair{saved + 1s, 0U}}) {
    auto again = rising(1);
    auto trigger = at_once();
    trigger.benefit_min = least;
    CHECK(make_planner(trigger).plan(again, noon, 1, number).proposals.size() == proposals);
  }
}

TEST_CASE(
    "a site whose orchestrator keeps no tokens warns, proposes no move, and votes against those from its "
    "hosts") {
  auto fleet = rising(1);
  auto willing = make_planner();
  std::uint64_t number = 1;
  const auto plan = willing.plan(fleet, noon, 10, number);
  REQUIRE(plan.proposals.size() == 1);
  driver::planner_options o;
  o.trigger = at_once();
  o.places_fence = false;
  planner p{o, placement::best_fit<>{}};
  auto again = rising(1);
  const auto without = p.plan(again, noon, 10, number);
  CHECK(without.proposals.empty());
  CHECK(without.warned.size() == 1);
  CHECK(without.warned.at(0).why == "the site's places keep no tokens");
  CHECK(p.judge(plan.proposals[0], again, noon, false).what.reason ==
        placement::vote_reason::places_not_fenced);
}
