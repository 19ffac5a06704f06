#include <foreshift/consensus/lease.hpp>

#include "lease_worlds.hpp"

#include <doctest/doctest.h>

using namespace consensus_test;

namespace {

constexpr elector three[] = {{{1}, {1}}, {{2}, {1}}, {{3}, {1}}};
constexpr ballot first{1, site_id{1}}, second{2, site_id{2}};
constexpr time_point dawn{std::chrono::hours{1}};

/// Runs until somebody leads by a lease: there has to be an entry of its own.
std::size_t holder_of(cluster<>& world) {
  for (int round = 0; round < 100; ++round) {
    for (std::size_t i = 0; i < world.size(); ++i)
      if (world.at(i) != nullptr && world.at(i)->holds_lease()) return i;
    world.submit_at(0, noop{});
    world.run(world.now() + 20 * ms);
  }
  FAIL("nobody holds a lease");
  return 0;
}

}  // namespace

TEST_CASE("the holder's time is up before the grantor's, whichever clock is fast") {
  for (const std::uint32_t ppm : {0U, 1U, 500U, 20'000U, 300'000U, 999'999U})
    for (const duration granted :
         {duration{1}, duration{999}, 3 * ms, 400 * ms, duration{std::chrono::hours{24}}}) {
      const duration held = lease_terms{.drift_ppm = ppm}.dependable(granted);
      CHECK(held <= granted);
      // In real time: held / (1 - drift) for the slowest holder, granted / (1 + drift) for the fastest
      // grantor.
      const long double slow = static_cast<long double>(held.count()) / (1'000'000 - ppm),
                        fast = static_cast<long double>(granted.count()) / (1'000'000 + ppm);
      CHECK(slow <= fast * (1 + 1e-15L));
    }
  CHECK(lease_terms{.drift_ppm = 0}.dependable(3 * ms) == 3 * ms);
  CHECK(lease_terms{.drift_ppm = 5'000'000}.dependable(3 * ms) == duration{});
}

TEST_CASE("a grant binds from the moment it is given, and runs from the next tick on") {
  lease_grant grant;
  grant.on_tick(dawn);
  CHECK(grant.allows(second, dawn));
  CHECK(grant.grant(first, 50 * ms, 100 * ms) == 50 * ms);
  CHECK_FALSE(grant.allows(second, dawn + std::chrono::hours{1}));  // the last tick may be long past
  grant.on_tick(dawn + 500 * ms);
  CHECK_FALSE(grant.allows(second, dawn + 549 * ms));
  CHECK(grant.allows(second, dawn + 550 * ms));
  CHECK(grant.allows(ballot{3, site_id{1}}, dawn + 501 * ms));  // the holder's site
}

TEST_CASE("nothing is granted above the own terms, nor under a ballot that others have passed") {
  lease_grant grant;
  CHECK(grant.grant(first, 101 * ms, 100 * ms) == duration{});
  CHECK(grant.grant(first, duration{}, 100 * ms) == duration{});
  CHECK(grant.grant(second, 100 * ms, 100 * ms) == 100 * ms);
  CHECK(grant.grant(first, 100 * ms, 100 * ms) == duration{});
  grant.on_tick(dawn);
  CHECK_FALSE(grant.allows(first, dawn));
}

TEST_CASE("a site that starts promises nobody before what it may have granted has run out") {
  lease_grant grant{100 * ms};
  CHECK_FALSE(grant.allows(first, dawn));
  grant.on_tick(dawn);
  grant.grant(first, 10 * ms, 100 * ms);
  CHECK_FALSE(grant.allows(first, dawn + 99 * ms));
  CHECK(grant.allows(first, dawn + 100 * ms));
}

TEST_CASE("a lease is held while the grants that run are a quorum") {
  held_lease held;
  CHECK_FALSE(held.holds(three, dawn));
  held.hear(site_id{1}, dawn, 100 * ms);
  held.hear(site_id{9}, dawn, 100 * ms);  // no elector
  CHECK_FALSE(held.holds(three, dawn));
  held.hear(site_id{2}, dawn + 20 * ms, 100 * ms);
  held.hear(site_id{2}, dawn, 100 * ms);  // an older answer takes nothing away
  CHECK(held.holds(three, dawn + 99 * ms));
  CHECK_FALSE(held.holds(three, dawn + 100 * ms));
  held.hear(site_id{1}, dawn + 60 * ms, 100 * ms);
  CHECK(held.holds(three, dawn + 119 * ms));
  held.retire([](site_id site) { return site != site_id{2}; });
  CHECK_FALSE(held.holds(three, dawn + 90 * ms));
}

TEST_CASE("reads are served without a message while the lease lasts, and then by a quorum again or never") {
  cluster world{equal_sites(3), 1, {.election_timeout = 300 * ms, .lease = short_lease}};
  const std::size_t leader = holder_of(world);
  const std::size_t before = world.reads_leased;
  for (std::size_t i = 0; i < 3; ++i)
    if (i != leader) world.crash(i);
  world.read_at(leader);
  world.run(world.now() + 10 * ms);  // a tick
  CHECK(world.reads_leased == before + 1);
  world.run(world.now() + 120 * ms);
  REQUIRE(world.at(leader)->leads());  // and does not know yet that nobody hears it
  CHECK_FALSE(world.at(leader)->holds_lease());
  const std::size_t served = world.reads_served;
  world.read_at(leader);
  world.run(world.now() + 1000 * ms);
  CHECK(world.reads_served == served);
  CHECK_FALSE(world.broken());
}

TEST_CASE("the lead is handed over under leases, when they have run out") {
  cluster world{equal_sites(3), 3, {.election_timeout = 300 * ms, .lease = short_lease}};
  const std::size_t leader = holder_of(world);
  const std::size_t heir = (leader + 1) % 3;
  world.step_aside_at(leader, heir);
  world.run(world.now() + 250 * ms);
  CHECK(world.at(heir)->leads());
}

TEST_CASE("clocks within the bound, ballots at any time, sleep, crashes, epochs: no read by lease is stale") {
  lease_counts done;
  const auto broken = lease_stories<leasing_replica>(300, done);
  if (broken) FAIL_CHECK("story " << done.stories << ": " << broken->claim << ": " << broken->what);
  CHECK(done.leased > 1000);
  CHECK(done.served > done.leased);
  CHECK(done.epochs > 30);
}

TEST_CASE("the check bites: each way to break a lease is found by a stale read") {
  for (const mutant bug : {mutant::lease_not_kept, mutant::lease_forgotten, mutant::lease_from_the_answer,
                           mutant::lease_by_an_old_tick, mutant::lease_on_wall_time}) {
    lease_counts done;
    const auto broken = lease_stories_with(bug, 1000, done);
    REQUIRE_MESSAGE(broken, info_of(bug).name);
    CHECK(broken->claim == "a read misses nothing that was finished before it");
    MESSAGE(info_of(bug).name, ": ", done.stories, " seeds");
  }
}
