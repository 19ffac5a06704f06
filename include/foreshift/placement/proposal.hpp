#pragma once
/// @file
/// What a site asks the others to agree to, and why it thinks so.
///
/// A proposal carries everything a voter needs to disagree: what moves where, how sure the sponsor is of the
/// overload and when, what it expects to gain, what else it looked at, and the recent past of the workload,
/// so that a voter can forecast it for itself. The agreement sees only its id, its digest and the versions it
/// touches.

#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/placement/relief_wave.hpp>
#include <foreshift/telemetry/series.hpp>

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// A host and the data centre it stands in.
struct location {
  site_id site{};
  host_id host{};
  friend constexpr auto operator<=>(const location&, const location&) = default;
};

/// Run the workload somewhere else.
struct migrate {
  location from{};
  location to{};
  friend bool operator==(const migrate&, const migrate&) = default;
};
/// Give the workload another share of the host it is on.
struct resize {
  location at{};
  resources limits{};    ///< what it may use from now on
  resources requests{};  ///< what is set aside for it
  friend bool operator==(const resize&, const resize&) = default;
};
/// Run more or fewer copies of the workload, at the places it already has.
struct scale {
  location at{};
  std::uint32_t replicas = 1;  ///< the new number
  friend bool operator==(const scale&, const scale&) = default;
};
/// What is proposed. One proposal does one thing to one workload.
using action = std::variant<migrate, resize, scale>;

/// The place that an action is about: where a move leaves, where anything else stays.
[[nodiscard]] inline const location& place_of(const action& what) {
  if (const auto* r = std::get_if<resize>(&what)) return r->at;
  if (const auto* s = std::get_if<scale>(&what)) return s->at;
  return std::get<migrate>(what).from;
}

/// Why the sponsor thinks that something has to happen.
struct evidence {
  double probability = 0;        ///< that the source exceeds its limit within the horizon; in [0, 1]
  duration expected_overload{};  ///< mean time above the limit within the horizon, if nothing is done
  time_point breach_at{};        ///< median instant of the first breach among the paths with one
  double limit = 0;              ///< in the resource's unit
  resource what = resource::cpu;
  double probability_after = 0;              ///< of the source, were the action taken; measured alike
  double destination_probability_after = 0;  ///< of the destination, were the action taken
  telemetry::series recent{};                ///< the workload's last observations
  friend bool operator==(const evidence&, const evidence&) = default;
};

/// Why a destination was not chosen.
enum class rejection : std::uint8_t {
  no_room,              ///< a resource other than the one at risk does not fit
  would_overload,       ///< too likely to exceed its own limit with the workload on it
  too_far,              ///< latency or bandwidth to it breaks the workload's bound
  same_failure_domain,  ///< the workload has to stay apart from something there
  costlier,             ///< feasible, but worse than the one chosen
  busy,                 ///< already has a migration in flight
  no_room_to_copy,      ///< the copy alone would take an end over its capacity
  away_from_group,      ///< the workload has to stay near something that is not there
  spread_lost,          ///< its service would be in too few failure domains
  dependency_lost,      ///< its service or one that depends on it would lack what it depends on
  not_cleared,          ///< not as secure as the workload asks for
  unlicensed,           ///< lacks a licence that the workload needs
  tainted,              ///< has a taint that the workload does not tolerate
  pinned,               ///< the workload is not to be moved
  budget_spent,         ///< no move is left in this cycle for the service, a host or a failure domain
  asked_to_wait,        ///< has refused, and the time that it named is not over
  place_taken,          ///< its one arrival of this wave relieves another host
};
constexpr rejection last_of(rejection) { return rejection::place_taken; }

[[nodiscard]] constexpr std::string_view name_of(rejection r) {
  constexpr std::string_view names[] = {"no_room",         "would_overload",
                                        "too_far",         "same_failure_domain",
                                        "costlier",        "busy",
                                        "no_room_to_copy", "away_from_group",
                                        "spread_lost",     "dependency_lost",
                                        "not_cleared",     "unlicensed",
                                        "tainted",         "pinned",
                                        "budget_spent",    "asked_to_wait",
                                        "place_taken"};
  return names[static_cast<std::size_t>(r)];
}

struct alternative {
  location to{};
  rejection why = rejection::costlier;
  double cost = 0;  ///< by the sponsor's objective; meaningful for `costlier` only
  friend bool operator==(const alternative&, const alternative&) = default;
};

/// What the sponsor says will be better, and by when that can be checked.
struct promise {
  duration overload_avoided{};  ///< expected, within the horizon
  time_point check_at{};        ///< the first instant at which the outcome can be judged
  /// A tenth of the sponsor's paths (of a resize or a scale: of the past days) avoid less than the first, a
  /// tenth more than the second; below 0 the change does harm. Both 0: not known, or nothing either way.
  duration avoided_low{}, avoided_high{};
  friend bool operator==(const promise&, const promise&) = default;
};

struct proposal {
  proposal_id id{};
  proposal_id reverses{};  ///< the proposal whose move this takes back or sends on; sequence 0: none
  time_point made_at{};
  subset_id subset{};  ///< whose authority has to pass for this
  workload_id workload{};
  class_id workload_class{};
  std::uint32_t criticality = 1;  ///< of the workload; at least 1
  action what{};
  double priority = 0;  ///< who goes first when moves are short; larger is sooner
  evidence why{};
  double gap = 0;  ///< how far the placement may be from the best one, relative; 0 is proven best
  std::vector<alternative> alternatives{};  ///< best first
  promise expected{};
  relief_wave wave{};  ///< what it was chosen with, and the proof of `gap`; no sources: it was chosen alone
  friend bool operator==(const proposal&, const proposal&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::placement
