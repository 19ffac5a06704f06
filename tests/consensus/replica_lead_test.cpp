#include "cluster.hpp"

#include <foreshift/consensus/replica_lead.hpp>

#include <doctest/doctest.h>

using namespace consensus_test;

namespace {
std::size_t leader_of(cluster<>& world) {
  for (;;) {
    for (std::size_t i = 0; i < world.size(); ++i)
      if (world.at(i) != nullptr && world.at(i)->leads()) return i;
    world.run(world.now() + 10 * ms);
  }
}
}  // namespace

TEST_CASE(
    "a read is served by the distinguished proposer, after one entry of its own, and refused elsewhere") {
  cluster world{equal_sites(3), 1, {}};
  const std::size_t leader = leader_of(world);
  world.read_at(leader);
  CHECK(world.reads_served == 0);
  world.run(world.now() + 200 * ms);
  CHECK(world.reads_served == 1);
  CHECK(world.at(leader)->chosen_through() == slot{1});  // nobody had submitted anything
  world.read_at(leader == 0 ? 1 : 0);
  CHECK(world.reads_refused == 1);
  CHECK_FALSE(world.broken());
}

TEST_CASE("a proposer that no quorum answers serves no read") {
  cluster world{equal_sites(3), 2, {}};
  const std::size_t leader = leader_of(world);
  world.read_at(leader);
  world.run(world.now() + 200 * ms);
  REQUIRE(world.reads_served == 1);
  for (std::size_t i = 0; i < 3; ++i)
    if (i != leader) world.crash(i);
  world.read_at(leader);
  world.run(world.now() + 1000 * ms);
  CHECK(world.reads_served == 1);
  CHECK(world.reads_refused == 1);  // when it stepped down
}

TEST_CASE("the lead is handed over without a wait, and to nobody who is away") {
  cluster world{equal_sites(3), 3, {}};
  const std::size_t leader = leader_of(world);
  world.run(world.now() + 100 * ms);
  const std::size_t heir = (leader + 1) % 3;
  world.step_aside_at(leader, heir);
  world.run(world.now() + 80 * ms);  // less than an election timeout
  CHECK_FALSE(world.at(leader)->leads());
  CHECK(world.at(heir)->leads());

  const std::size_t away = (heir + 1) % 3;
  CHECK(world.submit_at(heir, noop{}));
  world.crash(away);
  CHECK(world.submit_at(heir, noop{}));
  world.run(world.now() + 100 * ms);
  world.step_aside_at(heir, away);
  CHECK(world.at(heir)->handing_over());
  world.run(world.now() + 170 * ms);
  CHECK(world.at(heir)->leads());
  CHECK_FALSE(world.at(heir)->handing_over());
}
