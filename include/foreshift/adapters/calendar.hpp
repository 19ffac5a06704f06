#pragma once
/// @file
/// Calendars of other programs as calendars of events.

#include <foreshift/adapters/calendar/icalendar.hpp>
#include <foreshift/adapters/calendar/icalendar_entry.hpp>
