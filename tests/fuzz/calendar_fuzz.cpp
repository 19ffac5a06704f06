// Whatever a text holds: the calendar parser ends, and what it accepts survives being written and read again.
#include <foreshift/core/contract.hpp>
#include <foreshift/telemetry/calendar_csv.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace foreshift;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = telemetry::parse_calendar({reinterpret_cast<const char*>(data), size}, "fuzz.csv");
  if (!parsed) {
    FORESHIFT_EXPECT(!parsed.error().reason.empty());
    FORESHIFT_EXPECT(to_string(parsed.error()).find('\n') == std::string::npos);
    return 0;
  }
  for (const auto& event : parsed->events) FORESHIFT_EXPECT(event.start < event.end);
  FORESHIFT_EXPECT(telemetry::parse_calendar(telemetry::to_csv(*parsed), "fuzz.csv") == parsed);
  return 0;
}
