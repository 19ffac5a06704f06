#include "cluster.hpp"

#include <doctest/doctest.h>

using namespace consensus_test;

TEST_CASE("without faults a cluster elects one proposer and applies every command everywhere") {
  cluster world{equal_sites(3), 1, {}};
  world.run(world.now() + 600 * ms);
  std::size_t leaders = 0;
  for (std::size_t i = 0; i < 3; ++i) leaders += world.at(i)->leads() ? 1U : 0U;
  CHECK(leaders == 1);
  for (std::size_t i = 0; i < 3; ++i) CHECK(world.submit_at(i, noop{}));
  world.run(world.now() + 200 * ms);
  CHECK_FALSE(world.broken());
  CHECK(world.at_rest());
  CHECK(world.machine(0).applied() >= slot{1});
}

TEST_CASE(
    "loss, repetition, reordering, partitions and crashes: every seed keeps every promise and comes to "
    "rest") {
  std::size_t stories = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    const auto sites = equal_sites(seed % 2 == 0 ? 3 : 5);
    const auto broken =
        story(sites, seed, {.loss = 100, .repeat = 50, .delay_max = 30 * ms, .crash = 5, .split = 5});
    if (broken) FAIL_CHECK(broken->claim << ": " << broken->what);
    ++stories;
  }
  CHECK(stories == 200);
}
