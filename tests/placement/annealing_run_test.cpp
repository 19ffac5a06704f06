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
    annealing_run run{p, how, seed};
    const auto at_start = placement::cost_of(p, p.start).total();
    while (run.proposals() < 4000) {
      run.cool(static_cast<double>(run.proposals()) / 4000);
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

TEST_CASE("nothing proposed leaves everything where it is") {
  const auto p = make_reassignment(1);
  placement::annealing_options how;
  how.hot = 10, how.cold = 1e-4, how.size_floor = 6, how.eviction_share = 0;
  const auto found = annealing_run{p, how, 1}.take();
  CHECK(found.where == p.start);
  CHECK(found.cost == placement::cost_of(p, p.start).total());
}
