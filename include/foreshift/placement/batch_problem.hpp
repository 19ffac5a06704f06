#pragma once
/// @file
/// Many workloads at once, each with a few hosts that would take it at a price, and hosts with so many
/// places.
///
/// The semi-assignment problem: every workload takes one place at one of its hosts, or none at a price of its
/// own, and the sum of the prices is to be least. Places are counted, not measured: it is the relaxation in
/// which a workload is as large as another. What is feasible in more detail has been settled by who is
/// offered to whom.
///
/// Any prices of places prove a lower bound (weak duality), and it takes one pass over the offers to see
/// it: a voter that is given an assignment and prices need not solve anything to know how good it is.
///
/// Source: D. P. Bertsekas, Network Optimization: Continuous and Discrete Models, 1998, chapters 5 and 7.

#include <foreshift/core/config.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// In place of a host's index: no place at all.
inline constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

/// No cost is larger, so that no sum of costs or of prices, which are at most twice as large, ever overflows.
inline constexpr double batch_cost_max = 1e290;

/// One host that would take the workload.
struct offer {
  double cost = 0;  ///< at most `batch_cost_max` in magnitude; may be negative
  std::uint32_t host = 0;
  friend bool operator==(const offer&, const offer&) = default;
};

struct batch_problem {
  std::vector<std::uint32_t> places;  ///< by host; their sum is below 2^32
  std::vector<std::uint32_t> first;   ///< workloads + 1: where each one's offers begin
  std::vector<offer> offers;          ///< of one workload next to each other, each host at most once
  std::vector<double> unplaced_cost;  ///< by workload; at most `batch_cost_max` in magnitude

  [[nodiscard]] std::size_t hosts() const { return places.size(); }
  [[nodiscard]] std::size_t workloads() const { return unplaced_cost.size(); }
  [[nodiscard]] std::span<const offer> offers_of(std::size_t workload) const {
    return {offers.data() + first[workload], offers.data() + first[workload + 1]};
  }
};

/// What is wrong with the problem, in words; nothing when it is well formed. O(offers).
[[nodiscard]] inline std::optional<std::string> fault_of(const batch_problem& p) {
  const auto at = [](const char* what, std::size_t i, const char* why) {
    return std::string{what} + " " + std::to_string(i) + " " + why;
  };
  std::uint64_t sum = 0;
  for (const auto n : p.places) sum += n;
  if (sum >= nowhere || p.hosts() >= nowhere - 1 || p.workloads() >= nowhere)
    return "there is too much of it";
  if (p.first.size() != p.workloads() + 1 || p.first.front() != 0 || p.first.back() != p.offers.size() ||
      !std::ranges::is_sorted(p.first))
    return "the beginnings do not lead through the offers";
  std::vector<std::uint32_t> last(p.hosts(), nowhere);
  for (std::size_t w = 0; w < p.workloads(); ++w) {
    if (!std::isfinite(p.unplaced_cost[w])) return at("workload", w, "has no finite price of being unplaced");
    if (std::abs(p.unplaced_cost[w]) > batch_cost_max)
      return at("workload", w, "has a price of being unplaced beyond 1e290");
    for (const auto& o : p.offers_of(w)) {
      if (o.host >= p.hosts()) return at("workload", w, "is offered to a host that is not there");
      if (!std::isfinite(o.cost)) return at("workload", w, "has an offer without a finite cost");
      if (std::abs(o.cost) > batch_cost_max)
        return at("workload", w, "has an offer whose cost is beyond 1e290");
      if (last[o.host] == w) return at("workload", w, "has two offers of one host");
      last[o.host] = static_cast<std::uint32_t>(w);
    }
  }
  return std::nullopt;
}

/// Of every workload where it is put; nothing when a workload is put where it has no offer, or a host has
/// more than its places. O(offers). @pre the problem is well formed, and `where` has as many entries as
/// workloads
[[nodiscard]] inline std::optional<double> cost_of(const batch_problem& p,
                                                   std::span<const std::uint32_t> where) {
  FORESHIFT_EXPECT(where.size() == p.workloads());
  auto left = p.places;
  double sum = 0;
  for (std::size_t w = 0; w < p.workloads(); ++w) {
    if (where[w] == nowhere) {
      sum += p.unplaced_cost[w];
      continue;
    }
    const auto offers = p.offers_of(w);
    const auto taken = std::ranges::find(offers, where[w], &offer::host);
    if (taken == offers.end() || left[where[w]]-- == 0) return std::nullopt;
    sum += taken->cost;
  }
  return sum;
}

/// No assignment costs less, whatever the prices: every workload pays its cheapest offer with the price of
/// the place, and all places together earn their prices. O(offers). @pre the problem is well formed; a price
/// by host, each at least 0
[[nodiscard]] inline double dual_bound(const batch_problem& p, std::span<const double> prices) {
  FORESHIFT_EXPECT(prices.size() == p.hosts());
  double sum = 0;
  for (std::size_t w = 0; w < p.workloads(); ++w) {
    double least = p.unplaced_cost[w];
    for (const auto& o : p.offers_of(w))
      if (p.places[o.host] > 0) least = std::min(least, o.cost + prices[o.host]);
    sum += least;
  }
  for (std::size_t h = 0; h < p.hosts(); ++h) {
    FORESHIFT_EXPECT(prices[h] >= 0);
    if (p.places[h] > 0) sum -= prices[h] * p.places[h];
  }
  return sum;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
