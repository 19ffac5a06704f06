#include <foreshift/adapters/prometheus/sample_line.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <string>

using namespace foreshift;
using namespace std::chrono_literals;
using prometheus::parse_sample_line;
using telemetry::metric;

namespace {

prometheus::sample_line of(const std::string& line) {
  const auto read = parse_sample_line(line);
  REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error()));
  return *read;
}
bool refuses(const std::string& line, const std::string& why) {
  const auto read = parse_sample_line(line);
  if (!read && read.error().find(why) == std::string::npos) MESSAGE(read.error());
  return !read && read.error().find(why) != std::string::npos;
}
const std::string rest = R"("host":"h","metric":"cpu","value":1})";

}  // namespace

TEST_CASE("a line says whose, what, when and how much, in any order") {
  const auto s = of(
      R"( { "value" : -1.5e3, "metric":"memory", "site":"s", "workload":"w\u00e4", "host":"h", "time":"1970-01-01T01:00:00+01:00" } )");
  CHECK(s.whose == prometheus::subject{"s", "h", "w\xC3\xA4"});
  CHECK(s.what == metric::memory);
  CHECK(s.at == time_point{});
  CHECK(s.value == -1500);
  CHECK(of(R"({"workload":"w","metric":"cpu","value":1})").at == std::nullopt);
}
TEST_CASE("times are texts, seconds or milliseconds") {
  CHECK(of(R"({"time":"1970-01-02",)" + rest).at == time_point{24h});
  CHECK(of(R"({"time":1700000000,)" + rest).at == time_point{1'700'000'000s});
  CHECK(of(R"({"time":1700000000123,)" + rest).at == time_point{1'700'000'000'123ms});
  CHECK(of(R"({"time":1700000000.25,)" + rest).at == time_point{1'700'000'000'250ms});
  CHECK(of(R"({"time":-60,)" + rest).at == time_point{-60s});
}
TEST_CASE("null is a reading that failed, and keys that mean nothing here are let pass") {
  CHECK(std::isnan(of(R"({"host":"h","metric":"io","value":null,"unit":["B",{"per":"s"}]})").value));
}
TEST_CASE("what is wrong is said") {
  CHECK(refuses("", "an object is wanted"));
  CHECK(refuses("[1]", "an object is wanted"));
  CHECK(refuses("{" + rest + "x", "the end is wanted"));
  CHECK(refuses("{}", "no metric"));
  CHECK(refuses(R"({"metric":"cpu","host":"h"})", "no value"));
  CHECK(refuses(R"({"metric":"cpu","value":1,"site":"s"})", "neither host nor workload"));
  CHECK(refuses(R"({"metric":"CPU","value":1,"host":"h"})", "not a metric: \"CPU\""));
  CHECK(refuses(R"({"metric":"cpu","value":"1","host":"h"})", "a number is wanted"));
  CHECK(refuses(R"({"metric":"cpu","value":1e999,"host":"h"})", "beyond all numbers"));
  CHECK(refuses(R"({"metric":"cpu","value":NaN,"host":"h"})", "a number is wanted"));
  CHECK(refuses(R"({"metric":"cpu","value":1,"host":""})", "a name is empty"));
  CHECK(refuses(R"({"metric":"cpu","value":1,"host":")" + std::string(513, 'x') + "\"}", "longer than 512"));
  CHECK(refuses(R"({"host":"g",)" + rest, "host: twice"));
  CHECK(refuses(R"({"time":"noon",)" + rest, "not a time: \"noon\""));
  CHECK(refuses(R"({"time":1e300,)" + rest, "not a time: \"1e300\""));
  CHECK(refuses(R"({"x":)" + std::string(100, '['), "less nesting"));
}
