#pragma once
/// @file
/// The rules that every policy of a replay plays by, and the placement they all start from.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/sim/trace_demand.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

struct scenario {
  std::size_t sites = 3;
  std::size_t hosts =
      0;  ///< 0: ceil(mean demand of the warm-up / (start_fill x host_capacity)), at least one a site
  double host_capacity = 8;                  ///< cores
  double limit = 0.8;                        ///< share of the capacity; demand above it is overload
  double start_fill = 0.6;                   ///< share of the capacity that the start placement fills
  duration warm_up = std::chrono::hours{2};  ///< observed before the first decision; not scored
  double move_cost = 0.1;  ///< share of a workload's demand added on both ends while it moves
  double moves_per_hour =
      0.05;  ///< share of the workloads that may start to move in any hour, at least one workload
  duration judged_within = std::chrono::hours{2};        ///< how long a move is held responsible
  duration ping_pong_within = std::chrono::minutes{60};  ///< moved again so soon: ping-pong
};

/// How many steps cover `span`: at least 1. @pre step > 0
[[nodiscard]] constexpr std::size_t steps_covering(duration span, duration step) {
  FORESHIFT_EXPECT(step > duration::zero());
  return static_cast<std::size_t>(std::max<duration::rep>(1, (span + step - duration{1}) / step));
}

/// Where every workload starts.
struct start_placement {
  std::size_t hosts = 0;
  std::vector<host_id> host_of;  ///< by workload
};

/// The hosts that a fleet needs when none are given. Counts with the sum over the warm-up instead of the
/// mean, so that nothing is rounded. @pre as `place_at_start`
[[nodiscard]] inline std::size_t hosts_needed(const demand_table& demand, const scenario& rules) {
  const std::size_t window = steps_covering(rules.warm_up, demand.step());
  FORESHIFT_EXPECT(demand.steps() > window && rules.sites > 0);
  millionths total = 0;
  for (std::size_t w = 0; w < demand.workloads(); ++w)
    for (const millionths d : demand.exact(workload_id{w}).first(window)) total += d;
  const millionths room =
      to_millionths(rules.start_fill * rules.host_capacity) * static_cast<millionths>(window);
  FORESHIFT_EXPECT(room > 0);
  return std::max(rules.sites, static_cast<std::size_t>((total + room - 1) / room));
}

/// First fit decreasing by the mean demand of the warm-up, each host filled up to `start_fill` of its
/// capacity; equal means in the order of the trace. A workload that fits nowhere goes to the host with the
/// least on it.
/// @pre the trace is longer than the warm-up; sites > 0; hosts == 0 or hosts >= sites
[[nodiscard]] inline start_placement place_at_start(const demand_table& demand, const scenario& rules) {
  const std::size_t window = steps_covering(rules.warm_up, demand.step());
  FORESHIFT_EXPECT(demand.steps() > window && rules.sites > 0);
  FORESHIFT_EXPECT(rules.hosts == 0 || rules.hosts >= rules.sites);

  // Sums over the window instead of means: the same order and the same comparisons, exactly.
  std::vector<millionths> sum(demand.workloads());
  for (std::size_t w = 0; w < sum.size(); ++w) {
    const auto first = demand.exact(workload_id{w}).first(window);
    sum[w] = std::accumulate(first.begin(), first.end(), millionths{0});
  }
  const millionths room =
      to_millionths(rules.start_fill * rules.host_capacity) * static_cast<millionths>(window);
  FORESHIFT_EXPECT(room > 0);

  start_placement start{rules.hosts > 0 ? rules.hosts : hosts_needed(demand, rules),
                        std::vector<host_id>(sum.size())};
  std::vector<std::size_t> order(sum.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return sum[a] > sum[b]; });
  std::vector<millionths> load(start.hosts);
  for (const std::size_t w : order) {
    auto host = std::find_if(load.begin(), load.end(), [&](millionths l) { return l + sum[w] <= room; });
    if (host == load.end()) host = std::min_element(load.begin(), load.end());
    *host += sum[w];
    start.host_of[w] = host_id{static_cast<std::uint64_t>(host - load.begin())};
  }
  return start;
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim
