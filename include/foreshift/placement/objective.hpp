#pragma once
/// @file
/// What makes one move better than another.

#include <foreshift/placement/candidate.hpp>
#include <foreshift/placement/outlook.hpp>

#include <algorithm>
#include <concepts>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// The host that would be left as it is.
struct standstill {
  const host_outlook& host;
  const exceedance& before;
};

/// The price of a move; smaller is better.
///
/// Semantics     `cost(what, view)` is the price. `bound(what, view)` is at most the price and at least 0,
/// and does not ask for what the move does to the destination. `staying(now, view)` is the price of doing
/// nothing on the same scale: of what a move could change about the host, and 0 where only moves have a
/// price. All depend on their arguments only. Cost          `bound` is O(1) or near it: a selector ranks
/// every pair by it and prices the few that could still win. Model         `placement::overload_minutes`;
/// sums of several are `placement::scalarised`.
template <class O>
concept Objective = std::copyable<O> &&
    requires(const O& price, const candidate& what, const standstill& now, const site_view& view) {
  { price.cost(what, view) } -> std::convertible_to<double>;
  { price.bound(what, view) } -> std::convertible_to<double>;
  { price.staying(now, view) } -> std::convertible_to<double>;
};

/// Everything in minutes of overload:
///
///     source x (minutes left at the source) + destination x (minutes added at the destination)
///       + move x (minutes of copying) x (demand / limit of the source)
///       + spread x (peak of the destination's mean path with the workload / its limit)
///
/// The third term makes a small workload cheaper to move than a large one, the fourth prefers the emptier of
/// two destinations that are equally safe. Both are far below one minute in most cases, so they decide
/// between equals.
struct overload_minutes {
  double source = 1;
  double destination = 1;
  double move = 1;
  double spread = 1;

  [[nodiscard]] double cost(const candidate& what, const site_view& view) const {
    const double added = what.destination_after().steps - what.destination_before().steps;
    return bound(what, view) + destination * view.minutes(std::max(added, 0.0));
  }
  [[nodiscard]] double bound(const candidate& what, const site_view& view) const {
    const double demand = std::max(what.workload().demand, 0.0);
    const double copying = view.minutes(static_cast<double>(view.moves.copy_steps));
    return source * view.minutes(what.source_after().steps) +
           move * copying * share(demand, what.from().limit) +
           spread * share(std::max(what.to().peak + demand, 0.0), what.to().limit);
  }
  [[nodiscard]] double staying(const standstill& now, const site_view& view) const {
    return source * view.minutes(now.before.steps);
  }

 private:
  /// A host that is allowed nothing counts as full.
  [[nodiscard]] static double share(double demand, double limit) { return limit > 0 ? demand / limit : 1; }
};
static_assert(Objective<overload_minutes>);

}  // namespace foreshift::inline FORESHIFT_ABI::placement
