#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using namespace std::chrono_literals;
using namespace std::string_literals;

TEST_CASE("every day from 1900 to 2200 is written and read back, at a time of its own") {
  random_stream random{6};
  const auto first = *parse_time("1900-01-01"), last = *parse_time("2200-12-31");
  std::size_t days = 0;
  for (auto day = first; day <= last; day += 24h, ++days) {
    const auto t = day + std::chrono::seconds{random.below(86400)};
    const std::string text = format_time(t);
    REQUIRE(text.size() == 20);
    REQUIRE(parse_time(text) == t);
    REQUIRE(parse_time(text.substr(0, 10)) == day);
  }
  CHECK(days == 301U * 365 + 73);  // 76 multiples of 4 less 1900, 2100 and 2200
}

TEST_CASE("instants that others have fixed") {
  CHECK(*parse_time("1970-01-01") == time_point{});
  CHECK(*parse_time("2001-09-09T01:46:40Z") == time_point{1'000'000'000s});
  CHECK(*parse_time("2038-01-19T03:14:07") == time_point{2'147'483'647s});
  CHECK(*parse_time("1969-12-31 23:59:59") == time_point{-1s});
  CHECK(format_time(time_point{-1ns}) == "1969-12-31T23:59:59Z");
  CHECK(format_time(*parse_time("2000-02-29")) == "2000-02-29T00:00:00Z");
}

TEST_CASE("a time may be cut to minutes or to a day, with a T or a blank, with a Z or without") {
  const auto t = *parse_time("2011-03-03T00:05:00Z");
  for (const std::string_view text :
       {"2011-03-03T00:05:00", "2011-03-03 00:05:00Z", "2011-03-03T00:05Z", "2011-03-03 00:05"})
    CHECK(parse_time(text) == t);
  CHECK(parse_time("2011-03-03Z") == parse_time("2011-03-03"));
}

TEST_CASE("anything else is refused") {
  for (const std::string& text : {""s,
                                  "Z"s,
                                  "2011"s,
                                  "2011-03"s,
                                  "2011-3-3"s,
                                  "2011-03-3"s,
                                  "2011/03/03"s,
                                  "2011-02-29"s,
                                  "1900-02-29"s,
                                  "2011-04-31"s,
                                  "2011-00-10"s,
                                  "2011-13-10"s,
                                  "2011-01-00"s,
                                  "1899-12-31"s,
                                  "2201-01-01"s,
                                  "0000-00-00"s,
                                  "2011-03-03T"s,
                                  "2011-03-03T1"s,
                                  "2011-03-03T00"s,
                                  "2011-03-03T24:00"s,
                                  "2011-03-03T00:60"s,
                                  "2011-03-03T00:00:60"s,
                                  "2011-03-03T00:00:0"s,
                                  "2011-03-03T00:00:00.5"s,
                                  "2011-03-03T00:00:00+01:00"s,
                                  "2011-03-03T00:00:00ZZ"s,
                                  "2011-03-03x00:00"s,
                                  "2011-03-03T00-00"s,
                                  "2011-03-03T00:00 00"s,
                                  " 2011-03-03"s,
                                  "2011-03-03 "s,
                                  "2011-03-03T00:00:00 "s,
                                  "-011-03-03"s,
                                  "+011-03-03"s,
                                  "2011-+3-03"s,
                                  "2011--3-03"s,
                                  "2011-03-03T-1:00"s,
                                  "2011-03-03\0"s,
                                  "2011-03-03T00:00\0:00"s,
                                  "0x11-03-03"s,
                                  "２０１１-03-03"s,
                                  "2011-03-03T00:00:00Z2011-03-03"s,
                                  std::string(100000, '1')})
    CHECK_MESSAGE(!parse_time(text), text);
}

TEST_CASE("any one wrong character in a time is refused") {
  const std::string good = "2011-03-03T00:05:00";
  for (std::size_t i = 0; i < good.size(); ++i)
    for (const char c : {'a', '\0', '\xFF', '/', '+'}) {
      std::string bad = good;
      bad[i] = c;
      CHECK_FALSE(parse_time(bad));
    }
}

TEST_CASE("durations in seconds") {
  CHECK(to_seconds(5min) == 300.0);
  CHECK(to_seconds(1ns) == 1e-9);
  CHECK(to_seconds(-250ms) == -0.25);
}
