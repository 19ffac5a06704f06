#pragma once
/// @file
/// A calendar as a table that people keep: `start,end,kind,label`, one event a line.
///
///     start,end,kind,label
///     2026-11-27,2026-11-30,campaign,black friday
///     2026-12-01T22:00,2026-12-02T02:00Z,maintenance_window,
///
/// The header line may be absent. Times are UTC as `parse_time` reads them; the end is not part of the event.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/telemetry/calendar.hpp>
#include <foreshift/telemetry/csv.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

inline constexpr std::size_t calendar_line_bytes_max = 4096;
inline constexpr std::size_t calendar_label_bytes_max =
    1000;  // a line still holds it with every quote doubled
inline constexpr std::array<std::string_view, 4> calendar_columns = {"start", "end", "kind", "label"};

namespace detail {

[[nodiscard]] inline result<calendar_event, diagnostic> parse_event(const csv_reader& line) {
  const auto fields = line.fields();
  if (fields.size() != calendar_columns.size())
    return failure{line.complain(
        "", "4 fields are wanted, start,end,kind,label; here are " + std::to_string(fields.size()))};
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
  return calendar_event{*start, *end, *kind, std::string{fields[3]}};
}

}  // namespace detail

/// Reads a calendar; the first thing wrong with it ends the reading. An empty text is an empty calendar.
/// O(length).
/// @param source names the text in diagnostics
[[nodiscard]] inline result<calendar, diagnostic> parse_calendar(std::string_view text, std::string source) {
  calendar out;
  csv_reader lines{text, std::move(source), {.record_bytes_max = calendar_line_bytes_max}};
  for (bool first = true; lines.next(); first = false) {
    if (first && std::ranges::equal(lines.fields(), calendar_columns)) continue;
    auto event = detail::parse_event(lines);
    if (!event) return failure{event.error()};
    out.events.push_back(*std::move(event));
  }
  if (lines.error()) return failure{*lines.error()};
  return out;
}

/// The same table, with its header. Reading it gives the calendar back, when times are whole seconds of the
/// years 1900 to 2200 and labels hold no zero byte and at most `calendar_label_bytes_max` bytes.
[[nodiscard]] inline std::string to_csv(const calendar& c) {
  std::string out = "start,end,kind,label\n";
  for (const calendar_event& e : c.events)
    out += format_time(e.start) + ',' + format_time(e.end) + ',' + std::string{name_of(e.kind)} + ',' +
           csv_field(e.label) + '\n';
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
