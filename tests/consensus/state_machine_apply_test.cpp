#include "proposals.hpp"

#include <foreshift/consensus/state_machine_apply.hpp>

#include <doctest/doctest.h>

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
  CHECK(update(1, 0, 2, 1100) == refusal::none);
  CHECK(update(1, 0, 2, 1200) == refusal::stale_version);
  CHECK(c.machine.credits().version == 1);
  CHECK(c.machine.credits().of(site_id{2}, class_id{1}) == credit{1100});
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
