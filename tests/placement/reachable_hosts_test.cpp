#include "reassignments.hpp"

#include <foreshift/placement/reachable_hosts.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace placement_test;
using placement::reachable_hosts;

namespace {

/// For each workload and host, whether an assignment that breaks no capacity has it there.
std::vector<bool> ever_on(const reassignment& p) {
  std::vector<bool> seen(p.workloads() * p.hosts());
  assignment where(p.workloads(), 0);
  for (;;) {
    const auto broken = placement::violation_of(p, where);
    if (!broken || broken->what > placement::placement_rule::transient_capacity)
      for (std::size_t w = 0; w < where.size(); ++w) seen[w * p.hosts() + where[w]] = true;
    std::size_t i = 0;
    while (i < where.size() && ++where[i] == p.hosts()) where[i++] = 0;
    if (i == where.size()) return seen;
  }
}
/// Hosts of one resource, and workloads on them by demand.
reassignment of_one_resource(bool transient, std::vector<std::int64_t> capacity,
                             std::vector<std::pair<std::int64_t, std::uint32_t>> workloads) {
  reassignment p;
  p.resources = {{transient, 1}};
  p.location.assign(capacity.size(), 0), p.neighbourhood = p.location;
  p.distance.assign(capacity.size() * capacity.size(), 0);
  p.safety = capacity, p.capacity = std::move(capacity);
  for (const auto& [need, host] : workloads) {
    p.service.push_back(static_cast<std::uint32_t>(p.service.size()));
    p.demand.push_back(need), p.start.push_back(host), p.move_cost.push_back(0);
    p.spread_min.push_back(0), p.depends_on.emplace_back();
  }
  return p;
}
std::vector<std::uint32_t> list_of(const reachable_hosts& reach, std::uint32_t w) {
  return {reach.of(w).begin(), reach.of(w).end()};
}

}  // namespace

TEST_CASE("no assignment within the capacities has a workload where it is said never to be") {
  std::size_t listed = 0, left_out = 0, stuck = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    auto p = make_reassignment(seed, {.workloads = 5});
    for (std::size_t i = 0; i < p.capacity.size(); ++i)  // fuller than they are made
      p.capacity[i] -= (p.capacity[i] - placement::detail::loads_of(p, p.start, false)[i]) * 3 / 4;
    const reachable_hosts reach{p};
    const auto seen = ever_on(p);
    for (std::uint32_t w = 0; w < p.workloads(); ++w) {
      if (!reach.listed(w)) continue;
      const auto hosts = reach.of(w);
      REQUIRE(std::ranges::is_sorted(hosts));
      REQUIRE(std::ranges::binary_search(hosts, p.start[w]));
      for (std::uint32_t h = 0; h < p.hosts(); ++h)
        if (!std::ranges::binary_search(hosts, h)) {
          REQUIRE_FALSE(seen[w * p.hosts() + h]);
          ++left_out;
        }
      REQUIRE(reach.stuck(w) == (hosts.size() == 1));
      ++listed, stuck += reach.stuck(w) ? 1 : 0;
    }
  }
  CHECK(listed > 500);
  CHECK(left_out > 1000);
  CHECK(stuck > 100);
}

TEST_CASE("what is transient leaves no room at the first host; what is not does") {
  // Two of 6 on hosts of 10: they may change places only if what leaves frees its room.
  const reachable_hosts held{of_one_resource(true, {10, 10, 0, 0}, {{6, 0}, {6, 1}})};
  CHECK(held.stuck(0));
  CHECK(held.stuck(1));
  const reachable_hosts freed{of_one_resource(false, {10, 10, 0, 0}, {{6, 0}, {6, 1}})};
  CHECK(list_of(freed, 0) == std::vector<std::uint32_t>{0, 1});
  CHECK(list_of(freed, 1) == std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("who can go nowhere holds its room against others, one after the other") {
  // The 30 fits nowhere else. So host 0 has no more than 5 left and the 20 stays; then hosts 0 and 1 have 5
  // each and the 6 stays, and the 4 is left with these two and its own.
  const auto p = of_one_resource(false, {35, 25, 10, 0, 0, 0}, {{30, 0}, {20, 1}, {6, 2}, {4, 2}});
  const reachable_hosts reach{p};
  CHECK(reach.stuck(0));
  CHECK(reach.stuck(1));
  CHECK(reach.stuck(2));
  CHECK(list_of(reach, 3) == std::vector<std::uint32_t>{0, 1, 2});
}

TEST_CASE("where there are too many lists, the larger workloads have theirs") {
  // 40,000 lists of 1,000 hosts would be more than twice the most; the larger half comes last by number.
  const std::uint32_t half = 20'000, hosts = 1'000;
  std::vector<std::int64_t> capacity(2 * hosts, 2);
  for (std::uint32_t h = 0; h < hosts; ++h) capacity[h] = 5;
  std::vector<std::pair<std::int64_t, std::uint32_t>> workloads;
  for (std::uint32_t i = 0; i < 2 * half; ++i) workloads.push_back({i < half ? 3 : 4, i % hosts});
  const reachable_hosts reach{of_one_resource(false, capacity, workloads)};
  std::size_t listed[2] = {};
  for (std::uint32_t w = 0; w < 2 * half; ++w) listed[w / half] += reach.listed(w) ? 1 : 0;
  CHECK(listed[0] == 0);
  CHECK(listed[1] == reachable_hosts::most_entries / hosts + 1);
}

TEST_CASE("a workload that most hosts have room for has no list") {
  const auto p = of_one_resource(false, {10, 10, 10, 10}, {{3, 0}, {10, 1}});
  const reachable_hosts reach{p};
  CHECK_FALSE(reach.listed(0));
  CHECK_FALSE(reach.listed(1));
  const reachable_hosts half{of_one_resource(false, {10, 10, 2, 2}, {{3, 0}})};
  CHECK(list_of(half, 0) == std::vector<std::uint32_t>{0, 1});
}
