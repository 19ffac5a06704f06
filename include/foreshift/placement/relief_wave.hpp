#pragma once
/// @file
/// One move for each of several hosts in danger, chosen together, with what proves how good the choice is.
///
/// Hosts in danger want the same few destinations, and a destination takes one arrival in a wave: the next
/// would be decided on a state that the first has changed. So each host is offered some departures or stays
/// as it is, and the offers and prices of the destinations go with the proposals. They prove a lower bound on
/// what any wave would have cost (weak duality), which a voter adds up for itself in one pass over the
/// offers; it need not solve anything.
///
/// The bound is that of the assignment relaxation: each host is relieved as if nobody else moved, and what no
/// offer was made of is known to cost its host no less than its `floor`.

#include <foreshift/core/id.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// One of the source's workloads to the destination, at the sponsor's price.
struct relief_offer {
  std::uint32_t source = 0;       ///< index into the wave's sources
  std::uint32_t destination = 0;  ///< index into its destinations
  workload_id workload{};
  double cost = 0;
  friend bool operator==(const relief_offer&, const relief_offer&) = default;
};

struct relief_wave {
  static constexpr std::uint32_t stays = std::numeric_limits<std::uint32_t>::max();
  struct source_row {
    host_id host{};
    double staying = 0;            ///< price of leaving it as it is
    double floor = 0;              ///< no departure that is not offered costs less
    std::uint32_t chosen = stays;  ///< index of its offer, or `stays`
    friend bool operator==(const source_row&, const source_row&) = default;
  };
  struct destination_row {
    host_id host{};
    double price = 0;  ///< of its one place; at least 0
    friend bool operator==(const destination_row&, const destination_row&) = default;
  };
  std::vector<source_row> sources{};            ///< ascending by host
  std::vector<destination_row> destinations{};  ///< ascending by host, none of them a source
  std::vector<relief_offer> offers{};           ///< by source, then destination; each pair once
  double cost = 0;                              ///< of what was chosen
  double bound = 0;                             ///< no wave costs less, in the relaxation

  /// How far the choice may be from the best one, relative; 0 is proven best.
  [[nodiscard]] double gap() const { return cost > bound && cost != 0 ? (cost - bound) / std::abs(cost) : 0; }
  friend bool operator==(const relief_wave&, const relief_wave&) = default;
};

/// Cost and bound by the wave's own offers and prices. O(sources + destinations + offers). @pre indices in
/// range
[[nodiscard]] inline std::pair<double, double> recomputed(const relief_wave& w) {
  std::vector<double> least;
  double cost = 0, bound = 0;
  for (const auto& s : w.sources) {
    least.push_back(std::min(s.staying, s.floor));
    cost += s.chosen == relief_wave::stays ? s.staying : w.offers[s.chosen].cost;
  }
  for (const auto& o : w.offers)
    least[o.source] = std::min(least[o.source], o.cost + w.destinations[o.destination].price);
  for (const double x : least) bound += x;
  for (const auto& d : w.destinations) bound -= d.price;
  return {cost, bound};
}

/// What is wrong with it, in words; nothing when it is well formed and its cost and bound are what its offers
/// and prices come to. Safe on anything. O(sources + destinations + offers).
[[nodiscard]] inline std::optional<std::string> fault_of(const relief_wave& w) {
  const auto ascending = [](const auto& rows) {
    return std::ranges::adjacent_find(rows, [](const auto& a, const auto& b) { return a.host >= b.host; }) ==
           rows.end();
  };
  const auto host = [](host_id h) { return "host " + std::to_string(h.value); };
  if (!ascending(w.sources) || !ascending(w.destinations)) return "its hosts are out of order";
  for (const auto& d : w.destinations) {
    if (!std::isfinite(d.price) || d.price < 0) return host(d.host) + " has no price";
    if (std::ranges::binary_search(w.sources, d.host, {}, &relief_wave::source_row::host))
      return host(d.host) + " is to be relieved and takes an arrival";
  }
  for (std::size_t i = 0; i < w.offers.size(); ++i) {
    const auto& o = w.offers[i];
    if (o.source >= w.sources.size() || o.destination >= w.destinations.size() || !std::isfinite(o.cost))
      return "offer " + std::to_string(i) + " leads nowhere";
    if (i == 0) continue;
    const auto& last = w.offers[i - 1];
    if (std::pair{last.source, last.destination} >= std::pair{o.source, o.destination})
      return "offer " + std::to_string(i) + " is out of order";
  }
  std::vector<bool> taken(w.destinations.size());
  for (std::size_t s = 0; s < w.sources.size(); ++s) {
    const auto& row = w.sources[s];
    if (!std::isfinite(row.staying) || !std::isfinite(row.floor)) return host(row.host) + " has no price";
    if (row.chosen == relief_wave::stays) continue;
    if (row.chosen >= w.offers.size() || w.offers[row.chosen].source != s)
      return host(row.host) + " takes what it was not offered";
    const auto place = w.offers[row.chosen].destination;
    if (taken[place]) return host(w.destinations[place].host) + " takes two arrivals";
    taken[place] = true;
  }
  const auto [cost, bound] = recomputed(w);
  const auto same = [](double claimed, double found) {  // the order of a sum is fixed, its rounding is not
    return std::abs(claimed - found) <= 1e-9 * std::max({1.0, std::abs(claimed), std::abs(found)});
  };
  if (!same(w.cost, cost)) return "its moves cost " + std::to_string(cost) + ", not what it says";
  if (!same(w.bound, bound)) return "its prices prove " + std::to_string(bound) + ", not what it says";
  return std::nullopt;
}

/// The offer that the wave chose for this host; nothing where it stays, or is none of the sources.
[[nodiscard]] inline const relief_offer* chosen_for(const relief_wave& w, host_id source) {
  const auto row = std::ranges::lower_bound(w.sources, source, {}, &relief_wave::source_row::host);
  if (row == w.sources.end() || row->host != source || row->chosen == relief_wave::stays) return nullptr;
  return &w.offers[row->chosen];
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
