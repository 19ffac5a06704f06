#include "reassignments.hpp"

#include <foreshift/placement/service_map.hpp>

#include <doctest/doctest.h>

using namespace placement_test;
using placement::detail::service_map;

namespace {

/// Whether services apart, spread and dependencies hold, whatever room there is.
bool services_hold(reassignment p, const assignment& where) {
  for (auto& have : p.capacity) have = 1'000'000;
  return !placement::violation_of(p, where);
}

}  // namespace

TEST_CASE("a change of hosts is admitted exactly if the services' rules hold after it") {
  std::size_t seen[2] = {};
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    const auto p = make_reassignment(seed, {.hosts = 5, .workloads = 8, .services = 4});
    service_map map{p};
    auto where = p.start;
    random_stream random{seed};
    for (int step = 0; step < 60; ++step) {
      const auto v = random.below(p.workloads()), w = random.below(p.workloads());
      const auto to = static_cast<std::uint32_t>(random.below(p.hosts()));
      const auto from = where[v], other = where[w];
      auto then = where;
      if (random.below(2) == 0) {
        if (from == to) continue;
        then[v] = to;
        const bool admitted = map.admits(p.service[v], from, to);
        REQUIRE(admitted == services_hold(p, then));
        ++seen[admitted];
        if (!admitted) continue;
        map.move(p.service[v], from, to);
      } else {
        if (from == other) continue;
        std::swap(then[v], then[w]);
        const bool admitted = map.admits_exchange(p.service[v], from, p.service[w], other);
        REQUIRE(admitted == services_hold(p, then));
        ++seen[admitted];
        if (!admitted) continue;
        map.move(p.service[v], from, other), map.move(p.service[w], other, from);
      }
      where = then;
    }
  }
  for (const auto n : seen) CHECK(n > 500);
}
