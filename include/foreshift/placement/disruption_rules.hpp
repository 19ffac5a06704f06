#pragma once
/// @file
/// Moves disturb: how many a cycle, a service, a host and a failure domain bear, and whom to leave alone.
/// O(log n) each.

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/constraint.hpp>
#include <foreshift/placement/disruption.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// How many moves within one cycle. A service's own budget holds beside the one for all services. What has
/// been used is in `site_view::disruptions`.
struct disruption_budget {
  std::uint32_t cycle = no_limit;
  std::uint32_t service = no_limit;  ///< of the workloads of one service
  std::uint32_t domain = no_limit;   ///< from, to or within one failure domain
  std::uint32_t host = no_limit;     ///< from or to one host

  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    const auto* own = view.known->find(what.record().service);
    const auto budget_of = [&](const disrupted& d) {
      switch (d.what) {
        case disrupted::kind::cycle:
          return cycle;
        case disrupted::kind::service:
          return own == nullptr ? service : std::min(service, own->moves_max);
        case disrupted::kind::domain:
          return domain;
        case disrupted::kind::host:
          return host;
      }
      return no_limit;
    };
    bool spent = false;
    for_each_disrupted(
        *view.known, {what.record().id, what.from().host, what.to().host},
        [&](const disrupted& d) { spent = spent || moves_of(view.disruptions, d) >= budget_of(d); });
    return spent ? std::optional{rejection::budget_spent} : std::nullopt;
  }
};

/// A destination that has refused is left alone until the instant that it named.
struct not_refusing {
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    const auto to = what.to().host;
    const auto at = std::ranges::lower_bound(view.refusals, to, {}, &refused_until::host);
    return at != view.refusals.end() && at->host == to && view.now < at->until
               ? std::optional{rejection::asked_to_wait}
               : std::nullopt;
  }
};

static_assert(Constraint<disruption_budget> && Constraint<not_refusing>);

}  // namespace foreshift::inline FORESHIFT_ABI::placement
