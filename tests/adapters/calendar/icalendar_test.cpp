#include <foreshift/adapters/calendar/icalendar.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using calendar::icalendar_options;
using telemetry::calendar_event, telemetry::event_kind;

namespace {

time_point at(std::string_view text) { return parse_time(text).value(); }
icalendar_options year_2026(std::string zone = "UTC") {
  return {.from = at("2026-01-01"), .to = at("2027-01-01"), .zone = std::move(zone)};
}
std::string calendar_of(const std::string& entries) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n" + entries + "END:VCALENDAR\r\n";
}
std::string entry(const std::string& lines, const std::string& uid = "1") {
  return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTAMP:20260101T000000Z\r\n" + lines + "END:VEVENT\r\n";
}
calendar::icalendar_events read(const std::string& entries, const icalendar_options& o = year_2026()) {
  auto found = calendar::parse_icalendar(calendar_of(entries), "team.ics", o);
  REQUIRE(found.has_value());
  return *std::move(found);
}
std::vector<std::string> spans(const calendar::icalendar_events& of) {
  std::vector<std::string> out;
  const auto minutes = [](time_point t) { return format_time(t).replace(10, 1, " ").substr(0, 16); };
  for (const auto& e : of.events.events) out.push_back(minutes(e.start) + " " + minutes(e.end));
  return out;
}
using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("an entry is an event: its kind from its categories, its label from its summary") {
  const auto found = read(
      entry("DTSTART:20261127T080000Z\r\nDTEND:20261130T200000Z\r\nSUMMARY:black "
            "friday\r\nCATEGORIES:Shop,Campaign\r\n") +
      entry("DTSTART:20261201T220000Z\r\nDURATION:PT4H\r\nSUMMARY:db-1\r\nCATEGORIES:Maintenance window\r\n",
            "2") +
      entry("DTSTART;VALUE=DATE:20261225\r\nSUMMARY:christmas\r\nCATEGORIES:HOLIDAY\r\n", "3"));
  CHECK(found.left_out.empty());
  REQUIRE(found.events.events.size() == 3);
  CHECK(found.events.events[0] ==
        calendar_event{at("2026-11-27T08:00"), at("2026-11-30T20:00"), event_kind::campaign, "black friday"});
  CHECK(found.events.events[1] == calendar_event{at("2026-12-01T22:00"), at("2026-12-02T02:00"),
                                                 event_kind::maintenance_window, "db-1"});
  CHECK(found.events.events[2] ==
        calendar_event{at("2026-12-25"), at("2026-12-26"), event_kind::holiday, "christmas"});
}

TEST_CASE("an entry may announce its effect, and is left out when nobody can read it") {
  const auto found = read(
      entry("DTSTART:20261127T080000Z\r\nDURATION:PT4H\r\nSUMMARY:a\r\nX-FORESHIFT-EFFECT:+80%\r\n") +
      entry("DTSTART:20261128T080000Z\r\nDURATION:PT4H\r\nSUMMARY:b\r\nX-FORESHIFT-EFFECT:much\r\n", "2") +
      entry("DTSTART:20261129T080000Z\r\nDURATION:PT4H\r\nSUMMARY:c\r\nX-OTHER:1\r\n", "3"));
  REQUIRE(found.events.events.size() == 2);
  CHECK(found.events.events[0].effect == 0.8);
  CHECK(found.events.events[1].effect == std::nullopt);
  REQUIRE(found.left_out.size() == 1);
  CHECK(found.left_out[0].reason ==
        "X-FORESHIFT-EFFECT is no relative change: write 0.8 or +80% for 80 % more");
}

TEST_CASE("an entry recurs by its rule, but for exceptions, and on dates of its own") {
  const auto found =
      read(entry("DTSTART:20260105T100000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\n"
                 "EXDATE:20260112T100000Z\r\nRDATE:20260301T090000Z\r\n"));
  CHECK(spans(found) == strings{"2026-01-05 10:00 2026-01-05 11:00", "2026-01-19 10:00 2026-01-19 11:00",
                                "2026-01-26 10:00 2026-01-26 11:00", "2026-03-01 09:00 2026-03-01 10:00"});
}

TEST_CASE("an occurrence that was moved is where it was moved to, and one that was called off is nowhere") {
  const auto found =
      read(entry("DTSTART:20260105T100000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n") +
           entry("RECURRENCE-ID:20260112T100000Z\r\nDTSTART:20260113T150000Z\r\nDURATION:PT2H\r\n") +
           entry("RECURRENCE-ID:20260119T100000Z\r\nDTSTART:20260119T100000Z\r\nDURATION:PT1H\r\nSTATUS:"
                 "CANCELLED\r\n"));
  CHECK(spans(found) == strings{"2026-01-05 10:00 2026-01-05 11:00", "2026-01-13 15:00 2026-01-13 17:00"});
}

TEST_CASE(
    "times keep their wall clock over the change to summer time: with a zone, without one, whole days") {
  const auto rule = "RRULE:FREQ=DAILY;COUNT=2\r\n";
  const strings as_in_berlin{"2026-03-28 08:00 2026-03-28 09:00", "2026-03-29 07:00 2026-03-29 08:00"};
  CHECK(spans(read(entry(std::string{"DTSTART;TZID=Europe/Berlin:20260328T090000\r\nDURATION:PT1H\r\n"} +
                         rule))) == as_in_berlin);
  CHECK(spans(read(entry(std::string{"DTSTART:20260328T090000\r\nDURATION:PT1H\r\n"} + rule),
                   year_2026("Europe/Berlin"))) == as_in_berlin);
  const auto days =
      read(entry("DTSTART;VALUE=DATE:20260329\r\nDTEND;VALUE=DATE:20260330\r\n"), year_2026("Europe/Berlin"));
  CHECK(spans(days) == strings{"2026-03-28 23:00 2026-03-29 22:00"});  // a day of 23 hours
}

TEST_CASE("a zone may be the file's own") {
  const auto found = read(
      "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0300\r\n"
      "TZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n" +
      entry("DTSTART;TZID=Ours:20260601T120000\r\nDTEND;TZID=Ours:20260601T130000\r\n"));
  CHECK(spans(found) == strings{"2026-06-01 09:00 2026-06-01 10:00"});
}

TEST_CASE("only what has a part in the window counts, and a rule without an end ends with it") {
  auto o = year_2026();
  o.from = at("2026-06-02T10:30"), o.to = at("2026-06-04");
  const auto found = read(entry("DTSTART:20200101T100000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\n"), o);
  CHECK(spans(found) == strings{"2026-06-02 10:00 2026-06-02 11:00", "2026-06-03 10:00 2026-06-03 11:00"});
}

TEST_CASE("an entry that cannot be used is left out with its line, and the others count") {
  const auto found =
      read(entry("DTSTART;TZID=Mars/Olympus:20260601T120000\r\nDURATION:PT1H\r\nSUMMARY:far\r\n") +
           entry("DTSTART:20260601T120000Z\r\nSUMMARY:a moment\r\n", "2") + entry("SUMMARY:never\r\n", "3") +
           entry("DTSTART:20260601T120000Z\r\nDTEND:20260601T110000Z\r\nSUMMARY:back\r\n", "4") +
           entry("DTSTART:20260601T120000Z\r\nDURATION:PT1H\r\n", "5"));
  CHECK(found.events.events.size() == 1);
  REQUIRE(found.left_out.size() == 4);
  CHECK(to_string(found.left_out[0]) ==
        "team.ics:4: \"far\": the zone of its DTSTART, \"Mars/Olympus\", is not known");
  CHECK(found.left_out[1].reason == "it has no length");
  CHECK(found.left_out[1].line == 11);
  CHECK(found.left_out[2].reason == "it has no DTSTART");
  CHECK(found.left_out[3].reason == "it has no length");
}

TEST_CASE("a rule that recurs without measure is cut short, and said") {
  auto o = year_2026();
  o.occurrences_max = 1000;
  const auto found = read(entry("DTSTART:20260101T000000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY\r\n"), o);
  CHECK(found.events.events.size() == 1000);
  REQUIRE(found.left_out.size() == 1);
  CHECK(found.left_out[0].reason.find("more than 1000 times") != std::string::npos);
}

TEST_CASE("what is no calendar, too long, or for an unknown zone is an error that says so") {
  for (const std::string text :
       {"", "start,end,kind,label\n", "<html>not found</html>", "BEGIN:VCARD\r\nEND:VCARD\r\n"}) {
    const auto found = calendar::parse_icalendar(text, "team.ics", year_2026());
    REQUIRE_FALSE(found.has_value());
    CHECK(to_string(found.error()) == "team.ics: no iCalendar: it has no BEGIN:VCALENDAR");
  }
  auto o = year_2026("Nowhere/Never");
  CHECK(calendar::parse_icalendar(calendar_of(""), "team.ics", o).error().field == "zone");
  o = year_2026();
  o.bytes_max = 10;
  CHECK(calendar::parse_icalendar(calendar_of(""), "team.ics", o).error().reason == "more than 10 bytes");
}

TEST_CASE("every prefix of a calendar is read or refused") {
  const auto whole =
      calendar_of(entry("DTSTART;TZID=Europe/Berlin:20260328T090000\r\nDURATION:PT1H\r\n"
                        "RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3\r\nEXDATE:20260424T070000Z\r\n"));
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    const auto found =
        calendar::parse_icalendar(std::string_view{whole}.substr(0, n), "team.ics", year_2026());
    if (found)
      for (const auto& e : found->events.events) CHECK(e.start < e.end);
  }
}
