#include <foreshift/adapters/docker/json.hpp>

#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace foreshift;
using docker::parse_json;

TEST_CASE("what was read is written back: unknown members, and every integer exactly") {
  const std::string text =
      R"({"a":9223372036854775807,"b":18446744073709551615,"c":-9007199254740993,"d":{"new":[null,0.1,"é"]}})";
  CHECK(docker::to_text(*parse_json(text)) == text);
  const auto service = docker_test::recorded("service_after_update.json");
  CHECK(*parse_json(docker::to_text(service)) == service);
}

TEST_CASE("a text that is no JSON, too deep or too long is refused and quoted") {
  CHECK(parse_json("").error() == "empty");
  CHECK(parse_json("<html><body>502 Bad Gateway</body></html>").error() ==
        "not JSON, it begins with \"<html><body>502 Bad Gateway</body></html...\"");
  CHECK(parse_json("{\"a\": 1").error().starts_with("not JSON"));
  CHECK(parse_json(std::string(65, '[') + std::string(65, ']')).error() == "nested deeper than 64");
  CHECK(parse_json(std::string(64, '[') + std::string(64, ']')).has_value());
  CHECK(parse_json(std::string(2'000'000, '[')).error() == "nested deeper than 64");
  CHECK(parse_json("\"" + std::string(100, '[') + "\\\"" + std::string(100, '{') + "\"").has_value());
  CHECK(parse_json(std::string(docker::json_bytes_max + 1, ' ')).error() == "longer than 67108864 bytes");
}

TEST_CASE("bytes that are no UTF-8 do not come in") {
  CHECK_FALSE(parse_json("{\"a\": \"\xff\"}").has_value());
}

TEST_CASE("a member that is absent or of another type reads as absent") {
  const auto j =
      *parse_json(R"({"a": {"b": {"text": "x", "n": 3, "minus": -1, "half": 0.5, "list": [1]}}, "n": null})");
  CHECK(docker::text_at(j, "a", "b", "text") == "x");
  CHECK(docker::text_at(j, "a", "b", "n").empty());
  CHECK(docker::text_at(j, "a", "text", "b").empty());
  CHECK(docker::count_at(j, "a", "b", "n") == 3);
  CHECK_FALSE(docker::count_at(j, "a", "b", "minus").has_value());
  CHECK_FALSE(docker::count_at(j, "a", "b", "half").has_value());
  CHECK(docker::number_at(j, "a", "b", "half") == 0.5);
  CHECK(docker::number_at(j, "n") == 0.0);
  CHECK(docker::list_at(j, "a", "b", "list").size() == 1);
  CHECK(docker::list_at(j, "a", "b", "text").empty());
  CHECK(docker::member(*parse_json("[1]"), "a") == nullptr);
}
