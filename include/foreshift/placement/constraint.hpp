#pragma once
/// @file
/// What a move must not break, each rule with the reason it gives when it refuses.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/placement/candidate.hpp>
#include <foreshift/placement/proposal.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <tuple>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// A rule that a move has to keep.
///
/// Semantics     `admits(what, view)` gives nothing, or the reason why not. The answer depends on its
/// arguments only. Cost          Should be O(1), except for a rule on `what.destination_after()`, which
/// belongs last in a list. Model         `placement::not_busy`.
template <class C>
concept Constraint = std::copyable<C> &&
    requires(const C& rule, const candidate& what, const site_view& view) {
  { rule.admits(what, view) } -> std::same_as<std::optional<rejection>>;
};

/// One migration at a time at each destination.
struct not_busy {
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view&) const {
    return what.to().busy ? std::optional{rejection::busy} : std::nullopt;
  }
};

/// Every resource that is not the one at risk has to fit into what is not set aside, for moves in flight
/// too. The one at risk is
/// judged by its paths, which know more than a request does.
struct other_resources_fit {
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    for (std::size_t i = 0; i < resource_count; ++i) {
      const auto r = static_cast<resource>(i);
      if (r != view.what && what.record().requested[r] > what.destination().free()[r])
        return rejection::no_room;
    }
    return std::nullopt;
  }
};

/// What the workload talks to is taken to be near where it runs now, so that it must not go further away than
/// its own bound and this one. Where distances are not known, only a workload without a bound may go.
struct latency_bound {
  double ms_max = std::numeric_limits<double>::infinity();
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    const double bound = std::min(ms_max, what.record().latency_ms_max);
    if (bound == std::numeric_limits<double>::infinity()) return std::nullopt;
    const auto away =
        view.links == nullptr ? std::nullopt : view.links->latency_ms(what.from().host, what.to().host);
    return away && *away <= bound ? std::nullopt : std::optional{rejection::too_far};
  }
};

/// Workloads of one apart group stay in different failure domains, and on different hosts at least. One that
/// is on its way is at both ends.
struct apart_domains {
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    const auto to = what.to().host;
    for (const auto id : view.known->members_of(what.record().apart)) {
      if (id == what.record().id) continue;
      if (view.same_domain(view.known->find(id)->host, to) || view.same_domain(view.known->bound_for(id), to))
        return rejection::same_failure_domain;
    }
    return std::nullopt;
  }
};

/// The destination must not become a problem itself.
struct bounded_risk {
  double probability_max = 0.1;  ///< of exceeding its limit within the horizon, with the workload on it
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view&) const {
    return what.destination_after().probability > probability_max ? std::optional{rejection::would_overload}
                                                                  : std::nullopt;
  }
};

static_assert(Constraint<not_busy> && Constraint<other_resources_fit> && Constraint<latency_bound> &&
              Constraint<apart_domains> && Constraint<bounded_risk>);

/// The first rule that refuses says why; nothing when all admit.
template <Constraint... Rules>
[[nodiscard]] std::optional<rejection> first_refusal(const std::tuple<Rules...>& rules, const candidate& what,
                                                     const site_view& view) {
  std::optional<rejection> refusal;
  std::apply([&](const Rules&... rule) { (void)(... || (refusal = rule.admits(what, view)).has_value()); },
             rules);
  return refusal;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
