#pragma once
/// @file
/// What is known about the future: events that will bend demand, and when.

#include <foreshift/core/time.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

enum class event_kind : std::uint8_t {
  campaign,            ///< marketing: demand rises
  maintenance_window,  ///< planned work: hosts or services are slowed or away
  holiday,             ///< people rest: demand follows another day's pattern
};
inline constexpr std::array event_kinds = {event_kind::campaign, event_kind::maintenance_window,
                                           event_kind::holiday};

[[nodiscard]] constexpr std::string_view name_of(event_kind k) {
  constexpr std::string_view names[] = {"campaign", "maintenance_window", "holiday"};
  return names[static_cast<std::size_t>(k)];
}

[[nodiscard]] constexpr std::optional<event_kind> parse_event_kind(std::string_view name) {
  for (const event_kind k : event_kinds)
    if (name == name_of(k)) return k;
  return std::nullopt;
}

/// An announced effect: a relative change as `0.8` or `+80%` for 80 % more, above -100 % and at most a
/// thousandfold; nothing for any other text.
[[nodiscard]] inline std::optional<double> parse_event_effect(std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  if (text.starts_with('+') && text.substr(1, 1) != "-") text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (percent) value /= 100;
  if (!(value > -1 && value <= 1000)) return std::nullopt;
  return value;
}

/// Something that lasts from `start` up to but not including `end`. @pre start < end
struct calendar_event {
  time_point start{};
  time_point end{};
  event_kind kind = event_kind::campaign;
  std::string label{};             ///< tells apart events of one kind that act differently; may be empty
  std::optional<double> effect{};  ///< announced relative change of demand, 0.8 for 80 % more; above -1
  friend bool operator==(const calendar_event&, const calendar_event&) = default;
};

/// Events in any order; they may overlap.
struct calendar {
  std::vector<calendar_event> events{};
  friend bool operator==(const calendar&, const calendar&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
