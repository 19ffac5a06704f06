#include "calendar_reader.hpp"

#include "files.hpp"
#include "remarks.hpp"

#include <foreshift/telemetry/calendar_csv.hpp>

#ifdef FORESHIFT_TOOL_ICALENDAR
#include <foreshift/adapters/calendar/icalendar.hpp>
#endif

#include <string_view>
#include <utility>

namespace tool {

using foreshift::diagnostic, foreshift::failure, foreshift::result;

result<foreshift::telemetry::calendar, diagnostic> read_calendar(const std::string& path,
                                                                 const event_window& window,
                                                                 const char* subcommand) {
  const auto text = read_text(path);
  if (!text) return failure{text.error()};
  if (!std::string_view{*text}.starts_with("BEGIN:VCALENDAR"))
    return foreshift::telemetry::parse_calendar(*text, source_name(path));
#ifdef FORESHIFT_TOOL_ICALENDAR
  auto found =
      foreshift::calendar::parse_icalendar(*text, source_name(path), {.from = window.from, .to = window.to});
  if (!found) return failure{found.error()};
  for (const auto& one : found->left_out) remark(subcommand, to_string(one));
  return std::move(found->events);
#else
  static_cast<void>(window), static_cast<void>(subcommand);
  return failure{
      diagnostic{source_name(path), 0, "",
                 "an iCalendar, which this program was built without (adapter calendar): write CSV "
                 "start,end,kind,label"}};
#endif
}

}  // namespace tool
