#pragma once
/// @file
/// What is known about the future: events that will bend demand, and when.

#include <foreshift/core/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

/// Something that lasts from `start` up to but not including `end`. @pre start < end
struct calendar_event {
  time_point start{};
  time_point end{};
  event_kind kind = event_kind::campaign;
  std::string label{};  ///< tells apart events of one kind that act differently; may be empty
  friend bool operator==(const calendar_event&, const calendar_event&) = default;
};

/// Events in any order; they may overlap.
struct calendar {
  std::vector<calendar_event> events{};
  friend bool operator==(const calendar&, const calendar&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
