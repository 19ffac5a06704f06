#include "pair.hpp"

#include <foreshift/placement/capacity_rules.hpp>

#include <doctest/doctest.h>

using namespace fleet;

namespace {
/// The destination's paths; twenty of four steps.
struct paths_at_destination : pair {
  paths_at_destination() {
    w.count = 20;
    for (auto& p : w.paths) p = flat_paths(p.flat()[0], 20);
  }
  double& load(std::size_t path, std::size_t step) {
    return const_cast<sample_paths*>(w.hosts[1].paths)->flat()[path * 4 + step];
  }
};
}  // namespace

TEST_CASE("a quantile of demand is within the limit at every step") {
  paths_at_destination p;
  CHECK_FALSE(p.ask(quantile_fits{}));
  for (std::size_t s = 1; s < 4; ++s) p.load(s, s) = 7;  // with the workload 11: one path of twenty a step
  CHECK_FALSE(p.ask(quantile_fits{0.95}));
  CHECK(p.ask(quantile_fits{0.96}) == rejection::would_overload);
  p.load(9, 2) = 7;
  CHECK(p.ask(quantile_fits{0.95}) == rejection::would_overload);
  CHECK_FALSE(p.ask(quantile_fits{0.9}));
  CHECK(p.ask(bounded_risk{0.1}) == rejection::would_overload);  // four paths of twenty are over at some step
}

TEST_CASE("while it is copied a workload weighs as little as the copy does") {
  paths_at_destination p;
  for (std::size_t i = 0; i < 20; ++i) p.load(i, 0) = 7.6;  // the copy's share of demand 4 is 0.4
  CHECK_FALSE(p.ask(quantile_fits{}));
  p.moves.overhead_share = 0.2;
  CHECK(p.ask(quantile_fits{}) == rejection::would_overload);
}

TEST_CASE("a copy takes neither end over its capacity") {
  paths_at_destination p;
  p.moves.overhead_share = 0.2;  // of a demand of 4
  CHECK_FALSE(p.ask(copy_fits{}));
  SUBCASE("the destination") {
    for (std::size_t i = 0; i < 3; ++i) p.load(i, 0) = 9.5;
    CHECK(p.ask(copy_fits{0.1}) == rejection::no_room_to_copy);
    CHECK_FALSE(p.ask(copy_fits{0.15}));
  }
  SUBCASE("after the copy it is of no account") {
    for (std::size_t i = 0; i < 20; ++i) p.load(i, 1) = 9.5;
    CHECK_FALSE(p.ask(copy_fits{}));
    p.moves.copy_steps = 2;
    CHECK(p.ask(copy_fits{}) == rejection::no_room_to_copy);
  }
  SUBCASE("the source, which carries 9 of 10") {
    p.w.hosts[0].pending = 0.5;
    CHECK(p.ask(copy_fits{}) == rejection::no_room_to_copy);
  }
  SUBCASE("what is over its capacity anyway may be relieved") {
    p.w.hosts[0].pending = 3;
    CHECK_FALSE(p.ask(copy_fits{}));
  }
}
