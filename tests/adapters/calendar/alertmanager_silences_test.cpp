#include <foreshift/adapters/calendar/alertmanager_silences.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using calendar::parse_silences;
using telemetry::calendar_event, telemetry::event_kind;

namespace {

std::string silence(const std::string& matchers, const std::string& state = "active") {
  return R"({"id": "7d8d", "status": {"state": ")" + state +
         R"("}, "comment": "new disks", "createdBy": "ops", "startsAt": "2026-11-27T10:00:00.000Z",
           "endsAt": "2026-11-27T13:00:00.123+01:00", "matchers": [)" +
         matchers + "]}";
}
std::string matcher(const std::string& name, const std::string& value, const std::string& more = "") {
  return R"({"name": ")" + name + R"(", "value": ")" + value + R"(", "isRegex": false)" + more + "}";
}
const time_point ten = parse_time("2026-11-27T10:00").value(),
                 twelve = parse_time("2026-11-27T12:00").value();

}  // namespace

TEST_CASE("a silence of a host is a maintenance window of it") {
  const auto found = parse_silences(
      "[" + silence(matcher("alertname", "Down") + "," + matcher("instance", "web-1:9100")) + "]", "am");
  REQUIRE(found.has_value());
  REQUIRE(found->events.size() == 1);
  CHECK(found->events[0] == calendar_event{ten, twelve, event_kind::maintenance_window, "web-1"});
  const auto by_node = parse_silences("[" + silence(matcher("node", "a:b"), "pending") + "]", "am",
                                      {.host_label = "node", .cut_port = false});
  REQUIRE(by_node->events.size() == 1);
  CHECK(by_node->events[0].label == "a:b");
}

TEST_CASE("silences that are over, and matchers that name no one host, are left out") {
  for (const auto& one :
       {silence(matcher("instance", "web-1"), "expired"), silence(matcher("job", "web-1")),
        silence(matcher("instance", "web-1", R"(, "isEqual": false)")),
        silence(R"({"name": "instance", "value": "web-.*", "isRegex": true})"), silence("7, null, {}")}) {
    const auto found = parse_silences("[" + one + "]", "am");
    REQUIRE(found.has_value());
    CHECK(found->events.empty());
  }
}

TEST_CASE("an answer that is none is an error that says so") {
  CHECK(parse_silences("<html>", "am").error().reason.starts_with("not JSON"));
  CHECK(parse_silences(R"([{"id": "x"}])", "am").error().reason ==
        "silence \"x\" has no times that can be read");
  CHECK(parse_silences("[1, null]", "am")->events.empty());
}
