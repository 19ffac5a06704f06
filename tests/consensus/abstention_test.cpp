#include <foreshift/consensus/abstention.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

TEST_CASE("an abstention lasts until what was lost is known, or for good") {
  CHECK_FALSE(abstention{}.holds());
  const auto healing = abstention::lasting(slot{5}), for_good = abstention::lasting(std::nullopt);
  CHECK_FALSE(healing.over(slot{4}));
  CHECK(healing.over(slot{5}));
  CHECK_FALSE(healing.for_good());
  CHECK(for_good.holds());
  CHECK(for_good.for_good());
  CHECK_FALSE(for_good.over(slot{1000}));
}

TEST_CASE("who abstains speaks as a learner only") {
  CHECK(said_by_learners(catch_up_request{}));
  CHECK(said_by_learners(snapshot_chunk{}));
  CHECK_FALSE(said_by_learners(promise{}));
  CHECK_FALSE(said_by_learners(nack{}));
  CHECK_FALSE(said_by_learners(accepted{}));
  CHECK_FALSE(said_by_learners(probe_answer{}));
  CHECK_FALSE(said_by_learners(heartbeat_answer{}));
  CHECK_FALSE(said_by_learners(vote{}));
}
