#include <foreshift/telemetry/resample.hpp>
#include <foreshift/telemetry/sample_csv.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::telemetry;

namespace {

std::string complaint(std::string_view text) {
  const auto parsed = parse_samples(text, "s.csv");
  return parsed ? "" : to_string(parsed.error());
}

std::vector<sampled_series> minutes(const std::vector<std::vector<int>>& all) {
  std::vector<sampled_series> out;
  for (const auto& one : all) {
    out.emplace_back();
    for (const int m : one) out.back().samples.push_back({time_point{std::chrono::minutes{m}}, 1.0});
  }
  return out;
}

}  // namespace

TEST_CASE("interleaved samples are sorted by series, and keep the order of the file within one") {
  const std::string rows =
      "b,2026-03-02T00:05:00Z,2\na,2026-03-02,7\nb,2026-03-02T00:00:00Z,1\nb,1772409900,\n";
  for (const std::string head : {"", "series,timestamp,value\n", "\xEF\xBB\xBFseries,timestamp,value\r\n"}) {
    const auto all = parse_samples(head + rows, "s.csv");
    REQUIRE(all);
    REQUIRE(all->size() == 2);
    const auto& b = (*all)[0];
    CHECK(b.name == "b");
    CHECK(b.line == (head.empty() ? 1 : 2));
    REQUIRE(b.samples.size() == 3);
    CHECK(b.samples[0].at == *parse_time("2026-03-02T00:05"));
    CHECK(b.samples[0].value == 2);
    CHECK(b.samples[1].at == *parse_time("2026-03-02"));
    CHECK(b.samples[2].at == *parse_time("2026-03-02T00:05"));
    CHECK(std::isnan(b.samples[2].value));
    CHECK((*all)[1].name == "a");
  }
}

TEST_CASE("an instant may be written in every way that has one meaning") {
  const auto t = *parse_time("2026-03-02T00:05:07");
  for (const std::string_view text :
       {"2026-03-02T00:05:07", "2026-03-02 00:05:07Z", "2026-03-02T00:05:07.123Z",
        "2026-03-02 00:05:07+00:00", "2026-03-02T02:05:07+02:00", "2026-03-01T22:35:07.5-01:30",
        "2026-03-02T00:05:07.9", "1772409907"})
    CHECK(parse_timestamp(text) == t);
  CHECK(parse_timestamp("1772409907250") == t + std::chrono::milliseconds{250});
  CHECK(parse_timestamp("0") == time_point{});
  for (const std::string_view text :
       {"", "yesterday", "2026-02-30", "2026-03-02T00:05:07+24:00", "2026-03-02T00:05:07+2:00",
        "2026-03-02T00:05:07ZZ", "-5", "1.5", "2026-03-02T00:05:07.", "12345678901", "9999999999",
        "9999999999999", "2026-03-02T00:05:07Z+00:00"})
    CHECK_FALSE(parse_timestamp(text));
}

TEST_CASE("the most common step wins, of two the shorter, across gaps, repetitions and disorder") {
  CHECK(most_common_step(minutes({{0, 5, 10, 20, 25}})) == std::chrono::minutes{5});
  CHECK(most_common_step(minutes({{25, 0, 10, 5, 5, 20}})) == std::chrono::minutes{5});
  CHECK(most_common_step(minutes({{0, 10}, {3, 8}})) == std::chrono::minutes{5});
  CHECK(most_common_step(minutes({{0, 60, 120}, {0, 1}})) == std::chrono::minutes{60});
  CHECK_FALSE(most_common_step(minutes({{0, 0}, {7}, {}})));
  CHECK_FALSE(most_common_step({}));
}

TEST_CASE("years that are further apart than a duration can say are no step") {
  std::vector<sampled_series> one(1);
  one[0].samples = {{*parse_time("1900-01-01"), 1}, {*parse_time("2200-12-31"), 2}};
  CHECK_FALSE(most_common_step(one));
}

TEST_CASE("samples become a regular series by resampling") {
  const auto all =
      parse_samples("a,2026-03-02T00:20,4\na,2026-03-02T00:00,1\na,2026-03-02T00:05,2\n", "s.csv");
  REQUIRE(all);
  const auto regular = resample((*all)[0].samples, *most_common_step(*all));
  CHECK(regular.values.size() == 5);
  CHECK(regular.quality.missing == 2);
  CHECK(regular.quality.late == 2);
}

TEST_CASE("what is wrong is said with its line and column") {
  CHECK(complaint("series,timestamp,value\na,2026-03-02\n") ==
        "s.csv:2: 3 fields are wanted, series,timestamp,value; here are 2");
  CHECK(complaint("a,noon,1\n") ==
        "s.csv:1: timestamp: not a time: \"noon\": write YYYY-MM-DDTHH:MM[:SS], UTC, or seconds since 1970");
  CHECK(complaint("a,2026-03-02,much\n") == "s.csv:1: value: not a finite number: \"much\"");
  CHECK(complaint("a,2026-03-02,inf\n") == "s.csv:1: value: not a finite number: \"inf\"");
  CHECK(complaint(",2026-03-02,1\n") == "s.csv:1: series: empty");
  CHECK(parse_samples("", "s.csv")->empty());
}
