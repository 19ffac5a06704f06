#pragma once
/// @file
/// What a class of workloads is called and why, how much it minds company, and where it belongs.
///
/// The name follows from the features by a rule, the first that holds, so that a person can check it and so
/// that two sites that have never spoken give one name to what behaves alike. A class's id is made from its
/// name for the same reason: records kept per class mean the same everywhere.

#include <foreshift/core/id.hpp>
#include <foreshift/placement/workload_features.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// In the order of the rule, see `kind_of`.
enum class workload_kind : std::uint8_t {
  unknown,    ///< no readings
  batch,      ///< off most of the time, fully on for a while
  idle,       ///< hardly uses what it has
  growing,    ///< needs more from day to day
  shrinking,  ///< needs less from day to day
  daily,      ///< the same hours are busy every day
  bursty,     ///< short peaks far above its level, at no particular time
  steady,     ///< about the same all the time
  variable,   ///< none of these
};
inline constexpr std::size_t workload_kinds = 9;
constexpr workload_kind last_of(workload_kind) { return workload_kind::variable; }

[[nodiscard]] constexpr std::string_view name_of(workload_kind k) {
  constexpr std::string_view names[] = {"unknown", "batch",  "idle",   "growing", "shrinking",
                                        "daily",   "bursty", "steady", "variable"};
  return names[static_cast<std::size_t>(k)];
}

/// Where the rule draws its lines. A feature that is not known crosses none.
struct kind_rule {
  double batch_on_off_min = 0.75;
  double batch_persistence_min = 0.35;
  double idle_share_min = 0.9;
  double trend_min = 0.25;  ///< either way
  double daily_seasonality_min = 0.3;
  double bursty_burstiness_min = 0.55;
  double steady_variability_max = 0.35;
};

/// The first that holds: batch (on_off and persistence), idle (idle_share), growing or shrinking (trend),
/// daily (seasonality), bursty (burstiness), steady (variability), variable.
[[nodiscard]] inline workload_kind kind_of(const workload_features& f, const kind_rule& rule = {}) {
  using enum workload_kind;
  if (std::isnan(f.level)) return unknown;
  if (f.on_off >= rule.batch_on_off_min && f.persistence >= rule.batch_persistence_min) return batch;
  if (f.idle_share >= rule.idle_share_min) return idle;
  if (f.trend >= rule.trend_min) return growing;
  if (f.trend <= -rule.trend_min) return shrinking;
  if (f.seasonality >= rule.daily_seasonality_min) return daily;
  if (f.burstiness >= rule.bursty_burstiness_min) return bursty;
  if (f.variability <= rule.steady_variability_max) return steady;
  return variable;
}

/// The feature that decided, as a sentence: "daily: the same hour on other days explains 62 % of its swings".
[[nodiscard]] inline std::string explain_kind(const workload_features& f, const kind_rule& rule = {}) {
  const auto kind = kind_of(f, rule);
  const auto text = [&](const char* format, double value) {
    std::array<char, 160> out{};
    std::snprintf(out.data(), out.size(), format, value);
    return std::string{name_of(kind)} + ": " + out.data();
  };
  using enum workload_kind;
  switch (kind) {
    case unknown:
      return "unknown: no readings";
    case batch:
      return text("two levels explain %.0f %% of its variation, and it stays up", 100 * f.on_off);
    case idle:
      return text("uses a twentieth of its size or less %.0f %% of the time", 100 * f.idle_share);
    case growing:
      return text("rises by %.0f %% of its level over the history, steadily", 100 * f.trend);
    case shrinking:
      return text("falls by %.0f %% of its level over the history, steadily", -100 * f.trend);
    case daily:
      return text("the same hour on other days explains %.0f %% of its swings", 100 * f.seasonality);
    case bursty:
      return text("short peaks reach %.1f times its level above it", f.burstiness / (1 - f.burstiness));
    case steady:
      return text("dispersion is %.2f only", f.variability);
    case variable:
      break;
  }
  return text("dispersion is %.2f, with no pattern that explains it", f.variability);
}

/// How much a class suffers from, and causes, a crowded host.
enum class sensitivity : std::uint8_t { low, medium, high };
[[nodiscard]] constexpr std::string_view name_of(sensitivity s) {
  constexpr std::string_view names[] = {"low", "medium", "high"};
  return names[static_cast<std::size_t>(s)];
}

/// The type of host that a class does best on.
enum class destination_type : std::uint8_t {
  headroom,        ///< one with room for its peaks beside what is expected
  opposite_phase,  ///< one that is quiet when the workload is busy
  fill,            ///< any: it may take the last bit of room
  room_to_grow,    ///< one where tomorrow's level fits too
  off_peak,        ///< one that is quiet when the job runs
};
[[nodiscard]] constexpr std::string_view name_of(destination_type d) {
  constexpr std::string_view names[] = {"headroom", "opposite phase", "fill", "room to grow", "off peak"};
  return names[static_cast<std::size_t>(d)];
}

struct class_advice {
  sensitivity minds_company = sensitivity::medium;
  destination_type best = destination_type::headroom;
};

/// Judgement, not measurement: it follows from what each name says. An unknown workload is treated with care.
[[nodiscard]] constexpr class_advice advice_for(workload_kind k) {
  using enum workload_kind;
  switch (k) {
    case batch:
      return {sensitivity::low, destination_type::off_peak};
    case idle:
      return {sensitivity::low, destination_type::fill};
    case growing:
      return {sensitivity::high, destination_type::room_to_grow};
    case shrinking:
      return {sensitivity::low, destination_type::fill};
    case daily:
      return {sensitivity::medium, destination_type::opposite_phase};
    case bursty:
      return {sensitivity::high, destination_type::headroom};
    case steady:
      return {sensitivity::low, destination_type::fill};
    case unknown:
    case variable:
      break;
  }
  return {sensitivity::high, destination_type::headroom};
}

/// The id of a class by its kind, and by its dominant resource where the mix is known: 0 for unknown, and
/// never more than 9 + 16 x 4.
[[nodiscard]] inline class_id class_of(const workload_features& f, const kind_rule& rule = {}) {
  const auto kind = static_cast<std::uint64_t>(kind_of(f, rule));
  std::uint64_t dominant = 0;
  for (std::size_t i = 0; i < resource_count; ++i)
    if (!std::isnan(f.mix[i]) && (dominant == 0 || f.mix[i] > f.mix[dominant - 1])) dominant = i + 1;
  return {kind == 0 ? 0 : kind + 16 * dominant};
}
/// "daily", or "daily, memory" where the dominant resource is known.
[[nodiscard]] inline std::string class_name(class_id c) {
  const auto kind = c.value % 16, dominant = c.value / 16;
  if (kind >= workload_kinds || dominant > resource_count) return "class " + std::to_string(c.value);
  std::string name{name_of(static_cast<workload_kind>(kind))};
  if (dominant > 0) (name += ", ") += name_of(static_cast<resource>(dominant - 1));
  return name;
}
/// `unknown` for an id that `class_of` does not make.
[[nodiscard]] constexpr workload_kind kind_of(class_id c) {
  const auto kind = c.value % 16;
  return kind < workload_kinds && c.value / 16 <= resource_count ? static_cast<workload_kind>(kind)
                                                                 : workload_kind::unknown;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
