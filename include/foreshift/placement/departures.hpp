#pragma once
/// @file
/// Which workloads could leave a host, the most relieving first.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/placement/candidate.hpp>
#include <foreshift/placement/outlook.hpp>

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

struct departure_list {
  std::vector<departure> candidates;  ///< least overload left at the source first, then least demand, then id
  std::size_t dropped = 0;            ///< movable as well, but beyond `count_max`
};

/// The workloads on the host that are not pinned, not moving and have paths; the least moved that relieves
/// the most comes first. O(workloads on the host x paths x horizon). @pre `view.known` is set
[[nodiscard]] inline departure_list candidates(const site_view& view, const host_outlook& host,
                                               std::size_t count_max) {
  FORESHIFT_EXPECT(view.known != nullptr);
  departure_list list;
  for (const auto id : view.known->workloads_on(host.host)) {
    const auto* record = view.known->find(id);
    const auto* outlook = view.find(id);
    if (record->pinned || view.is_moving(id) || outlook == nullptr || outlook->paths == nullptr) continue;
    list.candidates.push_back({record, outlook, if_left(host, *outlook, view.moves)});
  }
  std::ranges::sort(list.candidates, {}, [](const departure& d) {
    return std::tuple{d.after.steps, d.outlook->demand, d.record->id};
  });
  if (list.candidates.size() > count_max) {
    list.dropped = list.candidates.size() - count_max;
    list.candidates.resize(count_max);
  }
  return list;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
