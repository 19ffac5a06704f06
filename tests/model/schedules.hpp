#pragma once
/// @file
/// Who opens which ballot: every schedule that is not another one with sites of equal weight renamed.
///
/// Ballots are ordered by round first, and the rounds of a schedule differ, so a site's name decides nothing:
/// renaming sites of equal weight maps one schedule's states one to one onto the other's.

#include <foreshift/consensus/quorum.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace model {

/// Among schedules that differ by names alone, the one in which sites of a weight appear in their order.
[[nodiscard]] inline std::vector<std::vector<std::size_t>> schedules_of(
    const std::vector<foreshift::consensus::elector>& electors, std::uint64_t ballots) {
  std::vector<std::vector<std::size_t>> found{{}};
  for (std::uint64_t k = 0; k < ballots; ++k) {
    std::vector<std::vector<std::size_t>> longer;
    for (const auto& one : found)
      for (std::size_t i = 0; i < electors.size(); ++i) {
        const auto used = [&](std::size_t site) {
          return std::find(one.begin(), one.end(), site) != one.end();
        };
        bool first_of_its_like = true;
        for (std::size_t before = 0; before < i; ++before)
          first_of_its_like &= electors[before].weight != electors[i].weight || used(before);
        if (!used(i) && !first_of_its_like) continue;
        longer.push_back(one);
        longer.back().push_back(i);
      }
    found = std::move(longer);
  }
  return found;
}

}  // namespace model
