#include <foreshift/adapters/prometheus/query_point.hpp>

#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using namespace foreshift;
using prometheus::query_point;

namespace {

std::optional<query_point> point_of(std::string_view text) {
  prometheus::json_cursor in{text};
  query_point p;
  if (!read_point(in, p) || !in.finish()) return std::nullopt;
  return p;
}
time_point at_ms(std::int64_t ms) { return time_point{std::chrono::milliseconds{ms}}; }

}  // namespace

TEST_CASE("a point is read in Prometheus's form and in any other of the same") {
  for (const std::string_view text :
       {"[1435781430.781,\"1.5\"]", " [ 1435781430.781 , \"1.5\" ] ", "[1.435781430781e9,\"1.5\"]",
        "[1435781430.7810,\"1.5\"]", "[1435781430.78099999,\"\\u0031.5\"]",
        "[1435781430.781,\"+1.5000000000000000000000000000000000000\"]"}) {
    CAPTURE(text);
    const auto p = point_of(text);
    REQUIRE(p.has_value());
    CHECK(p->at == at_ms(1435781430781));
    CHECK(p->value == 1.5);
  }
  CHECK(point_of("[0,\"0\"]")->at == at_ms(0));
  CHECK(point_of("[-1.5,\"0\"]")->at == at_ms(-1500));
  CHECK(point_of("[7258118399.999,\"0\"]")->at == at_ms(7258118399999));
  CHECK(std::isnan(point_of("[1,\"NaN\"]")->value));
  CHECK(point_of("[1,\"+Inf\"]")->value == std::numeric_limits<double>::infinity());
  CHECK(point_of("[1,\"-Inf\"]")->value == -std::numeric_limits<double>::infinity());
}
TEST_CASE("what is no point is refused") {
  for (const std::string_view text : {"",
                                      "[]",
                                      "[1]",
                                      "[1,2]",
                                      "[1,\"\"]",
                                      "[1,\"x\"]",
                                      "[1,\"1\",2]",
                                      "[\"1\",\"1\"]",
                                      "[01,\"1\"]",
                                      "[7258118400,\"1\"]",
                                      "[1e300,\"1\"]",
                                      "[99999999999999999999,\"1\"]",
                                      "[1,\"1]",
                                      "[1,\"1\"",
                                      "[1.,\"1\"]",
                                      "[1,\"0x1\"]",
                                      "[1,\"1 \"]",
                                      "{\"1\":\"1\"}",
                                      "null",
                                      "[.5,\"1\"]",
                                      "[1,\"1\"}"}) {
    CAPTURE(text);
    CHECK(!point_of(text));
  }
}
TEST_CASE("every double survives being written as a point and read again") {
  random_stream random{1};
  for (int i = 0; i < 20'000; ++i) {
    const auto value = std::bit_cast<double>(random());
    const auto ms = static_cast<std::int64_t>(random.below(7'258'118'400'000));
    std::string text = "[" + std::to_string(ms / 1000);
    if (ms % 1000 != 0) text += "." + std::to_string(1000 + ms % 1000).substr(1);
    text += ",\"";
    prometheus::append_value(text, value);
    text += "\"]";
    const auto p = point_of(text);
    REQUIRE(p.has_value());
    CHECK(p->at == at_ms(ms));
    CHECK((std::isnan(value) ? std::isnan(p->value) : p->value == value));
  }
}
