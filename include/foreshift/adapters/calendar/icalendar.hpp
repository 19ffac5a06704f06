#pragma once
/// @file
/// Calendars as people keep them in their own programs: iCalendar (RFC 5545), read by libical.
///
/// Every occurrence that touches the window asked for becomes an event: repeated ones by RRULE, RDATE and
/// EXDATE, single ones that were moved or called off by RECURRENCE-ID, whole days by the calendar of the
/// zone, times without a zone by the zone that the caller names. What an event is comes from its categories,
/// its label from its summary, its announced effect from `X-FORESHIFT-EFFECT:+80%`. An entry that cannot be
/// used is left out and said, with its line; the others count.

#include <foreshift/adapters/calendar/icalendar_entry.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/calendar.hpp>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::calendar {

struct icalendar_options {
  time_point from{}, to{};   ///< events that have a part in [from, to). @pre from < to
  std::string zone = "UTC";  ///< of whole days and of times without a zone, as the tz database names it
  telemetry::event_kind kind = telemetry::event_kind::campaign;  ///< where no category says
  std::size_t bytes_max = std::size_t{1} << 24;
  std::size_t occurrences_max = 100'000;  ///< of one entry, from its start on
};

struct icalendar_events {
  telemetry::calendar events{};  ///< by start
  std::vector<diagnostic>
      left_out{};  ///< entries that could not be used, and why; `line` is that of BEGIN:VEVENT
};

/// Reads a calendar. Fails where the text is no iCalendar, or the zone is not known. Not for several threads
/// at once: libical keeps its zones in one table. O(length + occurrences).
/// @param source names the text in diagnostics
[[nodiscard]] result<icalendar_events, diagnostic> parse_icalendar(std::string_view text,
                                                                   const std::string& source,
                                                                   const icalendar_options& options);

namespace detail {

/// The lines on which entries begin, in their order.
[[nodiscard]] inline std::vector<std::size_t> entry_lines(std::string_view text) {
  constexpr std::string_view begin = "BEGIN:VEVENT";
  std::vector<std::size_t> out;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::string_view here = text.substr(0, text.find('\n'));
    const auto same = [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; };
    if (here.size() >= begin.size() &&
        std::equal(begin.begin(), begin.end(), here.begin(), [&](char b, char a) { return same(a, b); }))
      out.push_back(line);
    text.remove_prefix(std::min(text.size(), here.size() + 1));
  }
  return out;
}

/// Entries of one UID that take the place of single occurrences of another.
struct replacement {
  std::string uid;
  time_point at;
  friend auto operator<=>(const replacement&, const replacement&) = default;
};

}  // namespace detail

inline result<icalendar_events, diagnostic> parse_icalendar(std::string_view text, const std::string& source,
                                                            const icalendar_options& options) {
  FORESHIFT_EXPECT(options.from < options.to);
  if (text.size() > options.bytes_max)
    return failure{diagnostic{source, 0, "", "more than " + std::to_string(options.bytes_max) + " bytes"}};
  icalerror_set_errors_are_fatal(0);
  auto* local = options.zone == "UTC" ? icaltimezone_get_utc_timezone()
                                      : icaltimezone_get_builtin_timezone(options.zone.c_str());
  if (local == nullptr)
    return failure{diagnostic{source, 0, "zone",
                              "no zone is called " + excerpt(options.zone) + ": write Europe/Berlin, say"}};
  const std::unique_ptr<icalcomponent, detail::component_free> root{
      icalparser_parse_string(std::string{text}.c_str())};
  const auto kind = root == nullptr ? ICAL_NO_COMPONENT : icalcomponent_isa(root.get());
  if (kind != ICAL_VCALENDAR_COMPONENT && kind != ICAL_XROOT_COMPONENT)
    return failure{diagnostic{source, 0, "", "no iCalendar: it has no BEGIN:VCALENDAR"}};

  std::vector<icalcomponent*> entries;
  const auto collect = [&](icalcomponent* of) {
    for (auto* c = icalcomponent_get_first_component(of, ICAL_VEVENT_COMPONENT); c != nullptr;
         c = icalcomponent_get_next_component(of, ICAL_VEVENT_COMPONENT))
      entries.push_back(c);
  };
  if (kind == ICAL_VCALENDAR_COMPONENT) collect(root.get());
  for (auto* c = icalcomponent_get_first_component(root.get(), ICAL_VCALENDAR_COMPONENT); c != nullptr;
       c = icalcomponent_get_next_component(root.get(), ICAL_VCALENDAR_COMPONENT))
    collect(c);

  std::vector<detail::replacement> replaced;
  for (auto* c : entries)
    if (const auto at = detail::entry{c, local}.replaces())
      replaced.push_back({detail::text_of(c, ICAL_UID_PROPERTY), *at});
  std::ranges::sort(replaced);

  icalendar_events out;
  const auto lines = detail::entry_lines(text);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto* c = entries[i];
    const auto leave_out = [&](std::string why) {
      out.left_out.push_back({source, i < lines.size() ? lines[i] : 0,
                              excerpt(detail::text_of(c, ICAL_SUMMARY_PROPERTY)), std::move(why)});
    };
    if (icalcomponent_get_status(c) == ICAL_STATUS_CANCELLED) continue;
    detail::entry one{c, local};
    if (auto why = one.read()) {
      leave_out(*std::move(why));
      continue;
    }
    const auto uid = detail::text_of(c, ICAL_UID_PROPERTY);
    const bool is_replacement = one.replaces().has_value();
    const char* summary = icalcomponent_get_summary(c);
    telemetry::calendar_event what{.start = {},
                                   .end = {},
                                   .kind = detail::kind_of(c).value_or(options.kind),
                                   .label = summary == nullptr ? "" : summary};
    if (const auto effect = detail::effect_of(c)) {
      what.effect = telemetry::parse_event_effect(*effect);
      if (!what.effect) {
        leave_out("X-FORESHIFT-EFFECT is no relative change: write 0.8 or +80% for 80 % more");
        continue;
      }
    }
    const bool complete = one.for_each(options.occurrences_max, [&](time_point start, time_point end) {
      if (start >= options.to) return false;
      if (end <= options.from || start >= end) return true;
      if (!is_replacement && std::ranges::binary_search(replaced, detail::replacement{uid, start}))
        return true;
      auto& event = out.events.events.emplace_back(what);
      event.start = start, event.end = end;
      return true;
    });
    if (!complete)
      leave_out("it recurs more than " + std::to_string(options.occurrences_max) +
                " times before the end of what was asked for; those before that count");
  }
  std::ranges::stable_sort(out.events.events, {}, &telemetry::calendar_event::start);
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::calendar
