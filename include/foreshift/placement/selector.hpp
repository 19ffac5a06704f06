#pragma once
/// @file
/// Whatever chooses the workload and the destination.

#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/placement/outlook.hpp>
#include <foreshift/placement/proposal.hpp>
#include <foreshift/placement/what_if.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Relieve this host.
struct selection_request {
  const site_view& view;
  host_id hot{};
};

/// The move that is best by the selector's objective.
struct selection {
  workload_id workload{};
  location from{};
  location to{};
  double cost = 0;
  double cost_of_staying = 0;
  double gap = 0;  ///< (cost - lower bound on any move's cost) / cost; 0 only if no admitted move is cheaper
  exceedance source_before{};
  exceedance source_after{};
  exceedance destination_before{};
  exceedance destination_after{};
  std::vector<alternative>
      alternatives{};         ///< other destinations of this workload: feasible ones first, by cost
  std::size_t evaluated = 0;  ///< pairs whose destination was computed
};

/// What a host in danger could do, a destination once each.
struct departure_offers {
  struct entry {
    host_id to{};
    workload_id workload{};  ///< whose move there is the cheapest admitted one
    double cost = 0;
  };
  std::vector<entry> offers{};  ///< the cheapest first
  double staying = 0;
  double floor = 0;  ///< no admitted move that is not offered costs less; at most `staying`
};

/// Why nothing is proposed.
enum class why_none : std::uint8_t {
  unknown_host,     ///< nothing is known of the hot host
  nothing_at_risk,  ///< no path exceeds the limit
  nothing_movable,  ///< every workload is pinned, moving or without a forecast
  no_destination,   ///< no destination is admitted for any of them
  search_ended,     ///< none was found before the limits on what is looked at were reached
  not_worth_it,     ///< the best move costs as much as staying
};

[[nodiscard]] constexpr std::string_view explain(why_none w) {
  switch (w) {
    case why_none::unknown_host:
      return "nothing is known of the host";
    case why_none::nothing_at_risk:
      return "no forecast path exceeds the limit";
    case why_none::nothing_movable:
      return "every workload on the host is pinned, moving or without a forecast";
    case why_none::no_destination:
      return "no destination is admitted for any workload";
    case why_none::search_ended:
      return "no destination was found among the workloads and hosts that may be looked at in one search";
    case why_none::not_worth_it:
      return "the best move would cost as much overload as it avoids";
  }
  return "unknown reason";
}

/// Chooses a move that relieves a host.
///
/// Syntax        `select(request)`.
/// Semantics     Deterministic: the same request gives the same move. Never chooses a pinned or a moving
/// workload. Failure       A reason when there is nothing to move, nowhere to go, or no gain. Threads
/// `select` is const and may run in several threads. Model         `placement::best_fit`.
template <class S>
concept Selector = requires(const S& selector, const selection_request& request) {
  { selector.select(request) } -> std::same_as<result<selection, why_none>>;
};

}  // namespace foreshift::inline FORESHIFT_ABI::placement
