#include "proposals.hpp"

#include <foreshift/consensus/state_machine_apply.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace consensus_test;

TEST_CASE("an approval decides once, mints a migration per change and moves every version it named") {
  clerk c;
  const auto header = move_web(c.machine, 1);
  const auto asked = verdict_on(header, c.machine, vote_outcome::approved, yes_of_two());
  CHECK(c.run(1, asked) == refusal::none);
  const auto* verdict = c.effect_of<proposal_decided>();
  REQUIRE(verdict != nullptr);
  CHECK(verdict->reason == refusal::none);
  REQUIRE(verdict->migrations.size() == 1);
  CHECK(c.machine.authorities().find_intent(verdict->migrations[0])->destination == host_id{7});
  CHECK(c.machine.ledger_version(host_id{7}) == 1);
  CHECK(c.run(2, asked) == refusal::already_decided);
}

TEST_CASE("of two proposals that were made from one state the second is refused, on every site alike") {
  clerk c;
  const auto first = move_web(c.machine, 1);
  auto second = move_web(c.machine, 2);  // another subset, but the same host
  second.changes = {{workload_id{3}, subset_id{2}, host_id{7}}};
  second.subsets = {{subset_id{2}, c.machine.authorities().find(subset_id{2})->version}};
  CHECK(c.run(1, verdict_on(first, c.machine, vote_outcome::approved, yes_of_two())) == refusal::none);
  CHECK(c.run(1, verdict_on(second, c.machine, vote_outcome::approved, yes_of_two())) ==
        refusal::host_reserved);
  CHECK(c.effect_of<proposal_decided>()->reason == refusal::host_reserved);
}

TEST_CASE("a refusal is logged too; one without evidence does not kill the proposal, a false approval does") {
  clerk c;
  const auto header = move_web(c.machine, 1);
  CHECK(c.run(1, verdict_on(header, c.machine, vote_outcome::rejected, {})) == refusal::evidence_falls_short);
  CHECK_FALSE(c.machine.is_decided(header.id));
  const std::vector<counted_vote> no{{site_id{2}, verdict::reject, 4}, {site_id{3}, verdict::reject, 4}};
  CHECK(c.run(1, verdict_on(header, c.machine, vote_outcome::rejected, no)) == refusal::voted_down);
  CHECK(c.machine.is_decided(header.id));
  const auto other = move_web(c.machine, 2);
  CHECK(c.run(1, verdict_on(other, c.machine, vote_outcome::approved, {})) == refusal::evidence_falls_short);
  CHECK(c.machine.is_decided(other.id));
}

TEST_CASE("a verdict under credits of the past leaves the proposal open for its next attempt") {
  clerk c;
  const auto header = move_web(c.machine, 1);
  const auto stale = verdict_on(header, c.machine, vote_outcome::approved, yes_of_two());
  CHECK(c.run(1, credit_update{0, {{site_id{2}, class_id{1}, credit{1100}}}}) == refusal::none);
  CHECK(c.run(1, stale) == refusal::stale_credit);
  CHECK(c.effect_of<proposal_undecided>()->reason == refusal::stale_credit);
  CHECK_FALSE(c.machine.is_decided(header.id));
  CHECK(c.run(1, verdict_on(header, c.machine, vote_outcome::approved, yes_of_two())) == refusal::none);
}

TEST_CASE(
    "credits change by compare-and-swap, never by a site's own report, never so that a class is blocked") {
  clerk c;
  const auto update = [&](std::uint64_t client, std::uint64_t version, std::uint64_t site,
                          std::uint64_t earned) {
    return c.run(client, credit_update{version, {{site_id{site}, class_id{1}, credit{earned}}}});
  };
  CHECK(update(1, 0, 1, 1100) == refusal::self_reported);
  CHECK(update(1, 0, 9, 1100) == refusal::not_a_member);
  CHECK(update(1, 0, 2, credit_max.value + 1) == refusal::out_of_bounds);
  CHECK(update(1, 0, 2, 5000) == refusal::class_blocked);
  CHECK(c.effect_of<credits_refused>()->blocked == class_id{1});
  CHECK(update(1, 0, 2, 1100) == refusal::none);
  CHECK(update(1, 0, 2, 1200) == refusal::stale_version);
  CHECK(c.machine.credits().version == 1);
  CHECK(c.machine.credits().of(site_id{2}, class_id{1}) == credit{1100});
}

TEST_CASE(
    "a fleet that computes its credits takes none from a command, and computed ones have the same bounds") {
  genesis start = small_world();
  start.computes_credits = true;
  state_machine machine{start};
  (void)machine.apply(
      slot{1},
      {{start.members.number(), noon},
       {canonical(command{{site_id{1}, 1}, credit_update{0, {{site_id{2}, class_id{1}, credit{1100}}}}})}});
  CHECK(machine.credits() == start.credits);
  std::vector<effect> out;
  const auto compute = [&](std::uint64_t site, std::uint64_t earned) {
    out.clear();
    return machine.compute_credits(std::array{credit_entry{site_id{site}, class_id{1}, credit{earned}}}, out);
  };
  CHECK(compute(9, 1100) == refusal::not_a_member);
  CHECK(compute(2, credit_max.value + 1) == refusal::out_of_bounds);
  CHECK(compute(2, 5000) == refusal::class_blocked);
  CHECK(out == std::vector<effect>{credits_refused{class_id{1}}});
  CHECK(machine.credits() == start.credits);
  CHECK(compute(2, 1100) == refusal::none);
  CHECK(out == std::vector<effect>{credits_changed{1}});
  state_machine again;
  REQUIRE(again.restore(machine.save()));
  CHECK(again.computes_credits());
}

TEST_CASE("decided proposals are forgotten in time, and a verdict on a forgotten one is not run again") {
  clerk c;
  const auto header = move_web(c.machine, 1);
  const auto asked = verdict_on(header, c.machine, vote_outcome::approved, yes_of_two());
  CHECK(c.run(1, asked) == refusal::none);
  for (int i = 0; i < 40; ++i) {
    c.now += std::chrono::minutes{5};
    c.run(1, noop{});
  }
  CHECK_FALSE(c.machine.is_decided(header.id));
  CHECK(c.run(1, asked) == refusal::forgotten);
}

TEST_CASE("a remark reaches every site once, in log order, and means nothing to the agreement") {
  clerk c;
  CHECK(c.run(2, remark{byte_string(3)}) == refusal::none);
  CHECK(*c.effect_of<remarked>() == remarked{site_id{2}, byte_string(3), noon});
  CHECK(c.run(2, remark{byte_string(remark_size_max + 1)}) == refusal::out_of_bounds);
}

TEST_CASE("a remark says the log time of its own entry, however far the state machine has gone since") {
  clerk c;
  CHECK(c.run(2, remark{byte_string(3)}) == refusal::none);
  const auto heard_late = c.effects;
  c.now += std::chrono::minutes{5};
  CHECK(c.run(2, noop{}) == refusal::none);
  CHECK(c.machine.log_time() == noon + std::chrono::minutes{5});
  CHECK(std::get<remarked>(heard_late.front()).log_time == noon);
}

namespace {

/// Sites 1 to 4, alpha 3.
genesis four_sites() {
  const site_id sites[] = {{1}, {2}, {3}, {4}};
  genesis start = small_world();
  epoch_spec spec;
  spec.alpha = 3;
  start.members = uniform_epoch(sites, spec);
  return start;
}
/// The members of `seen`, changed by `edit`.
template <class F>
change_epoch changed(const state_machine& seen, F edit) {
  change_epoch asked{seen.members().identity(), seen.members().spec()};
  edit(asked.to);
  return asked;
}
const auto nothing = [](epoch_spec&) {};

}  // namespace

TEST_CASE("an epoch decided at slot d governs from d + alpha on, and nothing before") {
  clerk c{four_sites()};
  CHECK(c.run(1, changed(c.machine, [](epoch_spec& to) { to.electors.pop_back(); })) == refusal::none);
  REQUIRE(c.effect_of<epoch_decided>() != nullptr);
  CHECK(c.effect_of<epoch_decided>()->what.from == slot{4});
  CHECK(c.machine.members().number() == epoch_number{1});
  CHECK(c.run(4, noop{}) == refusal::none);
  CHECK(c.effect_of<epoch_activated>() == nullptr);
  CHECK(c.run(4, noop{}) == refusal::none);  // slot 3, the last of the first epoch
  CHECK(c.effect_of<epoch_activated>() != nullptr);
  CHECK(c.machine.members().number() == epoch_number{2});
  CHECK(c.run(4, noop{}) == refusal::not_a_member);
  CHECK(c.run(3, noop{}) == refusal::none);
}

TEST_CASE(
    "the next epoch is decided by compare-and-swap, one at a time, once something is decided in the last") {
  clerk c{four_sites()};
  auto elsewhere = changed(c.machine, nothing);
  elsewhere.from = digest{};
  CHECK(c.run(1, elsewhere) == refusal::stale_epoch);
  const auto again = changed(c.machine, nothing);
  CHECK(c.run(1, again) == refusal::none);
  CHECK(c.run(1, again) == refusal::epoch_pending);
  CHECK(c.run(1, again) == refusal::epoch_pending);
  CHECK(c.run(1, noop{}) == refusal::none);
  CHECK(c.machine.applied() == slot{5});  // slots 1 to 4 hold the refused one, the epoch and what followed
  CHECK(c.machine.members().number() == epoch_number{2});
  CHECK(c.run(1, again) == refusal::stale_epoch);
}

TEST_CASE("the first slot of an epoch decides no other one") {
  clerk c{four_sites()};
  CHECK(c.run(1, changed(c.machine, nothing)) == refusal::none);
  while (c.machine.members().number() == epoch_number{1}) c.run(1, noop{});
  const auto next_one = changed(c.machine, nothing);
  CHECK(c.run(1, next_one) == refusal::epoch_unsettled);
  CHECK(c.run(1, next_one) == refusal::none);
}

TEST_CASE("nobody leaves who owns a subset or is about to, and nobody is given one while it leaves") {
  clerk c{four_sites()};  // sites 1 and 2 own a subset each
  const auto without = [&](std::uint64_t site) {
    return changed(c.machine, [site](epoch_spec& to) {
      std::erase_if(to.electors, [site](const elector& e) { return e.site == site_id{site}; });
    });
  };
  CHECK(c.run(1, without(2)) == refusal::still_owner);
  CHECK(c.run(1, prepare_transfer{subset_id{1}, site_id{1}, site_id{3}, {}, noon}) == refusal::none);
  CHECK(c.run(1, without(3)) == refusal::still_owner);
  CHECK(c.run(1, without(4)) == refusal::none);
  CHECK(c.run(1, prepare_transfer{subset_id{2}, site_id{2}, site_id{4}, {}, noon}) ==
        refusal::wrong_successor);
}

TEST_CASE("a learner submits and owns, and its judgement has no weight") {
  clerk c{four_sites()};
  CHECK(c.run(1, changed(c.machine, [](epoch_spec& to) {
                to.electors.erase(to.electors.begin() + 1);
                to.learners = {site_id{2}};
              })) == refusal::none);
  while (c.machine.members().number() == epoch_number{1}) c.run(1, noop{});
  CHECK(c.run(2, noop{}) == refusal::none);
  CHECK_FALSE(count_merit(yes_of_two(), std::vector<stake>{{class_id{1}, criticality{1}}},
                          c.machine.members(), c.machine.credits()));
}

TEST_CASE("a verdict from before an epoch's activation leaves its proposal open for the next attempt") {
  clerk c{four_sites()};
  const auto header = move_web(c.machine, 1);
  const std::vector<counted_vote> yes{
      {site_id{1}, verdict::accept, 0}, {site_id{2}, verdict::accept, 0}, {site_id{3}, verdict::accept, 0}};
  const auto old = verdict_on(header, c.machine, vote_outcome::approved, yes);
  CHECK(c.run(1, changed(c.machine, nothing)) == refusal::none);
  while (c.machine.members().number() == epoch_number{1}) c.run(1, noop{});
  CHECK(c.run(1, old) == refusal::stale_epoch);
  CHECK_FALSE(c.machine.is_decided(header.id));
  CHECK(c.run(1, verdict_on(header, c.machine, vote_outcome::approved, yes)) == refusal::none);
}

TEST_CASE("a frozen member keeps its weight and its credits until it is back, on every site alike") {
  clerk c{four_sites()};
  CHECK(c.run(1, freeze{site_id{9}}) == refusal::not_a_member);
  CHECK(c.run(1, freeze{site_id{3}}) == refusal::none);
  CHECK(c.run(1, credit_update{0, {{site_id{3}, class_id{1}, credit{1100}}}}) == refusal::site_frozen);
  const auto heavier = [&] {
    return changed(c.machine, [](epoch_spec& to) { to.electors[2].weight = {2}; });
  };
  CHECK(c.run(1, heavier()) == refusal::none);
  while (c.machine.members().number() == epoch_number{1}) c.run(1, noop{});
  CHECK(c.machine.members().electors()[2].weight == quorum_weight{1});
  CHECK(c.run(1, freeze{site_id{3}, false}) == refusal::none);
  CHECK(c.run(1, credit_update{0, {{site_id{3}, class_id{1}, credit{1100}}}}) == refusal::none);
}

TEST_CASE("credits must not block a class of the pending epoch either") {
  clerk c{four_sites()};
  // Three equal sites: 1000 of 3000 is below 400 permille. Two of them at 1000 and one at 1500 are not.
  CHECK(c.run(1, changed(c.machine, [](epoch_spec& to) { to.electors.pop_back(); })) == refusal::none);
  CHECK(c.run(1, credit_update{0, {{site_id{3}, class_id{1}, credit{1500}}}}) == refusal::class_blocked);
}

TEST_CASE("a command of a member that left is not run again when it comes back") {
  clerk c{four_sites()};
  const command asked{{site_id{4}, 7}, noop{}};
  CHECK(c.run(asked) == refusal::none);
  const auto all = c.machine.members().spec();
  CHECK(c.run(1, changed(c.machine, [](epoch_spec& to) { to.electors.pop_back(); })) == refusal::none);
  while (c.machine.members().has(site_id{4})) c.run(1, noop{});
  const command late{{site_id{4}, 8}, noop{}};
  CHECK(c.run(late) == refusal::not_a_member);
  CHECK(c.run(1, changed(c.machine, [&](epoch_spec& to) { to = all; })) == refusal::none);
  while (!c.machine.members().has(site_id{4})) c.run(1, noop{});
  CHECK(c.run(asked) == refusal::forgotten);
  CHECK(c.run(late) == refusal::forgotten);  // it was refused once: it must not run now
  CHECK(c.run(command{{site_id{4}, 9}, noop{}}) == refusal::none);
}
