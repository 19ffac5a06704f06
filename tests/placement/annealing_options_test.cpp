#include "reassignments.hpp"

#include <foreshift/placement/annealing_options.hpp>

#include <doctest/doctest.h>

using namespace placement_test;
using placement::annealing_options;
using placement::detail::mean_move_cost, placement::detail::settled;

TEST_CASE("what is given stays; what is left open is less hot and more selective the greater the haste") {
  const auto ample = settled({}, 1e6), hasty = settled({}, 1e3), none = settled({}, 0);
  CHECK(*ample.hot == 10);
  CHECK(*hasty.hot < *ample.hot);
  CHECK(*none.hot == doctest::Approx(*hasty.hot).epsilon(1));
  for (const auto& one : {ample, hasty, none}) {
    CHECK(*one.hot > *one.cold);
    CHECK(*one.cold > 0);
    CHECK(one.swap_share + *one.eviction_share <= 1);
  }
  CHECK(*hasty.size_floor > *ample.size_floor);
  annealing_options given;
  given.hot = 3, given.cold = 2, given.size_floor = 1, given.eviction_share = 0;
  const auto kept = settled(given, 1e3);
  CHECK(*kept.hot == 3);
  CHECK(*kept.cold == 2);
  CHECK(*kept.size_floor == 1);
  CHECK(*kept.eviction_share == 0);
}

TEST_CASE("a move's mean cost is at least one") {
  auto p = make_reassignment(2, {.workloads = 4});
  p.move_weight = 3, p.move_cost = {1, 2, 3, 6};
  CHECK(mean_move_cost(p) == 9);
  p.move_weight = 0;
  CHECK(mean_move_cost(p) == 1);
}
