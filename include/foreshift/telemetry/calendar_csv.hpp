#pragma once
/// @file
/// A calendar as a table that people keep: `start,end,kind,label[,effect]`, one event a line.
///
///     start,end,kind,label,effect
///     2026-11-27,2026-11-30,campaign,black friday,+80%
///     2026-12-01T22:00,2026-12-02T02:00Z,maintenance_window,,learn
///
/// The header line may be absent. Times are UTC as `parse_time` reads them; the end is not part of the event.
/// An effect is a relative change of demand as `parse_event_effect` reads it; empty, absent or `learn` where
/// it is to be learnt.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/telemetry/calendar.hpp>
#include <foreshift/telemetry/csv.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

inline constexpr std::size_t calendar_line_bytes_max = 4096;
inline constexpr std::size_t calendar_label_bytes_max =
    1000;  // a line still holds it with every quote doubled
inline constexpr std::array<std::string_view, 5> calendar_columns = {"start", "end", "kind", "label",
                                                                     "effect"};  ///< the last may be absent

namespace detail {

[[nodiscard]] inline result<calendar_event, diagnostic> parse_event(const csv_reader& line) {
  const auto fields = line.fields();
  if (fields.size() != calendar_columns.size() && fields.size() + 1 != calendar_columns.size())
    return failure{line.complain("", "4 or 5 fields are wanted, start,end,kind,label[,effect]; here are " +
                                         std::to_string(fields.size()))};
  const auto start = parse_time(fields[0]), end = parse_time(fields[1]);
  const auto kind = parse_event_kind(fields[2]);
  constexpr std::string_view form = ": write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], UTC";
  if (!start) return failure{line.complain("start", "not a time: " + excerpt(fields[0]) + std::string{form})};
  if (!end) return failure{line.complain("end", "not a time: " + excerpt(fields[1]) + std::string{form})};
  if (*end <= *start)
    return failure{line.complain("end", "the event ends at or before its start, " + format_time(*start))};
  if (!kind)
    return failure{line.complain("kind", "not a kind of event: " + excerpt(fields[2]) +
                                             ": write campaign, maintenance_window or holiday")};
  if (fields[3].size() > calendar_label_bytes_max)
    return failure{line.complain(
        "label", "a label of more than " + std::to_string(calendar_label_bytes_max) + " bytes")};
  calendar_event event{*start, *end, *kind, std::string{fields[3]}};
  if (fields.size() < calendar_columns.size() || fields[4].empty() || fields[4] == "learn") return event;
  event.effect = parse_event_effect(fields[4]);
  if (!event.effect)
    return failure{line.complain("effect", "not a relative change: " + excerpt(fields[4]) +
                                               ": write 0.8 or +80% for 80 % more, or learn")};
  return event;
}

[[nodiscard]] inline bool is_calendar_header(std::span<const std::string_view> fields) {
  return std::ranges::equal(fields, calendar_columns) ||
         std::ranges::equal(fields, std::span{calendar_columns}.first(calendar_columns.size() - 1));
}

}  // namespace detail

/// Reads a calendar; the first thing wrong with it ends the reading. An empty text is an empty calendar.
/// O(length).
/// @param source names the text in diagnostics
[[nodiscard]] inline result<calendar, diagnostic> parse_calendar(std::string_view text, std::string source) {
  calendar out;
  csv_reader lines{text, std::move(source), {.record_bytes_max = calendar_line_bytes_max}};
  for (bool first = true; lines.next(); first = false) {
    if (first && detail::is_calendar_header(lines.fields())) continue;
    auto event = detail::parse_event(lines);
    if (!event) return failure{event.error()};
    out.events.push_back(*std::move(event));
  }
  if (lines.error()) return failure{*lines.error()};
  return out;
}

/// The same table, with its header, and with effects where any is announced. Reading it gives the calendar
/// back, when times are whole seconds of the years 1900 to 2200 and labels hold no zero byte and at most
/// `calendar_label_bytes_max` bytes.
[[nodiscard]] inline std::string to_csv(const calendar& c) {
  const bool effects = std::ranges::any_of(c.events, [](const auto& e) { return e.effect.has_value(); });
  std::string out = effects ? "start,end,kind,label,effect\n" : "start,end,kind,label\n";
  for (const calendar_event& e : c.events) {
    out += format_time(e.start) + ',' + format_time(e.end) + ',' + std::string{name_of(e.kind)} + ',' +
           csv_field(e.label);
    if (effects) out += ',';
    if (e.effect) {
      std::array<char, 32> digits{};
      const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), *e.effect);
      out.append(digits.data(), written.ptr);
    }
    out += '\n';
  }
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
