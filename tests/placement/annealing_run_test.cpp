#include "reassignments.hpp"

#include <foreshift/placement/annealing_run.hpp>

#include <doctest/doctest.h>

using namespace placement_test;
using placement::detail::annealing_run;

TEST_CASE("whatever has been proposed, what is taken is the cheapest met, and breaks no rule") {
  std::uint64_t accepted = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    const auto p = make_reassignment(seed, {6, 20, 8, 3, 2, 2});
    placement::annealing_options how;
    how.hot = 10, how.cold = 1e-4, how.size_floor = 6, how.eviction_share = 0.2;
    const placement::annealing_ground ground{p};
    annealing_run run{ground, how, seed};
    const auto at_start = placement::cost_of(p, p.start).total();
    while (run.proposals() < 4000) {
      const double way = static_cast<double>(run.proposals()) / 4000;
      run.cool(way, way);
      run.propose();
    }
    const auto found = run.take();
    CHECK(found.proposals < 4000 + annealing_run::burst);
    CHECK(found.cost <= at_start);
    CHECK(found.cost == placement::cost_of(p, found.where).total());
    CHECK(!placement::violation_of(p, found.where));
    accepted += found.accepted;
  }
  CHECK(accepted > 5000);
}

TEST_CASE("begun from elsewhere, it settles at what is no dearer, and every cost is exact") {
  std::size_t moved_before = 0, moved_after = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    auto p = make_reassignment(seed, {6, 20, 8, 3, 2, 2});
    p.safety = p.capacity, p.balances.clear();  // nothing but moves is paid for
    p.move_weight = 2, p.move_cost.assign(p.workloads(), 1);
    placement::annealing_options how;
    how.hot = 1000, how.cold = 900, how.size_floor = 0, how.eviction_share = 0;
    const placement::annealing_ground ground{p};
    annealing_run wandered{ground, how, seed};
    placement::reassignment_state state{p};
    random_stream random{seed};
    for (int tries = 0; tries < 100; ++tries) {
      const auto w = static_cast<std::uint32_t>(random.below(p.workloads()));
      const auto h = static_cast<std::uint32_t>(random.below(p.hosts()));
      if (state.where()[w] != h && state.has_room(w, h) && state.keeps_service(w, h)) state.put(w, h);
    }
    wandered.begin_from(state.where());
    CHECK(wandered.least_cost() == state.cost());
    while (wandered.proposals() < 4000) {
      wandered.settle(static_cast<double>(wandered.proposals()) / 4000);
      wandered.propose();
    }
    const auto found = wandered.take();
    CHECK(found.cost <= state.cost());
    CHECK(found.cost == placement::cost_of(p, found.where).total());
    CHECK(!placement::violation_of(p, found.where));
    for (std::size_t w = 0; w < p.workloads(); ++w) {
      moved_before += state.where()[w] != p.start[w] ? 1 : 0;
      moved_after += found.where[w] != p.start[w] ? 1 : 0;
    }
  }
  CHECK(moved_before > 500);
  CHECK(moved_after * 10 < moved_before);
}

TEST_CASE("nothing proposed leaves everything where it is") {
  const auto p = make_reassignment(1);
  placement::annealing_options how;
  how.hot = 10, how.cold = 1e-4, how.size_floor = 6, how.eviction_share = 0;
  const placement::annealing_ground ground{p};
  const auto found = annealing_run{ground, how, 1}.take();
  CHECK(found.where == p.start);
  CHECK(found.cost == placement::cost_of(p, p.start).total());
}
