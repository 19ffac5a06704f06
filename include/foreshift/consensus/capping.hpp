#pragma once
/// @file
/// From the weights that are wished for to weights under which any f members may be silent.
///
/// One unit is taken from the heaviest member, of equally heavy ones from the last, until the cap holds:
/// 2 * (the f heaviest) < total. Nobody falls below one unit. Where the members stay the same, a weight moves
/// by at most one unit in an epoch, so that nothing jumps, and one that is frozen not at all. Where the
/// members change, the last table says nothing about this one and the wish is capped as it is: within steps
/// of one unit the cap might be out of reach. Integers throughout: every site computes the same table.

#include <foreshift/consensus/membership.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// The largest weight that may be wished for. Finer shares buy nothing and cost time.
inline constexpr quorum_weight wished_weight_max{1000};

/// The capped table; nothing if the cap is out of reach. `last` is the table in force, `frozen` the sites
/// whose weight stays. @pre both tables and `frozen` sorted by site, each once; wishes 1 to
/// `wished_weight_max`. O(n^2 log n x units).
[[nodiscard]] inline std::optional<std::vector<elector>> capped(std::span<const elector> wished,
                                                                std::span<const elector> last,
                                                                std::uint32_t tolerated,
                                                                std::span<const site_id> frozen) {
  const auto weight_in_last = [&](site_id site) -> std::optional<std::uint64_t> {
    for (const auto& e : last)
      if (e.site == site) return e.weight.value;
    return std::nullopt;
  };
  const auto same_site = [](const elector& a, const elector& b) { return a.site == b.site; };
  const bool same_members = std::equal(wished.begin(), wished.end(), last.begin(), last.end(), same_site);

  std::vector<elector> table(wished.begin(), wished.end());
  std::vector<std::uint64_t> least(table.size(), 1);
  for (std::size_t i = 0; i < table.size(); ++i) {
    auto& weight = table[i].weight.value;
    const auto was = weight_in_last(table[i].site);
    if (was && std::binary_search(frozen.begin(), frozen.end(), table[i].site)) {
      weight = least[i] = *was;
    } else if (same_members) {
      least[i] = std::max<std::uint64_t>(*was, 2) - 1;
      weight = std::clamp(weight, least[i], *was + 1);
    }
  }
  while (!tolerates(table, tolerated)) {
    std::optional<std::size_t> giver;
    for (std::size_t i = 0; i < table.size(); ++i)
      if (table[i].weight.value > least[i] && (!giver || table[i].weight >= table[*giver].weight)) giver = i;
    if (!giver) return std::nullopt;
    table[*giver].weight.value -= 1;
  }
  return table;
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
