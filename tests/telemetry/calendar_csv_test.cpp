#include <foreshift/core/random.hpp>
#include <foreshift/telemetry/calendar_csv.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using namespace foreshift::telemetry;
using namespace std::string_literals;

namespace {

std::string complaint(std::string_view text) {
  const auto parsed = parse_calendar(text, "c.csv");
  return parsed ? "" : to_string(parsed.error());
}

}  // namespace

TEST_CASE("a calendar is read with and without its header, with either line end") {
  const std::string header = "start,end,kind,label";
  const std::string first = "2026-11-27,2026-11-30,campaign,black friday";
  const std::string second = "2026-12-01T22:00,2026-12-02T02:00:00Z,maintenance_window,";
  for (const std::string end : {"\n", "\r\n"})
    for (const bool with_header : {false, true})
      for (const bool last_end : {false, true}) {
        const auto c = parse_calendar(
            (with_header ? header + end : "") + first + end + second + (last_end ? end : ""), "c.csv");
        REQUIRE(c);
        REQUIRE(c->events.size() == 2);
        CHECK(c->events[0] == calendar_event{*parse_time("2026-11-27"), *parse_time("2026-11-30"),
                                             event_kind::campaign, "black friday"});
        CHECK(c->events[1].kind == event_kind::maintenance_window);
        CHECK(c->events[1].end == *parse_time("2026-12-02T02:00"));
        CHECK(c->events[1].label.empty());
      }
}

TEST_CASE("no events are a calendar too") {
  for (const std::string_view text : {"", "\n\n", "start,end,kind,label", "start,end,kind,label\r\n"}) {
    const auto c = parse_calendar(text, "c.csv");
    REQUIRE(c);
    CHECK(c->events.empty());
  }
}

TEST_CASE("what is wrong is said with line, column and remedy") {
  CHECK(complaint("start,end,kind,label\n2026-02-29,2026-03-01,holiday,x\n") ==
        "c.csv:2: start: not a time: \"2026-02-29\": write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], UTC");
  CHECK(complaint("2026-01-01,soon,holiday,x") ==
        "c.csv:1: end: not a time: \"soon\": write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], UTC");
  CHECK(complaint("2026-01-02,2026-01-01,holiday,x") ==
        "c.csv:1: end: the event ends at or before its start, 2026-01-02T00:00:00Z");
  CHECK(complaint("2026-01-02,2026-01-02,holiday,x").find("at or before its start") != std::string::npos);
  CHECK(complaint("2026-01-01,2026-01-02,party,x") ==
        "c.csv:1: kind: not a kind of event: \"party\": write campaign, maintenance_window or holiday");
  CHECK(complaint("\n2026-01-01,2026-01-02,holiday") ==
        "c.csv:2: 4 or 5 fields are wanted, start,end,kind,label[,effect]; here are 3");
  CHECK(complaint("2026-01-01,2026-01-02,holiday,a,0.5,b").find("here are 6") != std::string::npos);
  CHECK(complaint("2026-01-01,2026-01-02,holiday,a,much") ==
        "c.csv:1: effect: not a relative change: \"much\": write 0.8 or +80% for 80 % more, or learn");
}

TEST_CASE("the header is a header only in the first line") {
  CHECK(complaint("2026-01-01,2026-01-02,holiday,x\nstart,end,kind,label\n").starts_with("c.csv:2: start"));
}

TEST_CASE("hostile text is refused in one line") {
  for (const std::string& text :
       {"2026-01-01,2026-01-02,holiday,\"x"s, "2026-01-01,2026-01-02,holiday,x\0y"s, "\0"s,
        "2026-01-01,2026-01-02,holiday,"s + std::string(5000, 'x'), std::string(100000, '"'),
        std::string(100000, ','), "\"\n\n\",\"\x1b[31m\",c,d"s, "\xFF\xFE"s,
        "2026-01-01,2026-01-02,holiday,x\ry"s, "9999-01-01,9999-01-02,holiday,x"s,
        "-001-01-01,2026-01-02,holiday,x"s}) {
    const std::string said = complaint(text);
    CHECK(said.starts_with("c.csv:1: "));
    CHECK(said.size() < 200);
    for (const char c : said) CHECK((c < 0 || c >= ' '));
  }
}

TEST_CASE("a label may have its longest length, in quotes or not, and not a byte more") {
  for (const char c : {'x', ','}) {
    const auto with = [&](std::size_t n) {
      return "2026-01-01,2026-01-02,holiday," + csv_field(std::string(n, c));
    };
    const auto longest = parse_calendar(with(calendar_label_bytes_max), "c.csv");
    REQUIRE(longest);
    CHECK(parse_calendar(to_csv(*longest), "c.csv") == longest);
    CHECK(complaint(with(calendar_label_bytes_max + 1)) == "c.csv:1: label: a label of more than 1000 bytes");
  }
  const calendar quotes{{{time_point{}, time_point{std::chrono::hours{1}}, event_kind::holiday,
                          std::string(calendar_label_bytes_max, '"')}}};
  CHECK(*parse_calendar(to_csv(quotes), "c.csv") == quotes);
}

TEST_CASE("an effect is a number or a percentage above -100 %, or is to be learnt") {
  const auto effect = [](const std::string& text) {
    const auto c =
        parse_calendar("start,end,kind,label,effect\n2026-01-01,2026-01-02,campaign,a," + text, "c");
    REQUIRE_MESSAGE(c, text);
    return c->events.at(0).effect;
  };
  CHECK(effect("0.8") == 0.8);
  CHECK(effect("+80%") == 0.8);
  CHECK(effect("-30%") == -0.3);
  CHECK(effect("1000") == 1000);
  CHECK(effect("") == std::nullopt);
  CHECK(effect("learn") == std::nullopt);
  for (const char* no : {"-1", "-100%", "nan", "inf", "1e300", "+-1", "++1", "1%%", "%", "0,8", " 1", "1 "})
    CHECK(parse_event_effect(no) == std::nullopt);
}

TEST_CASE("what is written is read back") {
  random_stream random{51};
  for (int round = 0; round < 200; ++round) {
    calendar c;
    c.events.resize(random.below(6));
    for (auto& e : c.events) {
      e.start = *parse_time("1970-01-01") + std::chrono::seconds{random.below(4'000'000'000)};
      e.end = e.start + std::chrono::seconds{1 + random.below(1'000'000)};
      e.kind = event_kinds[random.below(3)];
      if (random.below(4) == 0) e.effect = random.uniform() * 3 - 0.9;
      for (auto n = random.below(8); n > 0; --n) e.label += "ab,\"\n\r \xC3"[random.below(8)];
    }
    const auto back = parse_calendar(to_csv(c), "c.csv");
    REQUIRE(back);
    CHECK(*back == c);
  }
}
