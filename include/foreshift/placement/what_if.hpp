#pragma once
/// @file
/// How long a host is over its limit on its joint paths, as it is and if a workload came or left.
///
/// The paths of a host and of a workload belong together path by path, so "the host with the workload" is a
/// sum of curves and not a convolution of distributions. One pass over two flat arrays, no allocation: this
/// is the inner loop of every placement decision.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/placement/migration_cost.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Means over the paths. @invariant 0 <= steps <= horizon, 0 <= probability <= 1
struct exceedance {
  double steps = 0;        ///< expected number of steps over the limit
  double probability = 0;  ///< of at least one step over the limit
  friend constexpr bool operator==(const exceedance&, const exceedance&) = default;
};

namespace detail {

/// Steps over the limit on one path. The two runs, during the copy and after it, have one factor each.
[[nodiscard]] inline std::uint32_t steps_over(const double* base, const double* moved, std::size_t from,
                                              std::size_t to, double factor, double limit) {
  std::uint32_t over = 0;
  for (std::size_t s = from; s < to; ++s) over += base[s] + factor * moved[s] > limit ? 1U : 0U;
  return over;
}
[[nodiscard]] inline exceedance averaged(std::uint64_t steps, std::uint64_t paths, std::size_t count) {
  const auto n = static_cast<double>(count);
  return {static_cast<double>(steps) / n, static_cast<double>(paths) / n};
}

}  // namespace detail

namespace detail {

/// The normal distribution with the paths' mean and variance in each step, as the second opinion on tails
/// that a hundred paths are too few to show: (expected steps over, the largest probability of one step).
template <class At>
[[nodiscard]] exceedance normal_tail(std::size_t count, std::size_t horizon, double limit, const At& at) {
  exceedance out;
  const auto n = static_cast<double>(count);
  for (std::size_t s = 0; s < horizon; ++s) {
    double sum = 0, squares = 0;
    for (std::size_t p = 0; p < count; ++p) {
      const double x = at(p, s);
      sum += x;
      squares += x * x;
    }
    const double mean = sum / n;
    const double deviation = std::sqrt(std::max(squares / n - mean * mean, 1e-6));
    const double tail = 0.5 * std::erfc((limit - mean) / (deviation * 1.4142135623730951));
    out.steps += tail;
    out.probability = std::max(out.probability, tail);
  }
  return out;
}
[[nodiscard]] inline exceedance mixed(const exceedance& counted, const exceedance& tail, double share) {
  return {(1 - share) * counted.steps + share * tail.steps,
          (1 - share) * counted.probability + share * tail.probability};
}

}  // namespace detail

/// As it is. O(paths x horizon). @pre the paths are not empty
/// @param tail_share weight of the normal tail against the plain count, in [0, 1]. A count of n paths cannot
/// tell a
///                   probability below 1 / n from 0, and a choice between moves that all count 0 would be
///                   blind.
[[nodiscard]] inline exceedance exceedance_of(const forecast::sample_paths& host, double limit,
                                              double tail_share = 0) {
  FORESHIFT_EXPECT(host.count() > 0);
  std::uint64_t steps = 0, paths = 0;
  for (std::size_t p = 0; p < host.count(); ++p) {
    const auto over = std::ranges::count_if(host[p], [&](double x) { return x > limit; });
    steps += static_cast<std::uint64_t>(over);
    paths += over > 0 ? 1 : 0;
  }
  const exceedance counted = detail::averaged(steps, paths, host.count());
  if (tail_share <= 0) return counted;
  const std::size_t h = host.horizon();
  const double* base = host.flat().data();
  return detail::mixed(counted,
                       detail::normal_tail(host.count(), h, limit,
                                           [=](std::size_t p, std::size_t s) { return base[p * h + s]; }),
                       tail_share);
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
  std::uint64_t steps = 0, paths = 0;
  for (std::size_t p = 0; p < host.count(); ++p) {
    const auto over = detail::steps_over(base + p * h, moved + p * h, 0, copied, share.copying, limit) +
                      detail::steps_over(base + p * h, moved + p * h, copied, h, share.after, limit);
    steps += over;
    paths += over > 0 ? 1U : 0U;
  }
  const exceedance counted = detail::averaged(steps, paths, host.count());
  if (tail_share <= 0) return counted;
  return detail::mixed(counted,
                       detail::normal_tail(host.count(), h, limit,
                                           [=](std::size_t p, std::size_t s) {
                                             const double factor = s < copied ? share.copying : share.after;
                                             return base[p * h + s] + factor * moved[p * h + s];
                                           }),
                       tail_share);
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
