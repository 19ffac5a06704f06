#pragma once
/// @file
/// What an hour on a host costs: money, power, carbon.
///
/// Power is taken to be linear between the eleven loads that SPECpower_ssj2008 measures, active idle to full
/// load in steps of a tenth, which is how its results are published.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Watts at 0, 10, ... 100 % of the capacity.
struct power_curve {
  std::array<double, 11> watts{};

  /// Below 0 that of an idle host, above 1 that of a full one. @param utilisation a share of the capacity
  [[nodiscard]] constexpr double at(double utilisation) const {
    const double x = std::clamp(utilisation, 0.0, 1.0) * 10;
    const auto below = std::min(static_cast<std::size_t>(x), std::size_t{9});
    const double along = x - static_cast<double>(below);
    return watts[below] + along * (watts[below + 1] - watts[below]);
  }
};

struct host_rates {
  host_id host{};
  double money_per_unit_hour = 0;  ///< for one unit of the resource at risk that is used
  power_curve power{};             ///< must not fall with the load
  double carbon_g_per_kwh = 0;     ///< of the electricity at its site
};

/// O(log n). @param rates sorted by host @pre the host is among them
[[nodiscard]] inline const host_rates& rates_of(std::span<const host_rates> rates, host_id host) {
  const auto at = std::ranges::lower_bound(rates, host, {}, &host_rates::host);
  FORESHIFT_EXPECT(at != rates.end() && at->host == host);
  return *at;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
