#pragma once
// A page of metrics as a table that tests can ask.

#include <foreshift/adapters/prometheus/exposition_reader.hpp>

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace prometheus_test {

using namespace foreshift;
using namespace foreshift::prometheus;

/// Reads a page whole; each series once, each family declared and described before its samples.
struct page_text {
  std::map<std::string, double, std::less<>> series;
  std::map<std::string, metric_type, std::less<>> families;

  explicit page_text(const std::string& text, exposition_format format = exposition_format::openmetrics) {
    exposition_reader reader{text, "page", {.format = format}};
    std::set<std::string> helped;
    for (auto item = reader.next(); item != exposition_item::end; item = reader.next()) {
      if (item == exposition_item::help) helped.emplace(reader.about());
      if (item == exposition_item::type) {
        const std::string name{reader.family().name};
        CHECK(helped.contains(name));
        CHECK(families.emplace(name, reader.family().type).second);
      }
      if (item != exposition_item::sample) continue;
      CHECK_MESSAGE(reader.family().has(reader.sample().name), reader.sample().series);
      CHECK(series.emplace(reader.sample().series, reader.sample().value).second);
    }
    REQUIRE_MESSAGE(!reader.error(), (reader.error() ? to_string(*reader.error()) : ""));
  }
  /// -1 for a series that is not there; no value here is negative.
  [[nodiscard]] double operator[](std::string_view name) const {
    const auto found = series.find(name);
    return found == series.end() ? -1 : found->second;
  }
  /// How many series begin so.
  [[nodiscard]] std::size_t count(std::string_view prefix) const {
    std::size_t n = 0;
    for (const auto& [name, value] : series) n += name.starts_with(prefix) ? 1 : 0;
    return n;
  }
};

}  // namespace prometheus_test
