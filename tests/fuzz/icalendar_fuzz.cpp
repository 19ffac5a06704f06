// Whatever a text holds: the iCalendar reader ends, and its events have a length and a part in the window.
#include <foreshift/adapters/calendar/icalendar.hpp>
#include <foreshift/core/contract.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

using namespace foreshift;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const calendar::icalendar_options window{.from = parse_time("2026-01-01").value(),
                                           .to = parse_time("2027-01-01").value(),
                                           .zone = "Europe/Berlin",
                                           .occurrences_max = 200};
  const std::string text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" +
                           std::string{reinterpret_cast<const char*>(data), size} +
                           "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  const auto found = calendar::parse_icalendar(text, "fuzz.ics", window);
  if (!found) return 0;
  for (const auto& e : found->events.events)
    FORESHIFT_EXPECT(e.start < e.end && e.start < window.to && e.end > window.from);
  for (const auto& one : found->left_out) FORESHIFT_EXPECT(to_string(one).find('\n') == std::string::npos);
  return 0;
}
