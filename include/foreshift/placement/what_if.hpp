#pragma once
/// @file
/// How long a host is over its limit on its joint paths, as it is and if a workload came or left.
///
/// The paths of a host and of a workload belong together path by path, so "the host with the workload" is a
/// sum of curves and not a convolution of distributions. One pass over two flat arrays, no allocation: this
/// is the inner loop of every placement decision.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/numeric/exceedance.hpp>
#include <foreshift/placement/migration_cost.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::placement {

using numeric::exceedance;

/// As it is. O(paths x horizon). @pre the paths are not empty
/// @param tail_share weight of the normal tail against the plain count, in [0, 1]
[[nodiscard]] inline exceedance exceedance_of(const forecast::sample_paths& host, double limit,
                                              double tail_share = 0) {
  FORESHIFT_EXPECT(host.count() > 0);
  const std::size_t h = host.horizon();
  const double* base = host.flat().data();
  numeric::exceedance_count count;
  for (std::size_t p = 0; p < host.count(); ++p)
    count.add(numeric::steps_over(0, h, limit, [path = base + p * h](std::size_t s) { return path[s]; }));
  const exceedance counted = count.over(host.count());
  if (tail_share <= 0) return counted;
  const auto at = [=](std::size_t p, std::size_t s) { return base[p * h + s]; };
  return numeric::mixed(counted, numeric::normal_exceedance({host.count(), h}, limit, at), tail_share);
}

/// If the workload moved. `share` says which end this is: `at_source(cost)` or `at_destination(cost)`.
/// O(paths x horizon), no allocation. @pre both have one shape, which is not empty
[[nodiscard]] inline exceedance exceedance_if_moved(const forecast::sample_paths& host,
                                                    const forecast::sample_paths& workload, double limit,
                                                    const migration_cost& cost, share_of_demand share,
                                                    double tail_share = 0) {
  FORESHIFT_EXPECT(host.count() > 0 && workload.count() == host.count() &&
                   workload.horizon() == host.horizon());
  const std::size_t h = host.horizon();
  const std::size_t copied = std::min(cost.copy_steps, h);
  const double* base = host.flat().data();
  const double* moved = workload.flat().data();
  // The two runs, during the copy and after it, have one factor each.
  const auto run = [&](std::size_t p, std::size_t from, std::size_t to, double factor) {
    return numeric::steps_over(
        from, to, limit,
        [=, path = base + p * h, part = moved + p * h](std::size_t s) { return path[s] + factor * part[s]; });
  };
  numeric::exceedance_count count;
  for (std::size_t p = 0; p < host.count(); ++p)
    count.add(run(p, 0, copied, share.copying) + run(p, copied, h, share.after));
  const exceedance counted = count.over(host.count());
  if (tail_share <= 0) return counted;
  const auto at = [=](std::size_t p, std::size_t s) {
    const double factor = s < copied ? share.copying : share.after;
    return base[p * h + s] + factor * moved[p * h + s];
  };
  return numeric::mixed(counted, numeric::normal_exceedance({host.count(), h}, limit, at), tail_share);
}

/// How many steps over its limit the host would have on each path less if the workload moved; below 0: more.
/// Adds to `less`, so that both ends of a move add up path by path. O(paths x horizon).
/// @pre all have one shape, which is not empty
inline void add_steps_saved(const forecast::sample_paths& host, const forecast::sample_paths& workload,
                            double limit, const migration_cost& cost, share_of_demand share,
                            std::span<double> less) {
  FORESHIFT_EXPECT(workload.count() == host.count() && workload.horizon() == host.horizon());
  FORESHIFT_EXPECT(less.size() == host.count());
  const std::size_t h = host.horizon();
  for (std::size_t p = 0; p < host.count(); ++p)
    for (std::size_t s = 0; s < h; ++s) {
      const double is = host.flat()[p * h + s];
      const double factor = s < cost.copy_steps ? share.copying : share.after;
      less[p] += (is > limit) - (is + factor * workload.flat()[p * h + s] > limit);
    }
}

/// The highest point of the mean path. O(paths x horizon), no allocation. @pre the paths are not empty
[[nodiscard]] inline double peak_of_mean(const forecast::sample_paths& paths) {
  FORESHIFT_EXPECT(paths.count() > 0 && paths.horizon() > 0);
  double peak = 0;
  for (std::size_t s = 0; s < paths.horizon(); ++s) {
    double sum = 0;
    for (std::size_t p = 0; p < paths.count(); ++p) sum += paths.flat()[p * paths.horizon() + s];
    peak = s == 0 ? sum : std::max(peak, sum);
  }
  return peak / static_cast<double>(paths.count());
}

/// The mean over all paths and steps. @pre the paths are not empty
[[nodiscard]] inline double mean_of(const forecast::sample_paths& paths) {
  FORESHIFT_EXPECT(paths.count() > 0 && paths.horizon() > 0);
  double sum = 0;
  for (const double x : paths.flat()) sum += x;
  return sum / static_cast<double>(paths.flat().size());
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
