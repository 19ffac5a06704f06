#pragma once
/// @file
/// Who talks to whom, how far apart they are, and how a move changes that.
///
/// Each pair of workloads has a rate; what it costs is rate x latency between the hosts they run on, or will
/// run on when their moves are over. What a host's workloads pay now is summed once, so that a move is priced
/// by the partners of the one workload that moves.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/placement/objective.hpp>

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Messages a second between two workloads, or any other measure of how much they mind being apart.
struct traffic {
  workload_id a{};
  workload_id b{};
  double rate = 0;  ///< at least 0
};

/// Rates, and what they cost where everything is now. Not changed by moves: make it anew with the view.
class traffic_table {
 public:
  traffic_table() = default;
  /// O((pairs + hosts) log). @param unknown_ms stands for a latency that is not known @pre all workloads are
  /// known, and rates and the latency are at least 0
  traffic_table(std::span<const traffic> pairs, const inventory& known, const distance_table* links,
                double unknown_ms = 1000)
      : unknown_ms_(unknown_ms) {
    for (const auto& t : pairs) {
      FORESHIFT_EXPECT(t.rate >= 0 && known.find(t.a) != nullptr && known.find(t.b) != nullptr);
      if (t.a != t.b) ends_.insert(ends_.end(), {{t.a, t.b, t.rate}, {t.b, t.a, t.rate}});
    }
    std::ranges::stable_sort(ends_, {}, [](const end& e) { return std::tuple{e.of, e.partner}; });
    for (const auto& h : known.hosts()) {
      double sum = 0;
      for (const auto w : known.workloads_on(h.id)) sum += from(w, h.id, known, links);
      now_.emplace_back(h.id, sum);
    }
  }
  /// Rate x latency in ms of one workload, if it ran on the host. O(partners log workloads).
  [[nodiscard]] double from(workload_id w, host_id host, const inventory& known,
                            const distance_table* links) const {
    double sum = 0;
    for (const auto& e : std::ranges::equal_range(ends_, w, {}, &end::of)) {
      const host_id other = known.bound_for(e.partner);
      if (other == host) continue;
      const auto away = links == nullptr ? std::nullopt : links->latency_ms(host, other);
      sum += e.rate * away.value_or(unknown_ms_);
    }
    return sum;
  }
  /// The same of all workloads on the host, as it was when the table was made.
  [[nodiscard]] double at(host_id host) const {
    const auto found = std::ranges::lower_bound(now_, host, {}, &std::pair<host_id, double>::first);
    return found != now_.end() && found->first == host ? found->second : 0;
  }

 private:
  struct end {
    workload_id of, partner;
    double rate;
  };
  double unknown_ms_ = 1000;
  std::vector<end> ends_;                        // sorted by workload and partner, each pair twice
  std::vector<std::pair<host_id, double>> now_;  // sorted by host
};

/// Rate x latency in ms that the workloads of the source pay, with one of them elsewhere.
struct network_latency {
  const traffic_table* table = nullptr;  ///< made from the view's inventory and distances

  [[nodiscard]] double cost(const candidate& what, const site_view& view) const {
    const auto pays = [&](host_id at) { return table->from(what.record().id, at, *view.known, view.links); };
    const double others = std::max(table->at(what.from().host) - pays(what.from().host), 0.0);
    return others + pays(what.to().host);
  }
  [[nodiscard]] double bound(const candidate& what, const site_view& view) const { return cost(what, view); }
  [[nodiscard]] double staying(const standstill& now, const site_view&) const {
    return table->at(now.host.host);
  }
};
static_assert(Objective<network_latency>);

}  // namespace foreshift::inline FORESHIFT_ABI::placement
