#pragma once
/// @file
/// A voter's own judgement of somebody else's proposal.
///
/// The sponsor's figures are its opinion. A voter asks the same questions of its own forecasts - of the
/// source and of the destination as it knows them, and of the workload, which it forecasts itself from the
/// observations in the evidence - and of what only it can know: agreed moves towards a host, maintenance
/// windows, its own hosts' state. Votes therefore differ for real reasons, and each says which.

#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/placement/migration_cost.hpp>
#include <foreshift/placement/proposal.hpp>
#include <foreshift/placement/what_if.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// To abstain is to cast no vote.
enum class stance : std::uint8_t { accept, reject, abstain };

/// The code of the reason that goes into the vote.
enum class vote_reason : std::uint8_t {
  agrees,                      ///< accept: overload expected, the move helps, the destination bears it
  malformed,                   ///< reject: the proposal contradicts itself
  no_overload_expected,        ///< reject: the source will stay below its limit
  destination_would_overload,  ///< reject
  destination_in_maintenance,  ///< reject: an own host, with a window within the horizon
  destination_busy,            ///< reject: an own host, with a migration in flight
  gain_too_small,              ///< reject: the move costs as much as it helps
  knows_too_little,            ///< abstain: telemetry is missing or stale
  moves_are_short,             ///< reject: more urgent proposals take the moves that are left
  not_a_move,                  ///< abstain: `judge_adjustment` judges a resize or a scale
  places_not_fenced,           ///< reject: an own host, and its orchestrator cannot keep a former owner out
  size_too_small,              ///< reject: demand would be above the new size for too long
  no_room_to_grow,             ///< reject: the host has not as much to set aside
  not_needed,                  ///< reject: the size, or the copies, that there are will do
  breaks_a_rule,               ///< reject: by the voter's own inventory the move is not admitted
};

[[nodiscard]] constexpr std::string_view name_of(vote_reason r) {
  constexpr std::string_view names[] = {"agrees",
                                        "malformed",
                                        "no_overload_expected",
                                        "destination_would_overload",
                                        "destination_in_maintenance",
                                        "destination_busy",
                                        "gain_too_small",
                                        "knows_too_little",
                                        "moves_are_short",
                                        "not_a_move",
                                        "places_not_fenced",
                                        "size_too_small",
                                        "no_room_to_grow",
                                        "not_needed",
                                        "breaks_a_rule"};
  return names[static_cast<std::size_t>(r)];
}

/// What the voter knows of one host.
struct known_host {
  const forecast::sample_paths* paths = nullptr;  ///< its own forecast; null: never heard of the host
  double limit = 0;                               ///< by its own inventory
  double pending = 0;     ///< agreed moves that the paths do not show yet: arrivals less departures
  duration age{};         ///< of the newest observation behind the paths
  double tail_share = 0;  ///< weight of a normal tail against the plain count of paths; see `exceedance_of`
};

/// All paths have one shape. The paths belong to somebody else.
struct voter_view {
  site_id voter{};
  known_host source{};
  known_host destination{};
  const forecast::sample_paths* workload = nullptr;  ///< forecast from the evidence; null: not possible
  duration step = std::chrono::minutes{5};
  migration_cost moves{};
  bool destination_in_maintenance = false;  ///< counts only for hosts of the voter's own site
  bool destination_busy = false;            ///< likewise
  bool own_places_fence = true;             ///< `fences` of the voter's own orchestrator
  std::optional<rejection> refused{};       ///< the rule of the voter's own inventory that the move breaks
};

struct judgement_options {
  double source_probability_min =
      0.2;  ///< of an overload at the source, to agree that something has to happen
  double destination_probability_max = 0.15;  ///< of an overload at the destination, with the workload on it
  double gain_minutes_min = 0;                ///< of overload avoided, net of the move's cost; exclusive
  duration age_max = std::chrono::minutes{15};
};

struct judgement {
  stance opinion = stance::abstain;
  vote_reason reason = vote_reason::knows_too_little;
  std::string text{};  ///< one plain sentence, below 240 bytes
  double impact =
      0;  ///< minutes of overload avoided, net, x criticality, as the voter sees it; 0 where it cannot
};

/// Judges by the voter's own view. Pure; O(paths x horizon).
///
/// What is certain comes first: a malformed proposal, the state of an own host, then an own forecast that
/// says the destination would be overloaded or the source would not. Only what remains needs everything to be
/// known.
[[nodiscard]] judgement judge(const proposal& what, const voter_view& view,
                              const judgement_options& options = {});

namespace detail {

template <class... Values>
[[nodiscard]] judgement ruling(stance opinion, vote_reason reason, double impact, const char* format,
                               Values... values) {
  char text[240];
  std::snprintf(text, sizeof text, format, values...);
  return {opinion, reason, text, impact};
}

[[nodiscard]] inline unsigned long long number(host_id h) { return h.value; }

[[nodiscard]] inline bool fresh(const known_host& h, const judgement_options& options) {
  return h.paths != nullptr && h.paths->count() > 0 && h.age <= options.age_max;
}

/// What the voter's own paths say of a move, in minutes.
struct impact_of_move {
  exceedance source_before, source_after, destination_before, destination_after;
  double avoided = 0;  ///< at the source
  double added = 0;    ///< at the destination
  double cost = 0;     ///< of the move: minutes of copying x the workload's share of the source's limit
  [[nodiscard]] double net() const { return avoided - added - cost; }
};

[[nodiscard]] inline impact_of_move impact(const voter_view& view) {
  const auto minutes = [&](double steps) { return steps * to_seconds(view.step) / 60; };
  const auto& [source, destination, cost] = std::tie(view.source, view.destination, view.moves);
  const double source_room = source.limit - source.pending, room = destination.limit - destination.pending;
  impact_of_move i;
  i.source_before = exceedance_of(*source.paths, source_room, source.tail_share);
  i.source_after = exceedance_if_moved(*source.paths, *view.workload, source_room, cost, at_source(cost),
                                       source.tail_share);
  i.destination_before = exceedance_of(*destination.paths, room, destination.tail_share);
  i.destination_after = exceedance_if_moved(*destination.paths, *view.workload, room, cost,
                                            at_destination(cost), destination.tail_share);
  i.avoided = minutes(i.source_before.steps - i.source_after.steps);
  i.added = minutes(std::max(i.destination_after.steps - i.destination_before.steps, 0.0));
  const double share = source.limit > 0 ? std::max(mean_of(*view.workload), 0.0) / source.limit : 1;
  i.cost = minutes(static_cast<double>(cost.copy_steps)) * share;
  return i;
}

/// What needs no forecast: the proposal itself, and the state of an own host.
[[nodiscard]] inline std::optional<judgement> object_at_sight(const proposal& what, const migrate& move,
                                                              const voter_view& view) {
  using enum stance;
  const auto from = number(move.from.host), to = number(move.to.host);
  if (from == to || what.criticality == 0)
    return ruling(reject, vote_reason::malformed, 0,
                  "Rejected: from host %llu to host %llu with criticality %u is not a move.", from, to,
                  static_cast<unsigned>(what.criticality));
  if (!what.wave.sources.empty()) {
    auto fault = fault_of(what.wave);
    const auto* chosen = fault ? nullptr : chosen_for(what.wave, move.from.host);
    if (!fault && (chosen == nullptr || chosen->workload != what.workload ||
                   what.wave.destinations[chosen->destination].host != move.to.host))
      fault = "it chose another move";
    if (!fault && std::abs(what.gap - what.wave.gap()) > 1e-9)
      fault = "it proves another gap than is claimed";
    if (fault)
      return ruling(reject, vote_reason::malformed, 0,
                    "Rejected: the wave behind it does not add up: %.150s.", fault->c_str());
  }
  if (!view.own_places_fence && (move.from.site == view.voter || move.to.site == view.voter))
    return ruling(
        reject, vote_reason::places_not_fenced, 0,
        "Rejected: our orchestrator keeps no tokens, so nobody may take over or bring workload %llu.",
        static_cast<unsigned long long>(what.workload.value));
  if (view.refused)
    return ruling(reject, vote_reason::breaks_a_rule, 0,
                  "Rejected: by our inventory workload %llu may not go to host %llu: %s.",
                  static_cast<unsigned long long>(what.workload.value), to, name_of(*view.refused).data());
  if (move.to.site != view.voter) return std::nullopt;
  if (view.destination_in_maintenance)
    return ruling(reject, vote_reason::destination_in_maintenance, 0,
                  "Rejected: host %llu is ours and has a maintenance window within the horizon.", to);
  if (view.destination_busy)
    return ruling(reject, vote_reason::destination_busy, 0,
                  "Rejected: host %llu is ours and already has a migration in flight.", to);
  return std::nullopt;
}

/// What one own forecast is enough for. @pre the source is known
[[nodiscard]] inline std::optional<judgement> object_to_need(const proposal& what, const migrate& move,
                                                             const known_host& source,
                                                             const judgement_options& options) {
  const double p = exceedance_of(*source.paths, source.limit - source.pending, source.tail_share).probability;
  if (p >= options.source_probability_min) return std::nullopt;
  return ruling(
      stance::reject, vote_reason::no_overload_expected, 0,
      "Rejected: we expect host %llu to exceed %.4g with probability %.2f only; the sponsor says %.2f.",
      number(move.from.host), source.limit, p, what.why.probability);
}
/// @pre the destination and the workload are known
[[nodiscard]] inline std::optional<judgement> object_to_destination(const migrate& move,
                                                                    const voter_view& view,
                                                                    const judgement_options& options) {
  const auto& host = view.destination;
  const double p = exceedance_if_moved(*host.paths, *view.workload, host.limit - host.pending, view.moves,
                                       at_destination(view.moves), view.destination.tail_share)
                       .probability;
  if (p <= options.destination_probability_max) return std::nullopt;
  char coming[48] = "";
  if (host.pending > 0) std::snprintf(coming, sizeof coming, " and %.3g agreed to come", host.pending);
  return ruling(
      stance::reject, vote_reason::destination_would_overload, 0,
      "Rejected: with the workload%s, host %llu would exceed %.4g with probability %.2f; we bear %.2f.",
      coming, number(move.to.host), host.limit, p, options.destination_probability_max);
}

[[nodiscard]] inline judgement unknown_workload(const proposal& what) {
  return ruling(stance::abstain, vote_reason::knows_too_little, 0,
                "Abstains: the observations of workload %llu in the evidence do not suffice to forecast it.",
                static_cast<unsigned long long>(what.workload.value));
}
[[nodiscard]] inline judgement unknown_host(host_id host, const known_host& known) {
  return ruling(stance::abstain, vote_reason::knows_too_little, 0,
                "Abstains: our telemetry of host %llu is %s.", number(host),
                known.paths == nullptr ? "missing" : "stale");
}

}  // namespace detail

inline judgement judge(const proposal& what, const voter_view& view, const judgement_options& options) {
  const auto* move = std::get_if<migrate>(&what.what);
  if (move == nullptr)
    return detail::ruling(stance::abstain, vote_reason::not_a_move, 0,
                          "Abstains: this change moves nothing off host %llu.",
                          detail::number(place_of(what.what).host));
  if (auto no = detail::object_at_sight(what, *move, view)) return *std::move(no);

  const bool know_source = detail::fresh(view.source, options);
  const bool know_destination = detail::fresh(view.destination, options);
  const bool know_workload = view.workload != nullptr;
  if (know_source)
    if (auto no = detail::object_to_need(what, *move, view.source, options)) return *std::move(no);
  if (know_destination && know_workload)
    if (auto no = detail::object_to_destination(*move, view, options)) return *std::move(no);
  if (!know_source) return detail::unknown_host(move->from.host, view.source);
  if (!know_destination) return detail::unknown_host(move->to.host, view.destination);
  if (!know_workload) return detail::unknown_workload(what);

  const auto seen = detail::impact(view);
  const double score = seen.net() * what.criticality;
  const auto from = detail::number(move->from.host), to = detail::number(move->to.host);
  if (!(seen.net() > options.gain_minutes_min))
    return detail::ruling(
        stance::reject, vote_reason::gain_too_small, score,
        "Rejected: we expect the move to avoid %.1f min on host %llu, to add %.1f min on host %llu "
        "and to cost %.1f min.",
        seen.avoided, from, seen.added, to, seen.cost);
  return detail::ruling(
      stance::accept, vote_reason::agrees, score,
      "Accepted: we expect host %llu to exceed %.4g with probability %.2f; the move avoids %.1f "
      "min and adds %.1f min on host %llu.",
      from, view.source.limit, seen.source_before.probability, seen.avoided, seen.added, to);
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
