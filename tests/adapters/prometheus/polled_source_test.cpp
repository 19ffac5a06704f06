#include <foreshift/adapters/prometheus/polled_source.hpp>

#include <doctest/doctest.h>

#include <contracts/telemetry_source_contract.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using prometheus::subject;
using telemetry::metric;
using telemetry::reading;

namespace {

constexpr time_point noon{12h};
struct told_clock {
  time_point at = noon;
  time_point now() { return at; }
};

/// What a server knows of an expression: series by their label `n`, values by the end of their step.
using known = std::map<std::string, std::map<std::string, std::map<time_point, double>>>;

std::string parameter(const std::string& target, const std::string& name) {
  const auto at = target.find(name + '=');
  return at == std::string::npos
             ? ""
             : target.substr(at + name.size() + 1, target.find('&', at) - at - name.size() - 1);
}

/// Answers range queries as Prometheus does, from what it knows.
struct small_prometheus {
  known values{};
  bool up = true;
  std::uint16_t status = 200;
  std::string warning{};
  std::vector<std::string> asked{};
  result<ports::http_response, ports::http_error> exchange(const ports::http_request& r) {
    asked.push_back(r.target);
    if (!up) return failure{ports::http_error{true, "http://p: gone"}};
    if (status != 200) return ports::http_response{status, {{"Retry-After", "30"}}, "no"};
    const auto seconds = [&](const char* name) {
      return std::chrono::seconds{std::atoi(parameter(r.target, name).c_str())};
    };
    const auto start = seconds("start"), end = seconds("end"), step = seconds("step");
    std::string all;
    for (const auto& [label, points] : values[parameter(r.target, "query")]) {
      std::string row;
      for (auto t = start; t <= end; t += step)
        if (const auto found = points.find(time_point{t}); found != points.end()) {
          char text[80];
          std::snprintf(text, sizeof text, "%s[%lld,\"%.17g\"]", row.empty() ? "" : ",",
                        static_cast<long long>(t.count()), found->second);
          row += text;
        }
      if (!row.empty())
        all += (all.empty() ? "" : ",") + (R"({"metric":{"n":")" + label + R"("},"values":[)") + row + "]}";
    }
    return ports::http_response{200,
                                {},
                                R"({"status":"success","data":{"resultType":"matrix","result":[)" + all +
                                    "]}" + (warning.empty() ? "" : R"(,"warnings":[")" + warning + R"("])") +
                                    "}"};
  }
};

/// Hosts and workloads whose names are their numbers.
std::optional<telemetry::entity> by_number(const subject& s) {
  const auto& name = s.workload.empty() ? s.host : s.workload;
  if (name == "stranger") return std::nullopt;
  const auto n = static_cast<std::uint64_t>(std::atoi(name.c_str()));
  return s.workload.empty() ? telemetry::entity{host_id{n}} : telemetry::entity{workload_id{n}};
}
prometheus::relabel_table table_of(const std::string& text) {
  auto table = prometheus::parse_relabel_table(text, "test.map");
  REQUIRE(table.has_value());
  return *std::move(table);
}
const char* const usual =
    "[cpu]\nquery = w\nworkload = {n}\n[cpu]\nquery = h\nhost = {n}\n[memory]\nquery = m\nworkload = {n}\n";

struct bench {
  explicit bench(const prometheus::polling_options& options = {}, const std::string& map = usual)
      : source({}, table_of(map), http, clock, names, options) {}
  small_prometheus http{};
  told_clock clock{};
  std::optional<telemetry::entity> (*names)(const subject&) = by_number;
  prometheus::polled_source<small_prometheus, told_clock,
                            std::optional<telemetry::entity> (*)(const subject&)>
      source;

  void knows(const std::string& what, const std::string& who, time_point end, double value) {
    http.values[what][who][end] = value;
  }
  std::vector<reading> poll() { return contracts::readings(source); }
};

/// Two days of history, so that what is of yesterday is asked for.
struct polled_harness : bench {
  polled_harness() : bench({.history_steps = 576}) {}
  auto& source() { return bench::source; }
  void offer(const std::vector<reading>& some) {
    for (const auto& r : some) {
      const auto end = r.what.at + 5min;
      const char* what = r.key.what == metric::memory                     ? "m"
                         : r.key.of.what == telemetry::entity::kind::host ? "h"
                                                                          : "w";
      knows(what, std::to_string(r.key.of.number), end, r.what.value);
      clock.at = std::max(clock.at, end + 15s);
    }
  }
  void cut() { http.up = false; }
};

}  // namespace

TEST_CASE("a polled Prometheus does what a source must") {
  contracts::telemetry_source_contract<polled_harness>();
}

TEST_CASE("a server is asked once for each step, when its delay is over, and tells the step that has ended") {
  bench b;
  for (int k = -2; k < 20; ++k) b.knows("w", "1", noon + k * 5min, k);
  std::vector<reading> told;
  for (; b.clock.at < noon + 1h; b.clock.at += 1s)
    for (const auto& r : b.poll()) {
      CHECK(r.what.at + 5min <= b.clock.at - 10s);
      told.push_back(r);
    }
  REQUIRE(told.size() == 13);
  for (std::size_t i = 0; i < told.size(); ++i) {
    CHECK(told[i].what.at == noon + (static_cast<int>(i) - 2) * 5min);
    CHECK(told[i].what.value == static_cast<double>(i) - 1);
  }
  CHECK(b.source.counts().polls == 13);
  CHECK(b.http.asked.size() == 13 * 3);
}

TEST_CASE("after an outage what was missed is asked for, and what is too far back is counted") {
  bench b{{.catch_up_max = 4}};
  for (int k = 0; k < 50; ++k) b.knows("h", "1", noon + k * 5min, k);
  b.clock.at = noon + 5min + 15s;
  CHECK(b.poll().size() == 1);
  b.http.up = false;
  for (; b.clock.at < noon + 20min + 15s; b.clock.at += 1s) CHECK(b.poll().empty());
  CHECK(b.source.trouble() == "GET /api/v1/query_range: http://p: gone");
  CHECK(b.source.counts().failures > 5);
  CHECK(b.source.counts().failures < 25);  // waits grow
  b.http.up = true;
  b.clock.at = *b.source.next_poll();
  CHECK(b.poll().size() == 3);
  CHECK(b.source.trouble().empty());
  CHECK(b.source.counts().steps_skipped == 0);

  b.clock.at = noon + 120min + 15s;
  CHECK(b.poll().size() == 4);
  CHECK(b.source.counts().steps_skipped == 16);
  CHECK(b.source.counts().steps_asked == 8);
}

TEST_CASE("a server that asks for patience gets it") {
  bench b;
  b.http.status = 503;
  CHECK(b.poll().empty());
  CHECK(*b.source.next_poll() >= noon + 30s);
  CHECK(b.source.trouble().find("status 503") != std::string::npos);
}

TEST_CASE("a poll of which one rule is not answered tells nothing, and nothing is lost") {
  bench b{{}, "[cpu]\nquery = w\nworkload = {n}\n[cpu]\nquery = h\nhost = {n}\n"};
  b.knows("w", "1", noon - 5min, 1);
  b.knows("h", "1", noon - 5min, 2);
  struct second_fails {
    small_prometheus* inner;
    int left = 1;
    result<ports::http_response, ports::http_error> exchange(const ports::http_request& r) {
      if (parameter(r.target, "query") == "h" && left-- > 0) return failure{ports::http_error{true, "gone"}};
      return inner->exchange(r);
    }
  } http{&b.http};
  prometheus::polled_source source{
      {},
      table_of("[cpu]\nquery = w\nworkload = {n}\n[cpu]\nquery = h\nhost = {n}\n"),
      http,
      b.clock,
      b.names};
  CHECK(contracts::readings(source).empty());
  b.clock.at = *source.next_poll();
  CHECK(contracts::readings(source).size() == 2);
}

TEST_CASE("counters become rates over each step, also the first, and their restarts are left out") {
  bench b{{.history_steps = 3}, "[cpu]\nquery = w\nkind = counter\nworkload = {n}\n"};
  const double counts[] = {100, 400, 1000, 60};
  for (int k = 0; k < 4; ++k) b.knows("w", "1", noon - 20min + k * 5min, counts[k]);
  const auto told = b.poll();
  REQUIRE(told.size() == 3);
  CHECK(told[0].what.value == 1.0);
  CHECK(told[1].what.value == 2.0);
  CHECK(told[2].what.value == 0.2);
}

TEST_CASE("subjects that have one name here add up, and those without a name are counted") {
  bench b{{}, "[cpu]\nquery = w\nworkload = {n}\n[memory]\nquery = m\nsite = {z}\nhost = {n}\n"};
  for (const char* name : {"1", "01", "stranger"}) b.knows("w", name, noon - 5min, 2);
  b.knows("m", "1", noon - 5min, 2);
  const auto told = b.poll();
  REQUIRE(told.size() == 1);
  CHECK(told[0].what.value == 4);
  CHECK(b.source.counts().strangers == 1);
  CHECK(b.source.counts().unnamed == 1);
}

TEST_CASE("a server's warning is passed on") {
  bench b;
  b.http.warning = "half of me\\nis gone";
  b.poll();
  CHECK(b.source.counts().warnings == 3);
  CHECK(b.source.warning() == "half of me?is gone");
}

TEST_CASE("names are numbered where nobody knows them") {
  small_prometheus http;
  told_clock clock;
  prometheus::subject_book book;
  http.values["w"]["x"][noon - 5min] = 1;
  prometheus::polled_source source{{}, table_of("[cpu]\nquery = w\nworkload = {n}\n"), http, clock, book};
  const auto told = contracts::readings(source);
  REQUIRE(told.size() == 1);
  REQUIRE(book.find(told[0].key.of) != nullptr);
  CHECK(book.find(told[0].key.of)->workload == "x");
}
