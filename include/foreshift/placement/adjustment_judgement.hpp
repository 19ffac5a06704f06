#pragma once
/// @file
/// A voter's own judgement of a resize or a scale.
///
/// It forecasts the workload's coming day itself, from what it knows or from the observations in the
/// evidence, and asks: does the new size cover it at a risk that can be borne, is it needed, is there room on
/// the host beside what is set aside for others. Its risk is laxer than the sponsor's rule, since it sees
/// less of the past.

#include <foreshift/placement/adjustment.hpp>
#include <foreshift/placement/judgement.hpp>
#include <foreshift/placement/proposal.hpp>

#include <cmath>
#include <limits>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// What the voter knows of the workload and its host.
struct adjustment_view {
  const day_demand* day = nullptr;  ///< its own forecast of all copies; null: not possible
  double limit = 0;                 ///< of one copy now, by its own inventory; 0: what the proposal says
  double requested = 0;             ///< set aside for it now
  double room = std::numeric_limits<double>::infinity();  ///< of the host beside that; infinite: not known
  std::uint32_t replicas = 1;                             ///< now
};

/// Risks are shares of the day.
struct adjustment_judgement_options {
  double risk_max = 0.02;            ///< with the change, to agree to it
  double risk_to_grow_min = 0.0005;  ///< without it, to agree to more
};

/// Judges by the voter's own view. Pure; O(hours of a day). @pre the proposal is a resize or a scale
[[nodiscard]] inline judgement judge_adjustment(const proposal& what, const adjustment_view& view,
                                                const adjustment_judgement_options& options = {}) {
  using enum stance;
  const auto* size = std::get_if<resize>(&what.what);
  const auto* copies = std::get_if<scale>(&what.what);
  FORESHIFT_EXPECT(size != nullptr || copies != nullptr);
  const auto id = static_cast<unsigned long long>(what.workload.value);
  const auto r = what.why.what;
  const double one = view.limit > 0 ? view.limit : what.why.limit;
  const double now = one * view.replicas;
  const double next = size != nullptr ? size->limits[r] * view.replicas : one * copies->replicas;
  const double request = size != nullptr ? size->requests[r] : 0;
  if (!(one > 0) || !(next > 0) || next == now || what.criticality == 0 ||
      (size != nullptr && request > size->limits[r]))
    return detail::ruling(reject, vote_reason::malformed, 0,
                          "Rejected: from %.4g to %.4g for workload %llu is not an adjustment.", now, next,
                          id);
  if (size != nullptr && request > view.requested + view.room)
    return detail::ruling(reject, vote_reason::no_room_to_grow, 0,
                          "Rejected: workload %llu would have %.4g set aside; host %llu has %.4g for it.", id,
                          request, detail::number(size->at.host), view.requested + view.room);
  if (view.day == nullptr || view.day->mean.empty()) return detail::unknown_workload(what);

  const double before = risk_above(*view.day, now), after = risk_above(*view.day, next);
  const double score = (before - after) * 24 * 60 * what.criticality;
  if (after > options.risk_max)
    return detail::ruling(
        reject, vote_reason::size_too_small, score,
        "Rejected: we expect workload %llu above %.4g for %.2f %% of the day; we bear %.2f.", id, next,
        100 * after, 100 * options.risk_max);
  if (next > now && before < options.risk_to_grow_min)
    return detail::ruling(
        reject, vote_reason::not_needed, score,
        "Rejected: %.4g is enough: we expect workload %llu above it for %.2f %% of the day only.", now, id,
        100 * before);
  return detail::ruling(
      accept, vote_reason::agrees, score,
      "Accepted: with %.4g in place of %.4g we expect workload %llu above its limit for %.2f %% of "
      "the day, not %.2f.",
      next, now, id, 100 * after, 100 * before);
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
