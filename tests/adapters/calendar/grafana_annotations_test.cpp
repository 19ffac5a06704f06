#include <foreshift/adapters/calendar/grafana_annotations.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using namespace std::chrono_literals;
using calendar::parse_annotations;
using telemetry::calendar_event, telemetry::event_kind;

namespace {

const time_point ten = parse_time("2026-11-27T10:00").value();
std::string at(duration after) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::milliseconds>((ten + after).time_since_epoch()).count());
}
// The form of an answer as Grafana's documentation of its HTTP API shows it.
const std::string answer = R"([
  {"id": 1, "dashboardUID": "x", "time": )" +
                           at(1h) + R"(, "timeEnd": )" + at(3h) +
                           R"(, "tags": ["shop", "campaign"], "text": "sale"},
  {"id": 2, "time": )" + at(0h) +
                           R"(, "timeEnd": )" + at(0h) + R"(, "tags": ["deploy"], "text": "v2"},
  {"id": 3, "time": )" + at(2h) +
                           R"(, "timeEnd": )" + at(4h) + R"(, "tags": ["planned-work"], "text": "db-1"}
])";

}  // namespace

TEST_CASE("regions whose tags name a kind are events, by start") {
  calendar::annotation_options options;
  options.kinds.insert_or_assign("planned-work", event_kind::maintenance_window);
  const auto found = parse_annotations(answer, "grafana", options);
  REQUIRE(found.has_value());
  REQUIRE(found->events.size() == 2);
  CHECK(found->events[0] == calendar_event{ten + 1h, ten + 3h, event_kind::campaign, "shop"});
  CHECK(found->events[1] == calendar_event{ten + 2h, ten + 4h, event_kind::maintenance_window, "db-1"});
}

TEST_CASE("a tag may announce the effect, and is no label") {
  const auto found = parse_annotations(
      R"([{"time": 0, "timeEnd": 60000, "tags": ["effect:-30%", "campaign", "shop"], "text": "sale"}])",
      "grafana", {});
  REQUIRE(found.has_value());
  REQUIRE(found->events.size() == 1);
  CHECK(found->events[0].effect == -0.3);
  CHECK(found->events[0].label == "shop");
}

TEST_CASE("marks without an end, and tags that say nothing, count as the caller says") {
  const auto found = parse_annotations(answer, "grafana", {.otherwise = event_kind::holiday, .mark = 30min});
  REQUIRE(found.has_value());
  REQUIRE(found->events.size() == 3);
  CHECK(found->events[0] == calendar_event{ten, ten + 30min, event_kind::holiday, "deploy"});
}

TEST_CASE("what is asked for is in the target") {
  CHECK(calendar::annotations_target(time_point{1s}, time_point{2500ms}, {.count_max = 7}) ==
        "/api/annotations?from=1000&to=2500&limit=7");
}

TEST_CASE("an answer that is none is an error, and hostile members are left out") {
  CHECK(parse_annotations(R"({"message": "Invalid API key"})", "grafana").error().reason ==
        "the server says \"Invalid API key\"");
  const auto odd = parse_annotations(
      R"([1, "x", null, {}, {"time": "soon"}, {"time": 1e300, "timeEnd": 2}, {"time": 18446744073709551615, "timeEnd": 5},
          {"time": 9223372036854775807, "timeEnd": 9223372036854775807}, {"time": 5, "timeEnd": 9, "tags": 7},
          {"time": 5, "timeEnd": 9, "tags": [7, null, "holiday"]}])",
      "grafana");
  REQUIRE(odd.has_value());
  CHECK(odd->events.size() == 1);
  for (std::size_t n = 0; n < answer.size(); ++n)
    CHECK_FALSE(parse_annotations(std::string_view{answer}.substr(0, n), "grafana").has_value());
}
