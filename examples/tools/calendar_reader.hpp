#pragma once
// Announced events, from a table of the project's own or from the file of a calendar program.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/calendar.hpp>

#include <string>

namespace tool {

/// The stretch of time that events are wanted for.
struct event_window {
  foreshift::time_point from{}, to{};
};

/// CSV `start,end,kind,label`, or iCalendar where the text begins as one does. Entries of the latter that
/// cannot be used are remarked on. @param subcommand who reads
foreshift::result<foreshift::telemetry::calendar, foreshift::diagnostic> read_calendar(
    const std::string& path, const event_window& window, const char* subcommand);

}  // namespace tool
