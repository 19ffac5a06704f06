#include <foreshift/adapters/calendar/icalendar_entry.hpp>

#include <doctest/doctest.h>

using namespace foreshift;

namespace {

using component = std::unique_ptr<icalcomponent, calendar::detail::component_free>;
component event_of(const std::string& lines) {
  return component{icalparser_parse_string(("BEGIN:VEVENT\r\n" + lines + "END:VEVENT\r\n").c_str())};
}

}  // namespace

TEST_CASE("a kind is found among the categories, in any case and beside others") {
  using calendar::detail::kind_of, telemetry::event_kind;
  CHECK(kind_of(event_of("CATEGORIES:work, Maintenance\r\n").get()) == event_kind::maintenance_window);
  CHECK(kind_of(event_of("CATEGORIES:MAINTENANCE-WINDOW\r\n").get()) == event_kind::maintenance_window);
  CHECK(kind_of(event_of("CATEGORIES:a\r\nCATEGORIES:holiday\r\n").get()) == event_kind::holiday);
  CHECK_FALSE(kind_of(event_of("CATEGORIES:birthday\r\n").get()).has_value());
  CHECK_FALSE(kind_of(event_of("SUMMARY:campaign\r\n").get()).has_value());
}

TEST_CASE("an end on another day of a whole-day entry counts days, not hours") {
  const auto c = event_of("DTSTART;VALUE=DATE:20260328\r\nDTEND;VALUE=DATE:20260331\r\n");
  calendar::detail::entry e{c.get(), icaltimezone_get_builtin_timezone("Europe/Berlin")};
  REQUIRE_FALSE(e.read().has_value());
  CHECK(e.for_each(10, [&](time_point start, time_point end) {
    CHECK(end - start == std::chrono::hours{71});  // the clocks go forward on the 29th
    return true;
  }));
}
