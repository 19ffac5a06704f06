#include <foreshift/adapters/prometheus/subject_panel.hpp>

#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using prometheus::query_answer;
using telemetry::metric;

namespace {

const telemetry::time_grid grid{time_point{1h}, 60s, 4};

prometheus::relabel_table table_of(const std::string& text) {
  auto table = prometheus::parse_relabel_table(text, "test.map");
  REQUIRE_MESSAGE(table.has_value(), (table ? "" : to_string(table.error())));
  return *std::move(table);
}
/// Adds a series with values at instants of `at`; NaN is a point like any other.
void add_series(query_answer& to, prometheus::series_labels labels, const telemetry::time_grid& at,
                const std::vector<double>& values) {
  to.series.push_back({std::move(labels), to.times.size(), to.times.size() + values.size()});
  for (std::size_t i = 0; i < values.size(); ++i)
    to.times.push_back(at.time_at(i)), to.values.push_back(values[i]);
}
std::vector<double> row(const prometheus::relabelled& r, std::size_t s) {
  const auto v = r.values.of(s);
  std::vector<double> out(v.begin(), v.end());
  for (double& x : out)
    if (std::isnan(x)) x = -1;
  return out;
}
using values = std::vector<double>;

}  // namespace

TEST_CASE("series become hosts and workloads, in order, each with its metrics") {
  const auto table = table_of(
      "[cpu]\nquery = a\nhost = {h}\nworkload = {w}\nfactor = 2\n[memory]\nquery = b\nhost = {h}\nworkload = "
      "{w}\n"
      "[cpu]\nquery = c\nhost = {h}\n");
  prometheus::subject_panel panel{grid};
  const auto at = panel.query_grid(table.rules[0]);
  CHECK(at.start == grid.time_at(1));  // the end of the first step
  CHECK(at.size == 4);
  query_answer cpu, memory, host;
  add_series(cpu, {{"h", "h2"}, {"w", "b"}}, at, {1, 2, 3, 4});
  add_series(cpu, {{"h", "h1"}, {"w", "a"}}, at, {5, 6, std::nan(""), 8});
  add_series(memory, {{"h", "h1"}, {"w", "a"}}, at, {10});
  add_series(host, {{"h", "h1"}}, at, {7, 7, 7, 7});
  REQUIRE(panel.add(table.rules[0], cpu).has_value());
  REQUIRE(panel.add(table.rules[1], memory).has_value());
  REQUIRE(panel.add(table.rules[2], host).has_value());
  const auto out = std::move(panel).finish();

  REQUIRE(out.subjects == std::vector<prometheus::subject>{{"", "h1", ""}, {"", "h1", "a"}, {"", "h2", "b"}});
  REQUIRE(out.values.size() == 4);
  CHECK(out.values.keys()[0] == telemetry::series_key{host_id{0}, metric::cpu});
  CHECK(out.values.keys()[1] == telemetry::series_key{workload_id{1}, metric::cpu});
  CHECK(out.values.keys()[2] == telemetry::series_key{workload_id{1}, metric::memory});
  CHECK(row(out, 0) == values{7, 7, 7, 7});
  CHECK(row(out, 1) == values{10, 12, -1, 16});
  CHECK(row(out, 2) == values{10, -1, -1, -1});
  CHECK(row(out, 3) == values{2, 4, 6, 8});
  CHECK(out.values.shape().start == grid.start);
  CHECK(out.unnamed == 0);
}
TEST_CASE("series of one name are added up, or the largest counts; what is missing adds nothing") {
  const auto table =
      table_of("[cpu]\nquery = a\nhost = {h}\n[latency]\nquery = a\nhost = {h}\ncombine = max\n");
  prometheus::subject_panel panel{grid};
  query_answer a;
  const auto at = panel.query_grid(table.rules[0]);
  constexpr double infinite = std::numeric_limits<double>::infinity();
  add_series(a, {{"core", "0"}, {"h", "x"}}, at, {1, 2, std::nan(""), infinite});
  add_series(a, {{"core", "1"}, {"h", "x"}}, at, {10, 1, 30, -infinite});
  for (const auto& rule : table.rules) REQUIRE(panel.add(rule, a).has_value());
  const auto out = std::move(panel).finish();
  CHECK(row(out, 0) == values{11, 3, 30, -1});
  CHECK(row(out, 1) == values{10, 2, 30, -1});
  CHECK(out.not_finite == 4);
}
TEST_CASE("counters become rates series by series, over the seam of two chunks too") {
  const auto table = table_of("[network]\nquery = a\nhost = {h}\nkind = counter\n");
  const auto& rule = table.rules[0];
  prometheus::subject_panel panel{grid};
  const auto at = panel.query_grid(rule);
  CHECK(at.start == grid.start);
  CHECK(at.size == 5);
  query_answer first, second;
  add_series(first, {{"d", "0"}, {"h", "x"}}, at, {60, 120, 180});
  add_series(first, {{"d", "1"}, {"h", "x"}}, at, {600, 600, 60});  // restarted in the second step
  const telemetry::time_grid rest{at.time_at(3), at.step, 2};
  add_series(second, {{"d", "1"}, {"h", "x"}}, rest, {60, 120});
  add_series(second, {{"d", "0"}, {"h", "x"}}, rest, {240, 300});
  REQUIRE(panel.add(rule, first).has_value());
  REQUIRE(panel.add(rule, second).has_value());
  const auto out = std::move(panel).finish();
  REQUIRE(out.values.size() == 1);
  CHECK(row(out, 0) == values{1, 2, 1, 2});
}
TEST_CASE("a point counts for the nearest instant, and what lies outside is left out") {
  const auto table = table_of("[cpu]\nquery = a\nhost = {h}\n");
  prometheus::subject_panel panel{grid};
  query_answer a;
  const auto at = panel.query_grid(table.rules[0]);
  // A cache in between has moved the instants by a quarter of a step.
  add_series(a, {{"h", "x"}}, {at.start - 15s, at.step, 9}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  add_series(a, {{"h", "y"}}, {at.start - 10min, at.step, 2}, {1, 2});
  REQUIRE(panel.add(table.rules[0], a).has_value());
  const auto out = std::move(panel).finish();
  CHECK(row(out, 0) == values{1, 2, 3, 4});
  CHECK(row(out, 1) == values{-1, -1, -1, -1});
}
TEST_CASE("series that name nobody are counted once, with an example") {
  const auto table = table_of("[cpu]\nquery = a\nhost = {h}\n");
  prometheus::subject_panel panel{grid};
  query_answer a;
  const auto at = panel.query_grid(table.rules[0]);
  add_series(a, {{"job", "node"}}, at, {1});
  add_series(a, {{"h", ""}}, at, {1});
  for (int chunk = 0; chunk < 3; ++chunk) REQUIRE(panel.add(table.rules[0], a).has_value());
  const auto out = std::move(panel).finish();
  CHECK(out.unnamed == 2);
  CHECK(out.unnamed_example == "{job=\"node\"}");
  CHECK(out.values.size() == 0);
}
TEST_CASE("a panel is bounded") {
  const auto table = table_of("[cpu]\nquery = a\nhost = {h}\n");
  prometheus::subject_panel panel{grid, 8};
  query_answer a;
  const auto at = panel.query_grid(table.rules[0]);
  add_series(a, {{"h", "1"}}, at, {1});
  add_series(a, {{"h", "2"}}, at, {1});
  REQUIRE(panel.add(table.rules[0], a).has_value());
  add_series(a, {{"h", "3"}}, at, {1});
  const auto refused = panel.add(table.rules[0], a);
  REQUIRE(!refused.has_value());
  CHECK(refused.error().starts_with("more than 8 values"));
}
TEST_CASE("any order of series and chunks gives what adding them up one by one gives") {
  const auto table = table_of("[io]\nquery = a\nhost = {h}\n");
  random_stream random{7};
  for (int round = 0; round < 200; ++round) {
    prometheus::subject_panel panel{grid};
    const auto at = panel.query_grid(table.rules[0]);
    std::map<std::string, values> wanted;
    std::vector<query_answer> chunks(at.size);
    for (int s = 0; s < 6; ++s) {
      const std::string host = std::to_string(random.below(3));
      auto& sum = wanted.try_emplace(host, values(at.size, -1)).first->second;
      for (std::size_t t = 0; t < at.size; ++t) {
        if (random.chance(0.3)) continue;
        const auto value = static_cast<double>(random.below(100));
        sum[t] = sum[t] < 0 ? value : sum[t] + value;
        add_series(chunks[t], {{"h", host}, {"s", std::to_string(s)}}, {at.time_at(t), at.step, 1}, {value});
      }
      // A series without points is one all the same.
      add_series(chunks[0], {{"h", host}, {"s", std::to_string(s)}}, at, {});
    }
    for (std::size_t i = chunks.size(); i > 1; --i) std::swap(chunks[i - 1], chunks[random.below(i)]);
    for (const auto& chunk : chunks) REQUIRE(panel.add(table.rules[0], chunk).has_value());
    const auto out = std::move(panel).finish();
    REQUIRE(out.subjects.size() == wanted.size());
    for (std::size_t i = 0; i < out.subjects.size(); ++i)
      CHECK(row(out, i) == wanted.at(out.subjects[i].host));
  }
}
