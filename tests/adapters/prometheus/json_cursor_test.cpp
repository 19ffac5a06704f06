#include <foreshift/adapters/prometheus/json_cursor.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace foreshift;
using prometheus::json_cursor;

namespace {

bool is_json(std::string_view text) {
  json_cursor in{text};
  return in.skip() && in.finish();
}
std::string string_of(std::string_view text) {
  json_cursor in{text};
  std::string out;
  REQUIRE(in.string(out));
  REQUIRE(in.finish());
  return out;
}
std::string fault_of(std::string_view text) {
  json_cursor in{text};
  REQUIRE(!(in.skip() && in.finish()));
  return in.fault();
}

}  // namespace

TEST_CASE("JSON is taken and what is none is not") {
  // After N. Seriot, "Parsing JSON is a minefield" (the y_ and n_ cases of JSONTestSuite).
  for (const std::string_view good :
       {"[]", "{}", " [ 1 , -0 , 0.5, 1e9 , 1E-2, -1.25e+3 ] ", "[[],[[]],{\"a\":{}}]", "null", "true",
        "\"\"", "[\"\\u0041\\n\\/\"]", "{\"a\":1,\"a\":2}", "[\"\xE2\x82\xAC\"]", "[\"\x7f\"]",
        "\n\t\r [false]"})
    CHECK_MESSAGE(is_json(good), good);
  for (const std::string_view bad : {"",
                                     "[",
                                     "]",
                                     "[1,]",
                                     "[,1]",
                                     "[1 2]",
                                     "{\"a\"}",
                                     "{\"a\":}",
                                     "{a:1}",
                                     "{'a':1}",
                                     "[01]",
                                     "[-]",
                                     "[1.]",
                                     "[.5]",
                                     "[1e]",
                                     "[+1]",
                                     "[0x1]",
                                     "[NaN]",
                                     "[1]x",
                                     "[\"\\x\"]",
                                     "[\"\\u12\"]",
                                     "[\"\\u12G4\"]",
                                     "[\"a]",
                                     "[\"a\nb\"]",
                                     "[\"\xFF\"]",
                                     "[\"\\\"]",
                                     "nul",
                                     "[\"\xED\xA0\x80\"]",
                                     "{\"a\":1,}",
                                     "[tru]",
                                     "{\"a\":1 \"b\":2}",
                                     "\xEF\xBB\xBF{}",
                                     "[1}",
                                     "{\"a\":1]"})
    CHECK_MESSAGE(!is_json(bad), bad);
}

TEST_CASE("escapes come out as what they stand for") {
  CHECK(string_of("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"") == "a\"\\/\b\f\n\r\tz");
  CHECK(string_of("\"\\u00e9\\u20AC\\ud83d\\ude00\"") == "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(string_of("\"\\u0000\"") == std::string(1, '\0'));
  CHECK(string_of("\"\\ud800x\"") == "\xEF\xBF\xBDx");  // half a pair
  CHECK(string_of("\"\\ud800\\u0041\"") ==
        "\xEF\xBF\xBD"
        "A");
  CHECK(string_of("\"\\udc00\"") == "\xEF\xBF\xBD");
}

TEST_CASE("nesting is bounded") {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  CHECK(is_json(nested(64)));
  CHECK(!is_json(nested(65)));
  CHECK(!is_json(std::string(1'000'000, '[')));
}

TEST_CASE("a fault says where and what") {
  CHECK(fault_of("{\"a\":[1,2}") == "byte 9: a comma or ] is wanted, not \"}\"");
  CHECK(fault_of("[1") == "byte 2: a comma or ] is wanted, and there the text ends");
  CHECK(fault_of("<html>") == "byte 0: a number is wanted, not \"<html>\"");
  json_cursor in{"[1]"};
  CHECK(!in.refuse("too much"));
  CHECK(!in.fail("less"));
  CHECK(in.fault() == "byte 0: too much");
  CHECK(in.peek() == '\0');  // after a failure nothing is read
  CHECK(!in.skip());
}

TEST_CASE("what is asked for is read, what is not known is skipped") {
  json_cursor in{R"({"a": [1, 2.5], "other": {"b": [null, "x"]}, "name": "v"} )"};
  std::vector<std::string> numbers;
  std::string name;
  CHECK(in.object([&](std::string_view key) {
    if (key == "a")
      return in.array([&] {
        std::string_view n;
        return in.number(n) && (numbers.emplace_back(n), true);
      });
    return key == "name" ? in.string(name) : in.skip();
  }));
  CHECK(in.finish());
  CHECK(numbers == std::vector<std::string>{"1", "2.5"});
  CHECK(name == "v");
}
