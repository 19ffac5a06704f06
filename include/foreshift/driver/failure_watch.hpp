#pragma once
/// @file
/// How likely own hosts and other sites are to fail, from what a site sees of them without being told.
///
/// Silence: an own host is heard of with each of its readings, another site with each of its reports, and the
/// times between say how sure a silence is (phi accrual). Strangeness: the p-value of the strangest series of
/// a host, where the detector has one. Faults: how unusual the growth of the host's counters is, of errors,
/// of corrected memory faults and of its disks' health. The resource that is watched, when it is the
/// processor, is slow but not fatal when it runs out. What a host says of itself travels in its site's
/// report; whoever hears it adds the site's own silence.

#include <foreshift/anomaly/phi_accrual.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/risk/failure.hpp>
#include <foreshift/risk/fault_counter.hpp>
#include <foreshift/telemetry/metric.hpp>
#include <foreshift/telemetry/sample.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace foreshift::inline FORESHIFT_ABI::driver {

struct failure_watch_options {
  risk::failure_options causes;  ///< how far each kind of evidence is believed
  double p_on = 0.5;             ///< a probability from which on somebody should look, in (0, 1]
  double p_off = 0.25;           ///< and below which it is over, in [0, p_on]
};

class failure_watch {
 public:
  explicit failure_watch(const failure_watch_options& o = {}) : options_(o) {
    FORESHIFT_EXPECT(0 <= o.p_off && o.p_off <= o.p_on && 0 < o.p_on && o.p_on <= 1);
  }

  /// An own host has delivered a reading.
  void heard(host_id h, time_point at) { hosts_[h].beat.arrive(at); }
  /// Another site has reported.
  void heard(site_id s, time_point at) { sites_[s].beat.arrive(at); }
  /// A counter of an own host's faults was read. @pre is_counter(what)
  void counted(host_id h, telemetry::metric what, const telemetry::sample& s) {
    FORESHIFT_EXPECT(telemetry::is_counter(what));
    hosts_[h].faults[static_cast<std::size_t>(what) - first_counter].read(s.at, s.value);
  }
  /// What another site says of its host. @pre 0 <= p <= 1
  void told(host_id h, double p) { told_.insert_or_assign(h, p); }
  /// A series of a host had a value this strange, in this step. Several are corrected for their number.
  /// @pre 0 <= p <= 1
  void strange(host_id h, double p) {
    auto& one = hosts_[h];
    one.least_p = std::min(one.least_p, p), ++one.series;
  }
  /// A new step begins: what was strange is forgotten, and what was counted in the last one is judged.
  void next_step() {
    for (auto& [h, one] : hosts_) {
      one.least_p = 1, one.series = 0;
      std::ranges::transform(one.faults, one.fault_p.begin(), [](auto& f) { return f.close(); });
    }
  }

  /// That an own host fails soon; `base` where nothing is known of it.
  [[nodiscard]] risk::failure_probability of_own(host_id h, time_point now) const {
    const auto* one = hosts_.find(h);
    if (one == nullptr) return risk::failure_of({}, options_.causes);
    const double p = one->least_p * static_cast<double>(std::max(one->series, 1U));
    return risk::failure_of(
        {.anomaly_p = std::min(p, 1.0), .phi = one->beat.phi(now), .counter_p = one->fault_p},
        options_.causes);
  }
  /// That another site has failed or cannot be reached.
  [[nodiscard]] risk::failure_probability of(site_id s, time_point now) const {
    const auto* one = sites_.find(s);
    if (one == nullptr) return risk::failure_of({}, options_.causes);
    return risk::failure_of({.phi = one->beat.phi(now)}, options_.causes);
  }
  /// That a host of another site fails: what is said of it, or that nobody can say anything any more.
  [[nodiscard]] double of(host_id h, site_id its, time_point now) const {
    const double* said = told_.find(h);
    return 1 - (1 - (said == nullptr ? 0 : *said)) * (1 - of(its, now).probability);
  }

  /// Whether this probability is news: true once when it comes to p_on, and again after it was below p_off.
  [[nodiscard]] bool suspects(host_id h, double p) { return rises(hosts_[h].suspected, p); }
  [[nodiscard]] bool suspects(site_id s, double p) { return rises(sites_[s].suspected, p); }

 private:
  static constexpr auto first_counter = static_cast<std::size_t>(telemetry::metric::errors);
  struct source {
    anomaly::phi_accrual beat = anomaly::phi_accrual{};
    double least_p = 1;
    unsigned series = 0;
    std::array<risk::fault_counter, telemetry::counter_count> faults{};
    std::array<double, telemetry::counter_count> fault_p = nothing_unusual();
    bool suspected = false;
  };
  [[nodiscard]] static std::array<double, telemetry::counter_count> nothing_unusual() {
    std::array<double, telemetry::counter_count> p;
    p.fill(1);
    return p;
  }
  [[nodiscard]] bool rises(bool& suspected, double p) const {
    const bool before = suspected;
    suspected = p >= options_.p_on || (before && p >= options_.p_off);
    return suspected && !before;
  }
  failure_watch_options options_;
  flat_map<host_id, source> hosts_;  ///< own ones
  flat_map<site_id, source> sites_;  ///< other ones
  flat_map<host_id, double> told_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
