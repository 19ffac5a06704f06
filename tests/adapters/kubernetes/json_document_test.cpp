#include <foreshift/adapters/kubernetes/json_document.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using kubernetes::fields, kubernetes::json, kubernetes::parse_object;

TEST_CASE("what is no JSON object is told by what it is") {
  CHECK(parse_object("<html><h1>Sign in</h1>").error() ==
        "it is not JSON, or is cut: it begins with \"<html><h1>Sign in</h1>\"");
  CHECK(parse_object("").error().starts_with("it is not JSON, or is cut"));
  CHECK(parse_object(R"({"kind": "Po)").error().starts_with("it is not JSON, or is cut"));
  CHECK(parse_object("[1]").error() == "it is JSON and not an object: \"[1]\"");
  CHECK(parse_object("{\"a\": \"\xff\"}").error().starts_with("it is not JSON"));
  CHECK(parse_object(R"({"a": [{}, {"b": 1}]})").has_value());
}

TEST_CASE("length and nesting are bounded before anything is built") {
  const auto nested = [](std::size_t n) {
    return R"({"a":)" + std::string(n, '[') + std::string(n, ']') + "}";
  };
  CHECK(parse_object(nested(kubernetes::json_nesting_max - 1)).has_value());
  CHECK(parse_object(nested(kubernetes::json_nesting_max)).error() == "it nests deeper than 100 levels");
  CHECK(parse_object(nested(1'000'000)).error() == "it nests deeper than 100 levels");
  CHECK(
      parse_object(
          R"({"a": "\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["})")
          .has_value());
  CHECK(parse_object(std::string(kubernetes::json_bytes_max + 1, ' ')).error() ==
        "it is longer than 67108864 bytes");
}

TEST_CASE("absent and null read alike, and a wrong type is told once, by its path") {
  const auto object = json::parse(R"({"metadata": {"name": "web", "labels": null, "generation": 7},
      "spec": {"replicas": -1, "paused": "no", "huge": 18446744073709551615, "list": {}}, "text": 5})");
  fields in{object};
  CHECK(in.text("metadata.name") == "web");
  CHECK(in.integer("metadata.generation") == 7);
  CHECK(in.object("metadata.labels").empty());
  CHECK(in.text("status.phase").empty());
  CHECK(in.count("status.replicas", 3) == 3);
  CHECK(!in.has("metadata.labels"));
  CHECK(in.fault().empty());

  const auto told = [&](auto&& ask) {
    fields again{object};
    ask(again);
    return again.fault();
  };
  CHECK(told([](fields& f) { (void)f.count("spec.replicas"); }) == "spec.replicas: a count is wanted");
  CHECK(told([](fields& f) { CHECK(!f.flag("spec.paused")); }) == "spec.paused: true or false is wanted");
  CHECK(told([](fields& f) { (void)f.integer("spec.huge"); }) ==
        "spec.huge: a whole number of 64 bits is wanted");
  CHECK(told([](fields& f) { CHECK(f.list("spec.list").empty()); }) == "spec.list: a list is wanted");
  CHECK(told([](fields& f) { CHECK(f.object("text").empty()); }) == "text: an object is wanted");
  CHECK(told([](fields& f) { (void)f.text("text.deeper"); }) == "text: an object is wanted");
  CHECK(told([](fields& f) { (void)f.some_text("metadata.uid"); }) ==
        "metadata.uid: a string that is not empty is wanted");
  CHECK(told([](fields& f) { (void)f.text("text"), (void)f.flag("spec.paused"); }) ==
        "text: a string is wanted");
  CHECK(told([](fields& f) { f.adopt("items[3]", "spec: an object is wanted"); }) ==
        "items[3].spec: an object is wanted");
}

TEST_CASE("text that is not UTF-8 is written, with a mark in its place") {
  CHECK(kubernetes::to_text(json{{"a", "x\xff"}}) == "{\"a\":\"x\xEF\xBF\xBD\"}");
}
