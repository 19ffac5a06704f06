#include <foreshift/telemetry/calendar.hpp>

#include <doctest/doctest.h>

using namespace foreshift::telemetry;

TEST_CASE("every kind of event is found under its own name and no other") {
  for (const event_kind k : event_kinds) CHECK(parse_event_kind(name_of(k)) == k);
  CHECK_FALSE(parse_event_kind(""));
  CHECK_FALSE(parse_event_kind("Campaign"));
  CHECK_FALSE(parse_event_kind("maintenance window"));
}

TEST_CASE("calendars with the same events are equal") {
  const calendar a{{{{}, {}, event_kind::holiday, "x"}}};
  calendar b = a;
  CHECK(a == b);
  b.events[0].label = "y";
  CHECK(a != b);
}
