#pragma once
/// @file
/// The epoch that follows from the one in force, a wish and the replicated credits: a pure function.

#include <foreshift/consensus/capping.hpp>
#include <foreshift/consensus/effect.hpp>
#include <foreshift/consensus/merit.hpp>

#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// What the next epoch is computed from.
struct epoch_basis {
  const epoch& in_force;
  const credit_table& credits;
  std::span<const site_id> frozen;  ///< sorted
};

/// The next epoch, its number following and its weights capped; or why there is none, with the class of
/// workloads named that f silent voters could block under it.
[[nodiscard]] inline result<epoch, epoch_refused> next_epoch(epoch_spec wish, const epoch_basis& now) {
  for (std::size_t i = 0; i < wish.electors.size(); ++i) {
    const auto& e = wish.electors[i];
    if (e.weight == quorum_weight{} || e.weight > wished_weight_max)
      return failure{epoch_refused{refusal::epoch_invalid, epoch_error::weight_out_of_bounds, {}}};
    if (i > 0 && wish.electors[i - 1].site >= e.site)
      return failure{epoch_refused{refusal::epoch_invalid, epoch_error::members_not_sorted, {}}};
  }
  if (wish.electors.size() > site_count_max)
    return failure{epoch_refused{refusal::epoch_invalid, epoch_error::too_many_members, {}}};
  if (!wish.electors.empty()) {
    auto table = capped(wish.electors, now.in_force.electors(), wish.tolerated, now.frozen);
    if (!table) return failure{epoch_refused{refusal::cap_out_of_reach, {}, {}}};
    wish.electors = std::move(*table);
  }
  wish.number = next(now.in_force.number());
  auto made = epoch::make(std::move(wish));
  if (!made) return failure{epoch_refused{refusal::epoch_invalid, made.error(), {}}};
  if (const auto blocked = blocked_by_silence(*made, now.credits))
    return failure{epoch_refused{refusal::class_blocked, {}, blocked}};
  return made.value();
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
