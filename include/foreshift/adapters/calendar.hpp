#pragma once
/// @file
/// Calendars of other programs as calendars of events.

#include <foreshift/adapters/calendar/alertmanager_silences.hpp>
#include <foreshift/adapters/calendar/grafana_annotations.hpp>
#include <foreshift/adapters/calendar/icalendar.hpp>
#include <foreshift/adapters/calendar/icalendar_entry.hpp>
#include <foreshift/adapters/calendar/json_document.hpp>
