#pragma once
// Answers of Docker 20.10.24 of Debian 12: a swarm of four nodes, a service moved by one update
// (tests/data/docker).

#include <foreshift/adapters/docker/json.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace docker_test {

inline std::string recorded_text(const std::string& name) {
  std::ifstream in{std::string{FORESHIFT_TEST_DATA} + "/docker/" + name};
  REQUIRE_MESSAGE(in, name);
  return {std::istreambuf_iterator<char>{in}, {}};
}
inline foreshift::docker::json recorded(const std::string& name) {
  auto read = foreshift::docker::parse_json(recorded_text(name));
  REQUIRE(read.has_value());
  return *read;
}
inline foreshift::docker::json from_text(const std::string& text) {
  auto read = foreshift::docker::parse_json(text);
  REQUIRE_MESSAGE(read.has_value(), text);
  return *read;
}

/// Each member of a tree in turn is taken away, or made of every other type: a reader must not mind.
template <class Read>
void for_each_damage(const foreshift::docker::json& whole, const Read& read) {
  const auto flat = whole.flatten();
  for (const auto& [pointer, value] : flat.items())
    for (const char* other : {"null", "7", "-1", "1e300", "\"x\"", "[]", "{}", "true"}) {
      auto damaged = whole;
      for (auto at = foreshift::docker::json::json_pointer{pointer}; !at.empty(); at = at.parent_pointer()) {
        damaged[at] = foreshift::docker::json::parse(other);
        read(damaged);
        damaged = whole;
      }
    }
}

}  // namespace docker_test
