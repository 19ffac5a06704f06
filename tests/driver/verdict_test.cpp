#include <foreshift/driver/verdict.hpp>

#include <doctest/doctest.h>

#include <consensus/proposals.hpp>

#include <utility>
#include <variant>
#include <vector>

using namespace foreshift;
using consensus_test::clerk;

namespace {

/// The entry that the clerk applied last, and what it tells.
ports::agreed told(const clerk& c, const consensus::decide& asked) {
  const consensus::entry value{{}, {canonical(consensus::command{{site_id{1}, 99}, asked})}};
  const auto* decided = c.effect_of<consensus::proposal_decided>();
  REQUIRE(decided != nullptr);
  return driver::verdict_on(*decided, c.machine.applied(), value, c.machine);
}

}  // namespace

TEST_CASE("a verdict shows the weights that decided it") {
  clerk c;
  const auto header = consensus_test::move_web(c.machine, 1);
  const auto asked = consensus_test::verdict_on(header, c.machine, consensus::vote_outcome::approved,
                                                consensus_test::yes_of_two());
  REQUIRE(c.run(1, asked) == consensus::refusal::none);
  const auto out = told(c, asked);
  CHECK(out.approved);
  CHECK(out.at == c.machine.applied());
  CHECK(out.weights.size() == 3);
  CHECK(3 * out.accepted_weight == 2 * out.total_weight);
  CHECK(out.theta_permille == 600);
}

TEST_CASE("in the last slot of an epoch the weights are still those of that epoch") {
  auto start = consensus_test::small_world();
  const site_id sites[] = {{1}, {2}, {3}};
  start.members = consensus::uniform_epoch(sites, {.alpha = 2});
  clerk c{start};
  consensus::change_epoch grow{c.machine.members().identity(), c.machine.members().spec()};
  grow.to.electors.push_back({site_id{4}, consensus::quorum_weight{1}});
  REQUIRE(c.run(1, grow) == consensus::refusal::none);
  const auto header = consensus_test::move_web(c.machine, 1);
  const auto asked = consensus_test::verdict_on(header, c.machine, consensus::vote_outcome::approved,
                                                consensus_test::yes_of_two());
  REQUIRE(c.run(1, asked) == consensus::refusal::none);
  REQUIRE(c.machine.members().electors().size() == 4);  // in force from the next slot on
  CHECK(told(c, asked).weights.size() == 3);
}

TEST_CASE("the member after the sponsor reports on it, and the first one after the last") {
  const std::vector<consensus::elector> members{{site_id{2}, {}}, {site_id{5}, {}}, {site_id{7}, {}}};
  CHECK(driver::auditor_of(site_id{2}, members) == site_id{5});
  CHECK(driver::auditor_of(site_id{6}, members) == site_id{7});
  CHECK(driver::auditor_of(site_id{7}, members) == site_id{2});
}

TEST_CASE(
    "people are told of authority that is held, of credits, and of what should not happen, and of no more") {
  std::vector<decltype(ports::note::what)> notes;
  const auto say = [&](decltype(ports::note::what) what) { notes.push_back(std::move(what)); };
  consensus::authority_changed passed{};
  passed.now.state = consensus::authority_state::active;
  driver::tell_people_of(passed, say);
  passed.now.state = consensus::authority_state::preparing;
  driver::tell_people_of(passed, say);
  driver::tell_people_of(consensus::credits_changed{.version = 3}, say);
  driver::tell_people_of(consensus::credits_refused{}, say);
  consensus::command_done done{};
  driver::tell_people_of(done, say);
  done.reason = consensus::refusal::credits_computed;
  driver::tell_people_of(done, say);
  done.duplicate = true;
  driver::tell_people_of(done, say);
  driver::tell_people_of(consensus::epoch_activated{}, say);
  REQUIRE(notes.size() == 4);
  CHECK(std::holds_alternative<ports::authority_passed>(notes[0]));
  CHECK(std::get<ports::credits_updated>(notes[1]).version == 3);
  CHECK(std::holds_alternative<ports::alarm>(notes[2]));
  CHECK(std::holds_alternative<ports::alarm>(notes[3]));
}
