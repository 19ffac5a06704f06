#include "proposals.hpp"

#include <foreshift/consensus/ruling.hpp>

#include <doctest/doctest.h>

using namespace consensus_test;

namespace {

const flat_map<host_id, std::uint64_t> untouched;

struct bench {
  state_machine seen{small_world()};
  proposal_header header = move_web(seen, 1);
  [[nodiscard]] refusal rule(const decide& asked, time_point log_time = noon,
                             const flat_map<host_id, std::uint64_t>& ledgers = untouched) const {
    return rule_on(asked, {seen.members(), seen.credits(), seen.authorities(), ledgers, log_time});
  }
  [[nodiscard]] decide approval() const {
    return verdict_on(header, seen, vote_outcome::approved, yes_of_two());
  }
};

}  // namespace

TEST_CASE("an approval with its votes stands") { CHECK(bench{}.rule(bench{}.approval()) == refusal::none); }

TEST_CASE("a certificate is recomputed, not believed") {
  bench b;
  auto forged = b.approval();
  forged.evidence.votes.pop_back();
  CHECK(b.rule(forged) == refusal::evidence_falls_short);
  forged.evidence.votes.push_back(forged.evidence.votes[0]);  // one voter twice
  CHECK(b.rule(forged) == refusal::evidence_falls_short);
  forged.evidence.votes = {{site_id{1}, verdict::accept, 0}, {site_id{9}, verdict::accept, 0}};
  CHECK(b.rule(forged) == refusal::evidence_falls_short);
}

TEST_CASE("an epoch or credits of the past leave the proposal undecided") {
  bench b;
  auto stale = b.approval();
  stale.evidence.basis.credit_version += 1;
  CHECK(b.rule(stale) == refusal::stale_credit);
  CHECK(leaves_undecided(refusal::stale_credit));
  stale.evidence.basis.epoch = epoch_number{9};
  CHECK(b.rule(stale) == refusal::stale_epoch);
  CHECK(leaves_undecided(refusal::stale_epoch));
  CHECK_FALSE(leaves_undecided(refusal::voted_down));
}

TEST_CASE("an approval that comes too late is refused, a deadline that comes too early falls short") {
  bench b;
  const auto late = b.header.expires_at + duration{1};
  CHECK(b.rule(b.approval(), b.header.expires_at) == refusal::none);
  CHECK(b.rule(b.approval(), late) == refusal::deadline_passed);
  const auto deadline = verdict_on(b.header, b.seen, vote_outcome::deadline, {});
  CHECK(b.rule(deadline, b.header.expires_at) == refusal::evidence_falls_short);
  CHECK(b.rule(deadline, late) == refusal::deadline_passed);
}

// Places keep records by migration: of two moves of one workload each would cut over, and it would be twice.
TEST_CASE("a workload is moved once at a time: until a move is settled no other of it is approved") {
  clerk c;
  const auto ask = [&](std::uint64_t sequence) {
    const auto header = move_web(c.machine, sequence);
    return c.run(1, verdict_on(header, c.machine, vote_outcome::approved, yes_of_two()));
  };
  REQUIRE(ask(1) == refusal::none);
  const auto minted = c.effect_of<proposal_decided>()->migrations.at(0);
  CHECK(c.machine.authorities().moving(workload_id{1}));
  CHECK(!c.machine.authorities().moving(workload_id{2}));
  CHECK(ask(2) == refusal::workload_moving);
  const migration_step step{minted, c.token(1)};
  CHECK(c.run(1, start{step}) == refusal::none);
  CHECK(ask(3) == refusal::workload_moving);
  CHECK(c.run(1, commit{step}) == refusal::none);
  CHECK(ask(4) == refusal::workload_moving);
  CHECK(c.run(1, settled{step}) == refusal::none);
  CHECK(!c.machine.authorities().moving(workload_id{1}));
  CHECK(ask(5) == refusal::none);
}

TEST_CASE("an approval needs every subset and every destination's ledger to be where the proposal saw them") {
  bench b;
  b.header.subsets[0].version += 1;
  CHECK(b.rule(b.approval()) == refusal::subset_moved_on);
  b = {};
  flat_map<host_id, std::uint64_t> filled;
  filled[host_id{7}] = 1;
  CHECK(b.rule(b.approval(), noon, filled) == refusal::host_reserved);
  b.header.changes[0].workload = workload_id{3};  // of another subset
  CHECK(b.rule(b.approval()) == refusal::ill_formed_proposal);
}
