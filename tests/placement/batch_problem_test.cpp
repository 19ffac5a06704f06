#include "batches.hpp"

#include <foreshift/placement/batch_problem.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace placement_test;
using placement::cost_of, placement::dual_bound, placement::fault_of, placement::nowhere;

namespace {

/// Two workloads, both cheaper on host 0, which has one place.
batch_problem two() { return {{1, 1}, {0, 2, 4}, {{1, 0}, {5, 1}, {2, 0}, {9, 1}}, {50, 60}}; }

}  // namespace

TEST_CASE("each fault of a batch is named with the workload") {
  CHECK(fault_of(two()) == std::nullopt);
  CHECK(fault_of(batch_problem{{}, {0}, {}, {}}) == std::nullopt);
  auto p = two();
  p.first = {0, 3, 2};
  CHECK(fault_of(p) == "the beginnings do not lead through the offers");
  p = two(), p.first.pop_back();
  CHECK(fault_of(p) == "the beginnings do not lead through the offers");
  p = two(), p.offers[3].host = 2;
  CHECK(fault_of(p) == "workload 1 is offered to a host that is not there");
  p = two(), p.offers[1].host = 0;
  CHECK(fault_of(p) == "workload 0 has two offers of one host");
  p = two(), p.offers[2].cost = std::numeric_limits<double>::infinity();
  CHECK(fault_of(p) == "workload 1 has an offer without a finite cost");
  p = two(), p.unplaced_cost[0] = std::numeric_limits<double>::quiet_NaN();
  CHECK(fault_of(p) == "workload 0 has no finite price of being unplaced");
  p = two(), p.unplaced_cost[1] = -2 * placement::batch_cost_max;
  CHECK(fault_of(p) == "workload 1 has a price of being unplaced beyond 1e290");
  p = two(), p.offers[1].cost = 2 * placement::batch_cost_max;
  CHECK(fault_of(p) == "workload 0 has an offer whose cost is beyond 1e290");
  p = two(), p.offers[1].cost = p.unplaced_cost[0] = placement::batch_cost_max;
  CHECK(fault_of(p) == std::nullopt);
  p = two(), p.places = {nowhere, 1};
  CHECK(fault_of(p) == "there is too much of it");
}

TEST_CASE("an assignment costs what its offers say, and nothing when it breaks a rule") {
  const std::uint32_t good[] = {1, 0}, full[] = {0, 0}, none[] = {nowhere, 1};
  CHECK(cost_of(two(), good) == 7);
  CHECK(cost_of(two(), none) == 59);
  CHECK(cost_of(two(), full) == std::nullopt);
  auto p = two();
  p.first = {0, 1, 4}, p.offers[1] = {3, 1}, p.offers[2] = {2, 0}, p.offers.pop_back(), p.first[2] = 3;
  CHECK(cost_of(p, good) == std::nullopt);  // host 1 is not offered to workload 0
}

TEST_CASE("whatever the prices, no assignment costs less than the bound") {
  int tight = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    const auto p = make_batch(seed);
    const double least = least_cost_of(p);
    random_stream random{seed};
    for (int tries = 0; tries < 50; ++tries) {
      std::vector<double> prices;
      for (std::size_t h = 0; h < p.hosts(); ++h)
        prices.push_back(random.below(3) == 0 ? 0 : 60 * random.uniform());
      const double bound = dual_bound(p, prices);
      REQUIRE(bound <= least + 1e-9);
      tight += bound > least - 1;
    }
  }
  CHECK(tight > 100);  // often enough it says something
}

TEST_CASE("a host without places bounds nothing, whatever its price") {
  auto p = two();
  p.places = {0, 2};
  const double infinite[] = {std::numeric_limits<double>::infinity(), 0};
  CHECK(dual_bound(p, infinite) == 14);
}
