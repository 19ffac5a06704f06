#pragma once
/// @file
/// What a site knows of every host and workload when it decides.
///
/// Of its own hosts it knows every workload; of the hosts of other sites only what came over the monitoring
/// channel, which is the host as a whole. Both are joint sample paths of the resource at risk.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/placement/disruption.hpp>
#include <foreshift/placement/distance_table.hpp>
#include <foreshift/placement/inventory.hpp>
#include <foreshift/placement/migration_cost.hpp>
#include <foreshift/placement/what_if.hpp>
#include <foreshift/telemetry/series.hpp>

#include <algorithm>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// One host over the horizon. The paths belong to somebody else.
struct host_outlook {
  host_id host{};
  site_id site{};
  double limit = 0;                               ///< in the resource's unit
  const forecast::sample_paths* paths = nullptr;  ///< of the host as a whole
  double pending = 0;     ///< demand that agreed moves bring here or take away and the paths do not show yet
  bool busy = false;      ///< has a migration in flight
  double peak = 0;        ///< of the mean path, `pending` included
  double tail_share = 0;  ///< weight of a normal tail against the plain count of paths; see `exceedance_of`

  /// What the paths may reach before the host is over its limit.
  [[nodiscard]] double room() const { return limit - pending; }
};

/// Fills in the peak. O(paths x horizon): once for each observation, not for each decision. @pre paths not
/// empty
[[nodiscard]] inline host_outlook outlook_of(host_id host, site_id site, double limit,
                                             const forecast::sample_paths& paths, double pending = 0,
                                             bool busy = false, double tail_share = 0) {
  return {host, site, limit, &paths, pending, busy, peak_of_mean(paths) + pending, tail_share};
}

/// One workload of an own host over the horizon.
struct workload_outlook {
  workload_id workload{};
  const forecast::sample_paths* paths = nullptr;
  double demand = 0;                ///< now, in the resource's unit
  telemetry::series_view recent{};  ///< goes into the evidence, for the voters to forecast from
};

/// Everything that a decision may look at. A view: what it points to has to outlive the decision. All paths
/// have one shape, and every host is in the inventory.
struct site_view {
  const inventory* known = nullptr;
  const distance_table* links = nullptr;          ///< null: distances and failure domains are not known
  std::span<const host_outlook> hosts{};          ///< sorted by host
  std::span<const workload_outlook> workloads{};  ///< sorted by workload
  std::span<const workload_id> moving{};          ///< sorted: these have a migration in flight
  resource what = resource::cpu;                  ///< the resource at risk
  duration step = std::chrono::minutes{5};
  migration_cost moves{};
  time_point now{};                           ///< for `refusals`
  std::span<const disruption> disruptions{};  ///< sorted: the moves of this cycle
  std::span<const refused_until> refusals{};  ///< sorted by host

  /// @pre the host is in the inventory
  [[nodiscard]] const host_record& record(host_id h) const {
    const auto* found = known->find(h);
    FORESHIFT_EXPECT(found != nullptr);
    return *found;
  }
  /// By the inventory or by the distances: where neither knows, hosts share nothing. @pre as for `record`
  [[nodiscard]] bool same_domain(host_id a, host_id b) const {
    return known->same_domain(a, b) || (links != nullptr && links->same_domain(a, b));
  }
  [[nodiscard]] const host_outlook* find(host_id h) const {
    const auto at = std::ranges::lower_bound(hosts, h, {}, &host_outlook::host);
    return at != hosts.end() && at->host == h ? &*at : nullptr;
  }
  [[nodiscard]] const workload_outlook* find(workload_id w) const {
    const auto at = std::ranges::lower_bound(workloads, w, {}, &workload_outlook::workload);
    return at != workloads.end() && at->workload == w ? &*at : nullptr;
  }
  [[nodiscard]] bool is_moving(workload_id w) const {
    return std::ranges::binary_search(moving, w) || (known != nullptr && known->is_moving(w));
  }
  [[nodiscard]] double minutes(double steps) const { return steps * to_seconds(step) / 60; }
};

/// The host as it is.
[[nodiscard]] inline exceedance as_it_is(const host_outlook& h) {
  return exceedance_of(*h.paths, h.room(), h.tail_share);
}
/// The host if the workload left it.
[[nodiscard]] inline exceedance if_left(const host_outlook& h, const workload_outlook& w,
                                        const migration_cost& cost) {
  return exceedance_if_moved(*h.paths, *w.paths, h.room(), cost, at_source(cost), h.tail_share);
}
/// The host if the workload came to it.
[[nodiscard]] inline exceedance if_came(const host_outlook& h, const workload_outlook& w,
                                        const migration_cost& cost) {
  return exceedance_if_moved(*h.paths, *w.paths, h.room(), cost, at_destination(cost), h.tail_share);
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
