#include <foreshift/sim/trial.hpp>

#include <consensus/machine_mutants.hpp>
#include <sim/seeded_bugs.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>

using namespace foreshift;
using namespace std::chrono_literals;
using sim::nemesis, sim::occasion, sim::trial_options, sim::trial_outcome, test::bug;

namespace {

using trial = sim::trial<test::breakable_storage, test::breakable_replica, consensus_test::breakable_machine>;

/// Runs with a bug in it.
struct seeding {
  explicit seeding(bug which) { test::seeded_bug = which; }
  seeding(const seeding&) = delete;
  seeding& operator=(const seeding&) = delete;
  ~seeding() { test::seeded_bug = bug::none; }
};

trial_options brief(std::size_t sites) { return {.sites = sites, .trouble = 10s}; }

/// What the first of 200 seeds finds that finds anything.
std::string caught(const trial_options& options) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed)
    if (const auto out = trial{seed, options}.run(); !out.broken.empty()) {
      CHECK(!out.story.empty());
      MESSAGE("seed ", seed, ": ", out.broken);
      return out.broken;
    }
  return {};
}

}  // namespace

TEST_CASE("three to seven sites under every class of faults keep every promise, and come to rest") {
  sim::trial_totals all;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const auto out = trial{seed, brief(3 + seed % 5)}.run();
    INFO(out.story);
    REQUIRE_MESSAGE(out.broken == "", "seed ", seed);
    CHECK(out.slots > 10);
    all += out;
  }
  for (const nemesis n : sim::every_nemesis())
    CHECK_MESSAGE(all.faults[static_cast<std::size_t>(n)] > 0, name_of(n));
  CHECK(all.seen.of(occasion::leader_elected) > 100);
  CHECK(all.seen.of(occasion::migration_settled) > 100);
  CHECK(all.seen.of(occasion::moved_in_one_step) > 10);
  CHECK(all.seen.of(occasion::moved_in_two_steps) > 10);
  CHECK(all.seen.of(occasion::moved_nowhere) > 5);
  CHECK(all.seen.of(occasion::place_unreachable) > 10);
  CHECK(all.seen.of(occasion::answer_given) > 1000);
  CHECK(all.seen.of(occasion::read_confirmed) > 100);
  CHECK(all.seen.of(occasion::read_by_lease) > 20);
  CHECK(all.seen.of(occasion::epoch_activated) > 100);
  CHECK(all.seen.of(occasion::quorums_flexible) > 5);
  CHECK(all.seen.of(occasion::lead_handed_over) > 20);
  CHECK(all.seen.of(occasion::member_left) > 5);
  CHECK(all.recovery_max < 5s);
}

TEST_CASE("the same seed tells the same story, another seed another") {
  for (const std::uint64_t seed : {3U, 4U}) {
    const auto one = trial{seed, brief(3)}.run(), again = trial{seed, brief(3)}.run(),
               other = trial{seed + 1000, brief(3)}.run();
    CHECK(one.hash == again.hash);
    CHECK(one.chain == again.chain);
    CHECK(one.hash != other.hash);
    CHECK(one.chain != other.chain);
  }
}

TEST_CASE("the check bites: a disk that acknowledges what it does not keep is caught") {
  const seeding fault{bug::disk_forgets};
  CHECK(!caught(brief(3)).empty());
}

TEST_CASE("the check bites: damage that is cut off as torn is caught") {
  const seeding fault{bug::damage_is_torn};
  CHECK(!caught(brief(3)).empty());
}

TEST_CASE("the check bites: a voter that forgets its votes is caught when it is asked again") {
  const seeding fault{bug::vote_forgotten};
  CHECK(caught(brief(3)).starts_with("asked again a voter repeats its vote"));
}

TEST_CASE("the check bites: a site that speaks before its records are durable is caught") {
  const consensus_test::seed_bug fault{consensus_test::mutant::reply_before_sync};
  CHECK(!caught(brief(3)).empty());
}

TEST_CASE("the check bites: a state machine that applies a retry again is caught") {
  const consensus_test::seed_bug fault{consensus_test::mutant::retry_applied_twice};
  CHECK(caught(brief(3)).starts_with("a command is applied once"));
}

TEST_CASE("the check bites: two moves of one workload at a time are caught") {
  const consensus_test::seed_bug fault{consensus_test::mutant::two_moves_at_once};
  CHECK(caught(brief(3)).starts_with("a workload has one migration at a time"));
}

TEST_CASE("the check bites: places that do not look at the token are caught") {
  auto options = brief(3);
  options.places_fence = false;
  CHECK(caught(options).starts_with("nothing lower acts"));
}

TEST_CASE("the check bites: reads from what a site has applied are not linearizable") {
  auto options = brief(3);
  options.local_reads = true;
  CHECK(caught(options).starts_with("client histories are linearizable"));
}

TEST_CASE("the check bites: leases measured with clocks that are set let reads be stale") {
  auto options = brief(3);
  options.trouble = 15s;
  options.leases_on_wall_time = true;
  options.faults = {};
  for (const nemesis n :
       {nemesis::partition, nemesis::one_way, nemesis::clock_jump, nemesis::fast_clock, nemesis::crash})
    options.faults.insert(n);
  CHECK(!caught(options).empty());
}
