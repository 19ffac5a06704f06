#pragma once
/// @file
/// After a move has been judged: leave it, take it back, or go to the next best place.
///
/// What is past is paid for; only what is to come counts. A move is taken back when it did harm, the harm
/// goes on, and the source would bear the workload again. To go back costs a move and may bring the old
/// overload back, so that it needs a clear difference and never happens twice within a time: a workload that
/// is sent to and fro helps nobody.
///
/// It recommends. The way back is an ordinary proposal that is voted on like any other.

#include <foreshift/core/time.hpp>
#include <foreshift/migration/outcome.hpp>
#include <foreshift/placement/proposal.hpp>

#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::migration {

enum class recommendation : std::uint8_t { leave, go_back, take_alternative };

[[nodiscard]] constexpr std::string_view name_of(recommendation r) {
  constexpr std::string_view names[] = {"leave", "go_back", "take_alternative"};
  return names[static_cast<std::size_t>(r)];
}

/// What is expected now, as probabilities of exceeding a limit within the horizon.
struct way_out {
  placement::location to{};
  double risk = 1;  ///< of that host, with the workload on it
};

struct rollback_view {
  time_point now{};
  time_point moved_at{};                    ///< last move of the workload
  std::uint32_t reversals = 0;              ///< how often it was sent back within the last `reversal_window`
  double destination_risk = 0;              ///< of where it is now
  double source_risk = 1;                   ///< of where it came from, with the workload on it again
  std::span<const way_out> alternatives{};  ///< stored ones that are still feasible, best first
};

struct rollback_options {
  double act_above = 0.3;                    ///< risk where it is now; below it nothing is done
  double calm_below = 0.1;                   ///< risk where it would go
  duration rest = std::chrono::minutes{30};  ///< after a move, before the workload moves again
  std::uint32_t reversals_max = 1;           ///< within the window that the caller counts over
};

struct advice {
  recommendation what = recommendation::leave;
  std::optional<placement::location> to{};  ///< for take_alternative
  std::string text{};                       ///< one sentence for people
};

/// Pure. The gap between the two thresholds is the hysteresis: a workload goes only from clearly bad to
/// clearly good.
[[nodiscard]] inline advice advise(const outcome& judged, const rollback_view& view,
                                   const rollback_options& options = {}) {
  const auto say = [](recommendation what, std::optional<placement::location> to, const char* format,
                      auto... values) {
    char text[200];
    std::snprintf(text, sizeof text, format, values...);
    return advice{what, to, text};
  };
  if (judged.what != verdict::harmful && judged.what != verdict::fell_short)
    return {recommendation::leave, std::nullopt, "Left where it is: the move did no harm."};
  if (view.destination_risk <= options.act_above)
    return say(recommendation::leave, std::nullopt,
               "Left where it is: what was expected at the destination is over, its risk is %.2f now.",
               view.destination_risk);
  if (view.now - view.moved_at < options.rest)
    return say(recommendation::leave, std::nullopt,
               "Left where it is: it moved %.0f min ago and rests for %.0f.",
               to_seconds(view.now - view.moved_at) / 60, to_seconds(options.rest) / 60);
  for (const auto& other : view.alternatives)
    if (other.risk < options.calm_below)
      return say(recommendation::take_alternative, other.to,
                 "The destination is at risk %.2f; host %llu would be at %.2f with the workload.",
                 view.destination_risk, static_cast<unsigned long long>(other.to.host.value), other.risk);
  if (view.reversals >= options.reversals_max)
    return say(recommendation::leave, std::nullopt,
               "Left where it is: it has been sent back %u times already.",
               static_cast<unsigned>(view.reversals));
  if (view.source_risk < options.calm_below)
    return say(recommendation::go_back, std::nullopt,
               "Back: the destination is at risk %.2f, the source would be at %.2f with the workload.",
               view.destination_risk, view.source_risk);
  return say(recommendation::leave, std::nullopt,
             "Left where it is: no place is calm, the source would be at risk %.2f.", view.source_risk);
}

}  // namespace foreshift::inline FORESHIFT_ABI::migration
