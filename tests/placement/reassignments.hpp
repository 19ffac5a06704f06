#pragma once
// Small fleets to rearrange, by seed, in which every rule and every cost bites.

#include <foreshift/core/random.hpp>
#include <foreshift/placement/reassignment.hpp>

#include <cstdint>

namespace placement_test {

using namespace foreshift;
using placement::assignment, placement::reassignment;

struct reassignment_shape {
  std::uint32_t hosts = 4, workloads = 6, services = 4, kinds = 3, locations = 2, neighbourhoods = 2;
};

/// Its start breaks no rule: capacities, spreads and dependencies are made so that it does not.
inline reassignment make_reassignment(std::uint64_t seed, const reassignment_shape& shape = {}) {
  random_stream random{seed};
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random.below(n)); };
  const auto amount = [&](std::uint32_t n) { return static_cast<std::int64_t>(random.below(n)); };
  reassignment p;
  for (std::uint32_t r = 0; r < shape.kinds; ++r) p.resources.push_back({below(3) == 0, 1 + amount(10)});
  for (std::uint32_t h = 0; h < shape.hosts; ++h) {
    p.location.push_back(below(shape.locations)), p.neighbourhood.push_back(below(shape.neighbourhoods));
    for (std::uint32_t other = 0; other < shape.hosts; ++other)
      p.distance.push_back(h == other ? 0 : amount(5));
  }
  // Services have at most a workload on each host.
  std::vector<std::uint8_t> taken(shape.services * shape.hosts);
  while (p.service.size() < shape.workloads) {
    const auto s = below(shape.services), h = below(shape.hosts);
    if (taken[s * shape.hosts + h]++ != 0) {
      --taken[s * shape.hosts + h];
      continue;
    }
    p.service.push_back(s), p.start.push_back(h), p.move_cost.push_back(amount(4));
    for (std::uint32_t r = 0; r < shape.kinds; ++r) p.demand.push_back(amount(10));
  }
  const auto load = placement::detail::loads_of(p, p.start, false);
  for (const auto used : load) {
    p.capacity.push_back(used + amount(25));
    p.safety.push_back(p.capacity.back() * 5 / 10);
  }
  p.spread_min.assign(shape.services, 0);
  p.depends_on.resize(shape.services);
  for (std::uint32_t s = 0; s < shape.services; ++s) {
    for (int tries = 0; tries < 3; ++tries) {
      const auto other = below(shape.services);
      p.depends_on[s].push_back(other);
      if (placement::violation_of(p, p.start)) p.depends_on[s].pop_back();
    }
    p.spread_min[s] = 2;
    if (placement::violation_of(p, p.start)) p.spread_min[s] = 0;
  }
  if (shape.kinds > 1) p.balances.push_back({0, shape.kinds - 1, 1 + amount(3), amount(5)});
  p.move_weight = amount(4), p.service_weight = amount(6), p.distance_weight = amount(4);
  return p;
}

}  // namespace placement_test
