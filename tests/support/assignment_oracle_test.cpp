#include "support/assignment_oracle.hpp"

#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <functional>

using namespace assignment_oracle;

namespace {

/// Every assignment, one workload after the other.
std::optional<std::int64_t> by_enumeration(const assignment_case& what) {
  std::optional<std::int64_t> best;
  auto left = what.host_capacity;
  const std::function<void(std::uint32_t, std::int64_t)> place = [&](std::uint32_t w, std::int64_t cost) {
    if (w == what.workloads) {
      best = best ? std::min(*best, cost) : cost;
      return;
    }
    for (const auto& arc : what.arcs) {
      if (arc.workload != w || left[arc.host] == 0) continue;
      --left[arc.host];
      place(w + 1, cost + arc.cost);
      ++left[arc.host];
    }
  };
  place(0, 0);
  return best;
}

assignment_case random_case(foreshift::random_stream& random, std::size_t workloads, std::size_t hosts,
                            std::size_t candidates, std::uint64_t capacity_max) {
  assignment_case made{.workloads = workloads};
  for (std::size_t h = 0; h < hosts; ++h)
    made.host_capacity.push_back(static_cast<std::int64_t>(random.below(capacity_max + 1)));
  for (std::uint32_t w = 0; w < workloads; ++w)
    for (std::size_t k = 0; k < candidates; ++k)
      made.arcs.push_back(
          {w, static_cast<std::uint32_t>(random.below(hosts)), static_cast<std::int64_t>(random.below(50))});
  return made;
}

}  // namespace

TEST_CASE("the least cost of an assignment is the least of all assignments") {
  foreshift::random_stream random{1};
  int none = 0;
  for (int round = 0; round < 300; ++round) {
    const auto what = random_case(random, 1 + random.below(6), 1 + random.below(4), 3, 3);
    const auto expected = by_enumeration(what);
    none += expected ? 0 : 1;
    CHECK(least_cost(what) == expected);
  }
  CHECK(none > 30);
  CHECK(none < 270);
}

TEST_CASE("scarce hosts make an assignment dearer, and too few make it impossible") {
  foreshift::random_stream random{2};
  auto what = random_case(random, 300, 30, 8, 0);
  what.host_capacity.assign(30, 300);
  const auto free = least_cost(what);
  what.host_capacity.assign(30, 11);
  const auto scarce = least_cost(what);
  REQUIRE(free);
  REQUIRE(scarce);
  CHECK(*free < *scarce);
  what.host_capacity.assign(30, 9);
  CHECK_FALSE(least_cost(what));
}
