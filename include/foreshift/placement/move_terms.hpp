#pragma once
/// @file
/// Objectives about the move itself: what copying costs, what any move has to earn, and who the new
/// neighbours are. Standing still costs nothing by these.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/placement/objective.hpp>
#include <foreshift/placement/precopy.hpp>

#include <algorithm>
#include <cmath>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Bytes of its memory that a workload writes anew in a second.
struct dirty_rate_of {
  workload_id workload{};
  bytes_per_second rate = 0;
};

/// Minutes of downtime x criticality + minutes of copying x `slowed_share`, by the pre-copy model. The memory
/// is what the workload requests; the bandwidth that of the way, where it is known and not more than
/// `bandwidth_max`. O(log workloads + rounds).
struct copying_cost {
  std::span<const dirty_rate_of> dirty_rates{};  ///< sorted by workload
  bytes_per_second dirty_rate = 10e6;            ///< of a workload that is not among them
  bytes_per_second bandwidth_max = 125e6;        ///< of one move
  double slowed_share = 0.1;                     ///< of its service that a workload loses while it is copied
  double minutes_max = 24 * 60;                  ///< stands for a copy that takes longer, or never ends
  precopy_options options{};

  [[nodiscard]] precopy_estimate estimate(const candidate& what, const site_view& view) const {
    const auto at = std::ranges::lower_bound(dirty_rates, what.record().id, {}, &dirty_rate_of::workload);
    const bool known = at != dirty_rates.end() && at->workload == what.record().id;
    const auto way =
        view.links == nullptr ? std::nullopt : view.links->bandwidth(what.from().host, what.to().host);
    return estimate_precopy({.memory_bytes = what.record().requested[resource::memory],
                             .dirty_rate = known ? at->rate : dirty_rate,
                             .bandwidth = std::min(way.value_or(bandwidth_max), bandwidth_max)},
                            options);
  }
  [[nodiscard]] double cost(const candidate& what, const site_view& view) const {
    const auto copy = estimate(what, view);
    return std::min(copy.downtime_seconds / 60, minutes_max) * what.record().criticality +
           std::min(copy.seconds / 60, minutes_max) * slowed_share;
  }
  [[nodiscard]] double bound(const candidate& what, const site_view& view) const { return cost(what, view); }
  [[nodiscard]] double staying(const standstill&, const site_view&) const { return 0; }
};

/// A move must pay for itself: its price is at least this, more for what is critical. O(1).
struct stability {
  double per_move = 1;
  double per_criticality = 0;  ///< for each level above 1
  [[nodiscard]] double cost(const candidate& what, const site_view&) const {
    return per_move + per_criticality * (static_cast<double>(what.record().criticality) - 1);
  }
  [[nodiscard]] double bound(const candidate& what, const site_view& view) const { return cost(what, view); }
  [[nodiscard]] double staying(const standstill&, const site_view&) const { return 0; }
};

/// How many workloads of another security class the workload would share its host with: who shares a host can
/// learn from each other through it. Those at the source do not count in the move's favour. Source:
/// T. Ristenpart, E. Tromer, H. Shacham, S. Savage, "Hey, you, get off of my cloud", CCS 2009. O(workloads on
/// the destination).
struct mixed_security {
  [[nodiscard]] double cost(const candidate& what, const site_view& view) const {
    const auto others = view.known->workloads_on(what.to().host);
    return static_cast<double>(std::ranges::count_if(
        others, [&](workload_id w) { return view.known->find(w)->clearance != what.record().clearance; }));
  }
  [[nodiscard]] double bound(const candidate&, const site_view&) const { return 0; }
  [[nodiscard]] double staying(const standstill&, const site_view&) const { return 0; }
};

static_assert(Objective<copying_cost> && Objective<stability> && Objective<mixed_security>);

}  // namespace foreshift::inline FORESHIFT_ABI::placement
