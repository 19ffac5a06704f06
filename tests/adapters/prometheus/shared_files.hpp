#pragma once
// What is installed below share/foreshift, for tests that hold it to the metrics that there are.

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace prometheus_test {

inline constexpr const char* dashboards[] = {"grafana/hosts.json", "grafana/loop.json"};
inline constexpr const char* rules[] = {"prometheus/recording.yml", "prometheus/alerts.yml"};

inline std::string shared_file(const std::string& name) {
  return FORESHIFT_TEST_DATA "/../../share/foreshift/" + name;
}
inline std::string text_of(const std::string& name) {
  std::ifstream in{shared_file(name)};
  REQUIRE_MESSAGE(in, name);
  return {std::istreambuf_iterator<char>{in}, {}};
}
/// Every match of a pattern's first group.
inline std::set<std::string> all_of(const std::string& text, const char* pattern) {
  const std::regex what{pattern};
  std::set<std::string> out;
  for (std::sregex_iterator i{text.begin(), text.end(), what}, end; i != end; ++i) out.insert((*i)[1]);
  return out;
}
/// The queries of a dashboard, as they are sent but for its variables.
inline std::set<std::string> queries_of(const std::string& dashboard) {
  std::set<std::string> out;
  for (const std::string& query : all_of(text_of(dashboard), R"re("expr": "((?:[^"\\]|\\.)*)")re"))
    out.insert(std::regex_replace(query, std::regex{R"(\\")"}, "\""));
  return out;
}

}  // namespace prometheus_test
