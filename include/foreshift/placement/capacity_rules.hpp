#pragma once
/// @file
/// Capacity as a quantile of demand, and the room that a copy needs while it lasts.
///
/// `bounded_risk` bounds the probability of any overload within the horizon; a quantile bounds it at each
/// instant, which lets a host through that is over its limit now and then, each time on other paths.

#include <foreshift/core/contract.hpp>
#include <foreshift/numeric/exceedance.hpp>
#include <foreshift/placement/constraint.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// At every step the quantile of the destination's demand, with the workload on it, is at most its limit.
/// O(paths x horizon), no allocation: the quantile is not computed, the paths above the limit are counted.
struct quantile_fits {
  double quantile = 0.95;  ///< in (0, 1]; of n paths, n x quantile (rounded up) have to be within the limit

  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    const auto &host = *what.to().paths, &moved = *what.workload().paths;
    const std::size_t n = host.count(), horizon = host.horizon();
    const double room = what.to().room();
    const auto share = at_destination(view.moves);
    const auto allowed = static_cast<std::size_t>((1 - quantile) * static_cast<double>(n) + 1e-9);
    for (std::size_t s = 0; s < horizon; ++s) {
      const double factor = s < view.moves.copy_steps ? share.copying : share.after;
      std::size_t over = 0;
      for (std::size_t p = 0; p < n; ++p) {
        const std::size_t at = p * horizon + s;
        over += numeric::is_over(host.flat()[at] + factor * moved.flat()[at], room) ? 1U : 0U;
      }
      if (over > allowed) return rejection::would_overload;
    }
    return std::nullopt;
  }
};

/// Copying must not use up either end: what it adds takes neither the source nor the destination over its
/// capacity, which is above its limit, while it lasts. A source that is over its capacity anyway is not kept
/// from being relieved. What is requested is another matter: the inventory holds it at both ends.
struct copy_fits {
  double probability_max = 0.1;  ///< of paths that only the copy takes over the capacity, at either end

  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    return fits(what.from(), what, view) && fits(what.to(), what, view)
               ? std::nullopt
               : std::optional{rejection::no_room_to_copy};
  }

 private:
  [[nodiscard]] bool fits(const host_outlook& host, const candidate& what, const site_view& view) const {
    const auto &paths = *host.paths, &moved = *what.workload().paths;
    const double room = view.record(host.host).capacity[view.what] - host.pending;
    const std::size_t n = paths.count(), horizon = paths.horizon();
    const std::size_t copied = std::min(view.moves.copy_steps, horizon);
    std::size_t exhausted = 0;
    for (std::size_t p = 0; p < n; ++p)
      for (std::size_t at = p * horizon; at < p * horizon + copied; ++at) {
        const double as_is = paths.flat()[at];
        if (numeric::is_over(as_is, room) ||
            !numeric::is_over(as_is + view.moves.overhead_share * moved.flat()[at], room))
          continue;
        ++exhausted;
        break;
      }
    return static_cast<double>(exhausted) <= probability_max * static_cast<double>(n);
  }
};

static_assert(Constraint<quantile_fits> && Constraint<copy_fits>);

}  // namespace foreshift::inline FORESHIFT_ABI::placement
