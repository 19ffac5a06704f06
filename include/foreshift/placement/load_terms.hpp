#pragma once
/// @file
/// Objectives about how full hosts are: load over safety capacity, balance, money, energy, carbon.
///
/// All are prices of load, f(host, load), that do not fall as the load grows. A move is charged with what it
/// leaves at the source and what it adds at the destination; standing still with what is at the source. Load
/// is the highest point of the mean path of the resource at risk, agreed moves included, and is taken to last
/// for the horizon.

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/host_rates.hpp>
#include <foreshift/placement/objective.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// The objective that a price of load makes. `Price` has `double of(host, load, view) const`, which is at
/// least 0 and does not fall with the load. O(log hosts).
template <class Price>
struct load_priced {
  [[nodiscard]] double cost(const candidate& what, const site_view& view) const {
    const auto& price = static_cast<const Price&>(*this);
    const double moved = std::max(what.workload().demand, 0.0);
    const double at_source = std::max(what.from().peak, 0.0), there = std::max(what.to().peak, 0.0);
    const double added = price.of(what.to(), there + moved, view) - price.of(what.to(), there, view);
    return price.of(what.from(), std::max(at_source - moved, 0.0), view) + std::max(added, 0.0);
  }
  [[nodiscard]] double bound(const candidate& what, const site_view& view) const { return cost(what, view); }
  [[nodiscard]] double staying(const standstill& now, const site_view& view) const {
    return static_cast<const Price&>(*this).of(now.host, std::max(now.host.peak, 0.0), view);
  }

 protected:
  [[nodiscard]] static double hours(const host_outlook& host, const site_view& view) {
    return host.paths == nullptr ? 0 : view.minutes(static_cast<double>(host.paths->horizon())) / 60;
  }
  [[nodiscard]] static double share(double load, double of) { return of > 0 ? load / of : load > 0 ? 1 : 0; }
};

/// Load above the safety capacity, as a share of it. Source: the load cost of the ROADEF/EURO challenge 2012,
/// section 3.1.
struct load_over_safety : load_priced<load_over_safety> {
  [[nodiscard]] double of(const host_outlook& host, double load, const site_view& view) const {
    const double safe = view.known->safety(host.host, view.what);
    return share(std::max(load - safe, 0.0), safe);
  }
};

/// The square of load / limit: over hosts of one size the sum is least where all are loaded alike.
struct imbalance : load_priced<imbalance> {
  [[nodiscard]] double of(const host_outlook& host, double load, const site_view&) const {
    const double u = share(load, host.limit);
    return u * u;
  }
};

/// In the currency of the rates.
struct money : load_priced<money> {
  std::span<const host_rates> rates{};  ///< sorted by host, of every host in the view
  money() = default;
  explicit money(std::span<const host_rates> of_hosts) : rates(of_hosts) {}
  [[nodiscard]] double of(const host_outlook& host, double load, const site_view& view) const {
    return rates_of(rates, host.host).money_per_unit_hour * load * hours(host, view);
  }
};

/// In kWh.
struct energy : load_priced<energy> {
  std::span<const host_rates> rates{};
  energy() = default;
  explicit energy(std::span<const host_rates> of_hosts) : rates(of_hosts) {}
  [[nodiscard]] double of(const host_outlook& host, double load, const site_view& view) const {
    const double capacity = view.record(host.host).capacity[view.what];
    return rates_of(rates, host.host).power.at(share(load, capacity)) / 1000 * hours(host, view);
  }
};

/// In kg of CO2 equivalent.
struct carbon : load_priced<carbon> {
  std::span<const host_rates> rates{};
  carbon() = default;
  explicit carbon(std::span<const host_rates> of_hosts) : rates(of_hosts) {}
  [[nodiscard]] double of(const host_outlook& host, double load, const site_view& view) const {
    return energy{rates}.of(host, load, view) * rates_of(rates, host.host).carbon_g_per_kwh / 1000;
  }
};

static_assert(Objective<load_over_safety> && Objective<imbalance> && Objective<money> && Objective<energy> &&
              Objective<carbon>);

}  // namespace foreshift::inline FORESHIFT_ABI::placement
