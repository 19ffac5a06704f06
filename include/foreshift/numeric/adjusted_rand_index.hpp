#pragma once
/// @file
/// How far two ways of sorting the same things into groups agree, by more than chance.
///
/// Of all pairs of things, the index counts those that both ways put together or both keep apart, and takes
/// off what two random ways with the same group sizes would have in common: 1 is the same grouping whatever
/// the groups are called, 0 is chance, and less than chance is negative.
///
/// Source: L. Hubert, P. Arabie, "Comparing partitions", Journal of Classification 2, 1985, equation 5.

#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::numeric {

/// 1 where both groupings are trivial in the same way (all things in one group, or each in its own), and for
/// less than two things. O(n log n), allocates O(n). @pre one label a thing in each
[[nodiscard]] inline double adjusted_rand_index(std::span<const std::uint64_t> a,
                                                std::span<const std::uint64_t> b) {
  FORESHIFT_EXPECT(a.size() == b.size());
  const auto pairs = [](std::size_t n) { return static_cast<double>(n) * (static_cast<double>(n) - 1) / 2; };
  const auto together = [&](auto labels) {  // pairs with one label
    std::ranges::sort(labels);
    double sum = 0;
    for (std::size_t i = 0, j = 0; i < labels.size(); i = j) {
      while (j < labels.size() && labels[j] == labels[i]) ++j;
      sum += pairs(j - i);
    }
    return sum;
  };
  std::vector<std::pair<std::uint64_t, std::uint64_t>> both(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) both[i] = {a[i], b[i]};
  const double in_both = together(std::move(both));
  const double in_a = together(std::vector<std::uint64_t>(a.begin(), a.end()));
  const double in_b = together(std::vector<std::uint64_t>(b.begin(), b.end()));
  if (a.size() < 2) return 1;
  const double by_chance = in_a * in_b / pairs(a.size());
  const double most = (in_a + in_b) / 2;
  return most == by_chance ? 1 : (in_both - by_chance) / (most - by_chance);
}

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
