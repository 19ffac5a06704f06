// Whatever a server answers: annotations and silences are read or refused, and events have a length.
#include <foreshift/adapters/calendar/alertmanager_silences.hpp>
#include <foreshift/adapters/calendar/grafana_annotations.hpp>
#include <foreshift/core/contract.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace foreshift;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const auto& found :
       {calendar::parse_silences(text, "am"),
        calendar::parse_annotations(text, "grafana", {.otherwise = telemetry::event_kind::campaign})}) {
    if (!found) FORESHIFT_EXPECT(to_string(found.error()).find('\n') == std::string::npos);
    if (found)
      for (const auto& e : found->events) FORESHIFT_EXPECT(e.start < e.end);
  }
  return 0;
}
