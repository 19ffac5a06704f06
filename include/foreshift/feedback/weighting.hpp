#pragma once
/// @file
/// From skill to the integer credits of an epoch.
///
/// A site's say grows with its skill, within three bounds. Nobody is silenced: the floor is one unit. No f
/// sites may be needed by all others: the f heaviest must weigh less than a given share of the total, so that
/// f silent sites are survived; while they do not, one unit is taken from the heaviest. And nothing jumps: a
/// weight moves by at most one unit an update, except where the membership changes, because then the last
/// table says nothing about this one.
///
/// Source of the idea: N. Littlestone, M. K. Warmuth, The Weighted Majority Algorithm (1994); the bounds are
/// ours. Integers throughout: every site computes the same table from the same skills.

#include <foreshift/consensus/weight.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/feedback/credit.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::feedback {

/// The f heaviest must weigh strictly less than numerator / denominator of the total. For a vote that needs
/// more than the share theta of all: 1 - theta.
struct weight_cap {
  std::uint32_t silent = 1;  ///< f
  std::uint32_t numerator = 2;
  std::uint32_t denominator = 5;
  friend constexpr bool operator==(const weight_cap&, const weight_cap&) = default;
};

struct weighting_options {
  std::uint32_t units =
      10;            ///< weight of a site that is always right; 1 to 1000. More units are finer and slower.
  weight_cap cap{};  ///< denominator 1 to 1000, numerator at most the denominator
};

struct site_skill {
  site_id site{};
  skill_bp skill{};
};
struct site_weight {
  site_id site{};
  consensus::credit weight{};
  friend constexpr bool operator==(const site_weight&, const site_weight&) = default;
};

enum class weighting_error : std::uint8_t {
  too_few_sites,  ///< not even equal weights satisfy the cap
};
[[nodiscard]] constexpr std::string_view explain(weighting_error) {
  return "even equal weights break the cap: have more sites, survive fewer silent ones, or lower the vote's "
         "threshold";
}

/// Whether the f heaviest weigh little enough. @pre weights and cap within the bounds above. Sorts a copy.
[[nodiscard]] inline bool holds(const weight_cap& cap, std::span<const site_weight> table) {
  std::vector<std::uint64_t> weights;
  for (const auto& row : table) weights.push_back(row.weight.value);
  std::sort(weights.begin(), weights.end(), std::greater<>{});
  const auto total = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
  const auto f = std::min<std::size_t>(cap.silent, weights.size());
  const auto heaviest =
      std::accumulate(weights.begin(), weights.begin() + static_cast<std::ptrdiff_t>(f), std::uint64_t{0});
  return heaviest * cap.denominator < total * cap.numerator;
}

namespace detail {

/// Takes single units from the heaviest of the rows that stand above their least, until the cap holds. Of
/// equally heavy rows the least skilled gives, and of equally skilled ones the last, so that weights never
/// contradict skill. Returns whether the cap holds.
inline bool lower_until_capped(const weight_cap& cap, std::span<const site_skill> skills,
                               std::span<const std::uint64_t> least, std::span<site_weight> table) {
  while (!holds(cap, table)) {
    std::size_t giver = table.size();
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (table[i].weight.value <= least[i]) continue;
      const bool gives = giver == table.size() || table[i].weight > table[giver].weight ||
                         (table[i].weight == table[giver].weight && skills[i].skill <= skills[giver].skill);
      if (gives) giver = i;
    }
    if (giver == table.size()) return false;
    table[giver].weight.value -= 1;
  }
  return true;
}

/// Gives single units back to the lightest of the rows that stand below what they had, until the cap holds.
/// Of equally light rows the most skilled gets it, and of equally skilled ones the first. @pre the cap holds
/// for `last`
inline void return_until_capped(const weight_cap& cap, std::span<const site_skill> skills,
                                std::span<const site_weight> last, std::span<site_weight> table) {
  while (!holds(cap, table)) {
    std::size_t taker = table.size();
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (table[i].weight >= last[i].weight) continue;
      const bool takes = taker == table.size() || table[i].weight < table[taker].weight ||
                         (table[i].weight == table[taker].weight && skills[i].skill > skills[taker].skill);
      if (takes) taker = i;
    }
    FORESHIFT_EXPECT(taker < table.size());  // with nothing left to give back, this is `last`
    table[taker].weight.value += 1;
  }
}

}  // namespace detail

/// Where the weights would be if they could jump: quantised to units, at least 1, capped.
/// @pre skills by site, each site once. O(n^2 units log n) at worst.
[[nodiscard]] inline result<std::vector<site_weight>, weighting_error> target_weights(
    std::span<const site_skill> skills, const weighting_options& options) {
  FORESHIFT_EXPECT(options.units >= 1 && options.units <= 1000);
  FORESHIFT_EXPECT(options.cap.denominator >= 1 && options.cap.denominator <= 1000);
  FORESHIFT_EXPECT(options.cap.numerator <= options.cap.denominator);
  std::vector<site_weight> table;
  for (std::size_t i = 0; i < skills.size(); ++i) {
    FORESHIFT_EXPECT(i == 0 || skills[i - 1].site < skills[i].site);
    FORESHIFT_EXPECT(skills[i].skill.value <= 10'000);
    const std::uint64_t nearest = (std::uint64_t{skills[i].skill.value} * options.units + 5'000) / 10'000;
    table.push_back({skills[i].site, {std::max<std::uint64_t>(nearest, 1)}});
  }
  const std::vector<std::uint64_t> least(skills.size(), 1);
  if (!detail::lower_until_capped(options.cap, skills, least, table))
    return failure{weighting_error::too_few_sites};
  return table;
}

/// The next table: one unit towards the target for each site, or the target itself where the members are
/// others than those of `last` or where `last` breaks the cap (it was changed).
///
/// Where all these single steps together would break the cap, the heaviest sites go down instead; where they
/// cannot go far enough, the lightest stay up for this time.
/// @param held sites whose weights stay as they are in this update, e.g. because they are away; not where the
/// table jumps to the target
/// @pre skills and last by site, each site once; held ascending
[[nodiscard]] inline result<std::vector<site_weight>, weighting_error> next_weights(
    std::span<const site_weight> last, std::span<const site_skill> skills, const weighting_options& options,
    std::span<const site_id> held = {}) {
  auto target = target_weights(skills, options);
  const auto same_site = [](const site_weight& a, const site_weight& b) { return a.site == b.site; };
  if (!target || !std::equal(last.begin(), last.end(), target->begin(), target->end(), same_site))
    return target;
  if (!holds(options.cap, last)) return target;

  std::vector<site_weight> table(last.begin(), last.end());
  std::vector<std::uint64_t> least;
  for (std::size_t i = 0; i < table.size(); ++i) {
    auto& weight = table[i].weight.value;
    const bool moves = !std::ranges::binary_search(held, table[i].site);
    least.push_back(!moves ? weight : weight > 1 ? weight - 1 : 1);
    if (moves) weight = std::clamp((*target)[i].weight.value, least.back(), weight + 1);
  }
  if (!detail::lower_until_capped(options.cap, skills, least, table))
    detail::return_until_capped(options.cap, skills, last, table);
  return table;
}

}  // namespace foreshift::inline FORESHIFT_ABI::feedback
