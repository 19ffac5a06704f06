#pragma once
/// @file
/// How many moves of this cycle a service, a host or a failure domain has borne already, and who has asked to
/// be left alone.
///
/// Both are the past of a decision, which the inventory does not know: whoever drives the loop counts the
/// moves of a cycle and notes refusals, and hands in sorted spans.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/placement/inventory.hpp>

#include <algorithm>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// What a move disrupts. A host and its failure domain are disrupted at both ends; both ends in one domain
/// disrupt it once.
struct disrupted {
  enum class kind : std::uint8_t { cycle, service, domain, host };
  kind what = kind::cycle;
  std::uint64_t number = 0;

  constexpr disrupted() = default;
  constexpr disrupted(service_id s) : what(kind::service), number(s.value) {}
  constexpr disrupted(domain_id d) : what(kind::domain), number(d.value) {}
  constexpr disrupted(host_id h) : what(kind::host), number(h.value) {}
  friend constexpr auto operator<=>(const disrupted&, const disrupted&) = default;
};

struct disruption {
  disrupted what{};
  std::uint32_t moves = 0;  ///< made or begun within the cycle
  friend bool operator==(const disruption&, const disruption&) = default;
};

/// One change of place.
struct move_made {
  workload_id workload{};
  host_id from{};
  host_id to{};
};

/// Calls `each` with everything that the move disrupts. What is not in a service or a known domain has none.
/// @pre the workload and both hosts are known
void for_each_disrupted(const inventory& known, const move_made& move, auto&& each) {
  const auto* w = known.find(move.workload);
  const auto *from = known.find(move.from), *to = known.find(move.to);
  FORESHIFT_EXPECT(w != nullptr && from != nullptr && to != nullptr);
  each(disrupted{});
  if (w->service != service_id{}) each(disrupted{w->service});
  if (from->domain != domain_id{}) each(disrupted{from->domain});
  if (to->domain != domain_id{} && to->domain != from->domain) each(disrupted{to->domain});
  each(disrupted{from->id});
  if (to->id != from->id) each(disrupted{to->id});
}

/// The moves of a cycle, counted: sorted by what is disrupted. O(n log n).
[[nodiscard]] inline std::vector<disruption> count_disruptions(const inventory& known,
                                                               std::span<const move_made> moves) {
  std::vector<disrupted> all;
  for (const auto& m : moves) for_each_disrupted(known, m, [&](disrupted d) { all.push_back(d); });
  std::ranges::sort(all);
  std::vector<disruption> counted;
  for (const auto& d : all) {
    if (counted.empty() || counted.back().what != d) counted.push_back({d, 0});
    ++counted.back().moves;
  }
  return counted;
}
/// O(log n). @param counted sorted
[[nodiscard]] inline std::uint32_t moves_of(std::span<const disruption> counted, disrupted what) {
  const auto at = std::ranges::lower_bound(counted, what, {}, &disruption::what);
  return at != counted.end() && at->what == what ? at->moves : 0;
}

/// A host that has refused a workload and said when to ask again (HTTP: Retry-After, RFC 9110, 10.2.3).
struct refused_until {
  host_id host{};
  time_point until{};
  friend bool operator==(const refused_until&, const refused_until&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::placement
