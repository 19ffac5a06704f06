#include "reassignments.hpp"

#include <foreshift/placement/annealing.hpp>
#include <foreshift/placement/annealing_ground.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>

using namespace placement_test;
using placement::annealing_ground;

TEST_CASE("the larger comes first, who can go nowhere is left out, and residents are found at their slots") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    const auto p = make_reassignment(seed, {6, 20, 8, 3, 2, 2});
    const annealing_ground ground{p};
    CHECK(ground.state.cost() == placement::cost_of(p, p.start).total());
    CHECK(std::ranges::is_sorted(ground.order, std::greater{}, [&](auto w) { return ground.size[w]; }));
    for (std::uint32_t w = 0; w < p.workloads(); ++w) {
      CHECK(ground.residents[p.start[w]][ground.slot[w]] == w);
      CHECK(ground.held[w] <= ground.size[w]);
      if (ground.reach.stuck(w))
        CHECK(ground.rank[w] == p.workloads());
      else
        CHECK(ground.order[ground.rank[w]] == w);
    }
  }
}

TEST_CASE("annealings that share a ground find what each finds on its own") {
  const auto p = make_reassignment(4, {6, 20, 8, 3, 2, 2});
  const annealing_ground ground{p};
  const auto spent = [](std::uint64_t made) { return static_cast<double>(made) / 20'000; };
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const auto alone = placement::annealing{}.run(p, seed, spent);
    const auto shared = placement::annealing{}.run(ground, seed, spent);
    CHECK(alone.cost == shared.cost);
    CHECK(alone.where == shared.where);
    CHECK(alone.proposals == shared.proposals);
  }
}
