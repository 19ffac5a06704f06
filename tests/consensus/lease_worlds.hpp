#pragma once
/// @file
/// Clusters whose reads go by lease, and who is after their leases: ballots opened at any time, sites that
/// sleep, clocks at the edge of what was promised of them. What has to show a bug of the lease.

#include "cluster.hpp"
#include "lease_mutants.hpp"
#include "mutants.hpp"

#include <cstdint>
#include <optional>

namespace consensus_test {

using leasing_replica = breakable_lease<breakable_replica>;

/// Clocks keep the bound that was stated: some run up to 10 % fast, some 10 % slow.
inline constexpr lease_terms short_lease{.length = 150 * ms, .drift_ppm = 100'000};
/// A fast network under clocks that drift, or a lame one under clocks that agree: there is nothing to spare.
[[nodiscard]] inline cluster_faults after_leases(bool drifting, bool clocks_are_set) {
  return {.loss = 30,
          .repeat = 30,
          .delay_max = 10 * ms,
          .crash = 10,
          .down_max = 40 * ms,
          .sync_max = 2 * ms,
          .split = 30,
          .election_timeout = 300 * ms,
          .lease = {.length = short_lease.length, .drift_ppm = drifting ? short_lease.drift_ppm : 0},
          .drift_ppm = drifting ? 100'000 : 0,
          .set = clocks_are_set ? 30U : 0U,
          .usurp = 40,
          .hold = drifting ? 0U : 60U,
          .doze = 20};
}

struct lease_counts {
  std::size_t stories = 0, served = 0, leased = 0, epochs = 0;
};
/// The first violation in this many stories of three and five sites, whose members change at times.
template <class Replica>
[[nodiscard]] std::optional<violation> lease_stories(std::uint64_t seeds, lease_counts& done,
                                                     bool clocks_are_set = false) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    ++done.stories;
    const bool changing = seed % 3 == 0;
    const auto faults = after_leases(seed / 2 % 2 == 0, clocks_are_set);
    if (auto broken =
            story<Replica>(equal_sites(seed % 2 == 0 ? 3 : 5), seed, faults, 1500 * ms, changing ? 50 : 0,
                           changing ? 2 : 0, &done.epochs, &done.served, &done.leased))
      return broken;
  }
  return std::nullopt;
}
/// What a seeded bug of the lease breaks.
[[nodiscard]] inline std::optional<violation> lease_stories_with(mutant bug, std::uint64_t seeds,
                                                                 lease_counts& done) {
  const seed_bug on{bug};
  return lease_stories<leasing_replica>(seeds, done, bug == mutant::lease_on_wall_time);
}

}  // namespace consensus_test
