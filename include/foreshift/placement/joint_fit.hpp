#pragma once
/// @file
/// Workloads packed by what they need together, so that complementary ones share a host.
///
/// The workloads with the highest quantile choose first; each goes where the hours of overload that the host
/// is expected to have rise least, and between equals where the joint quantile stays lowest. A host that is
/// busy by day thus takes what is busy at night. This is best fit decreasing with the joint distribution in
/// the place of a sum of sizes. A search for less would trust the expected days too far: letting every
/// workload choose again, until nobody gained, left more overload on the days that followed, not less.
///
/// Source: M. Wang, X. Meng, L. Zhang, "Consolidating virtual machines with dynamic bandwidth demand in data
/// centers", INFOCOM 2011 (stochastic bin packing), with the day's hours for one stationary load.

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/day_demand.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// A host that takes workloads.
struct joint_host {
  double limit = 0;
  day_demand load{};  ///< of what is there already; grows by what is placed
};

/// For each workload its place in `hosts`, whose loads grow by what they take. All workloads are placed,
/// however crowded it gets: `expected_overload_hours` of the hosts says whether it is too much. O(workloads x
/// hosts x hours of a day). @pre there is a host
/// @param z orders the workloads and breaks ties; this is the 99 % quantile
[[nodiscard]] inline std::vector<std::size_t> joint_fit(std::span<const day_demand> workloads,
                                                        std::span<joint_host> hosts, double z = 2.326) {
  FORESHIFT_EXPECT(!hosts.empty());
  std::vector<std::size_t> order(workloads.size()), where(workloads.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<double> size, overload;
  for (const auto& w : workloads) size.push_back(joint_quantile(w, z));
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return size[a] > size[b]; });
  for (const auto& h : hosts) overload.push_back(expected_overload_hours(h.load, h.limit));

  for (const std::size_t w : order) {
    constexpr double none = std::numeric_limits<double>::infinity();
    std::pair best{none, none};
    double after_best = 0;
    for (std::size_t h = 0; h < hosts.size(); ++h) {
      day_demand with = hosts[h].load;
      with += workloads[w];
      const double after = expected_overload_hours(with, hosts[h].limit);
      const std::pair cost{after - overload[h], joint_quantile(with, z) - hosts[h].limit};
      if (cost < best) best = cost, where[w] = h, after_best = after;
    }
    hosts[where[w]].load += workloads[w];
    overload[where[w]] = after_best;
  }
  return where;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
