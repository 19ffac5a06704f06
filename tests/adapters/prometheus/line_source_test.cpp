#include <foreshift/adapters/prometheus/line_source.hpp>

#include <doctest/doctest.h>

#include <contracts/telemetry_source_contract.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using prometheus::line_source;
using telemetry::metric;
using telemetry::reading;

namespace {

constexpr time_point noon{12h};
struct told_clock {
  time_point at = noon;
  time_point now() { return at; }
};
/// Hosts and workloads whose names are their numbers.
struct by_number {
  std::optional<telemetry::entity> operator()(const prometheus::subject& s) {
    const auto& name = s.workload.empty() ? s.host : s.workload;
    if (name == "stranger") return std::nullopt;
    const auto n = static_cast<std::uint64_t>(std::atoi(name.c_str()));
    return s.workload.empty() ? telemetry::entity{host_id{n}} : telemetry::entity{workload_id{n}};
  }
};
std::string line_of(const reading& r) {
  char text[200];
  std::snprintf(text, sizeof text, "{\"time\":%.3f,\"%s\":\"%llu\",\"metric\":\"%s\",\"value\":%.17g}\n",
                to_seconds(r.what.at.time_since_epoch()),
                r.key.of.what == telemetry::entity::kind::host ? "host" : "workload",
                static_cast<unsigned long long>(r.key.of.number), std::string{name_of(r.key.what)}.c_str(),
                r.what.value);
  return text;
}
std::string cpu(int workload, duration at, double value) {
  return line_of({{workload_id{static_cast<std::uint64_t>(workload)}, metric::cpu}, {noon + at, value}});
}

struct bench {
  told_clock clock{};
  by_number names{};
  line_source<told_clock, by_number> it{"stdin", clock, names};
};
struct line_harness : bench {
  auto& source() { return it; }
  void offer(const std::vector<reading>& some) {
    for (const auto& r : some) clock.at = std::max(clock.at, r.what.at);
    for (const auto& r : some) {
      const auto line = line_of(r);
      CHECK(it.feed(line) == line.size());
    }
    clock.at += 6min;
  }
};

}  // namespace

TEST_CASE("lines of JSON do what a source must") { contracts::telemetry_source_contract<line_harness>(); }

TEST_CASE("a stream may be cut anywhere") {
  const std::string text = "\xEF\xBB\xBF" + cpu(1, 0s, 1) + "\r\n" + cpu(2, 0s, 2) + "\n" + cpu(3, 0s, 3);
  for (std::size_t size = 1; size <= text.size(); ++size) {
    bench b;
    for (std::size_t i = 0; i < text.size(); i += size) {
      const auto part = std::string_view{text}.substr(i, size);
      CHECK(b.it.feed(part) == part.size());
    }
    b.it.finish();
    CHECK(contracts::readings(b.it).size() == 3);
    CHECK(b.it.counts().blank == 2);
    CHECK(!b.it.complaint());
  }
}
TEST_CASE("at the end of the stream every step is told, and the last line needs no end") {
  bench b;
  std::string text = cpu(1, 0s, 1) + cpu(1, 1s, 3);
  text.pop_back();
  b.it.feed(text);
  CHECK(contracts::readings(b.it).empty());
  b.it.finish();
  const auto told = contracts::readings(b.it);
  REQUIRE(told.size() == 1);
  CHECK(told[0].what.value == 2);
}
TEST_CASE("bad lines are skipped, counted and told with their number; good ones around them count") {
  told_clock clock;
  by_number names;
  line_source<told_clock, by_number> it{"pipe", clock, names, {.line_bytes_max = 100}};
  it.feed(cpu(1, 0s, 1) + "not json\n" + cpu(1, 1s, 3));
  REQUIRE(it.complaint().has_value());
  CHECK(to_string(*it.complaint()) == "pipe:2: byte 0: an object is wanted, not \"not json\"");
  for (int i = 0; i < 100; ++i) it.feed(std::string(1000, 'x'));
  it.feed("\n" + cpu(1, 2s, 5) + "{\"host\":\"stranger\",\"metric\":\"io\",\"value\":1}\n");
  CHECK(to_string(*it.complaint()) == "pipe:4: longer than 100 bytes");
  it.finish();
  const auto told = contracts::readings(it);
  REQUIRE(told.size() == 1);
  CHECK(told[0].what.value == 3);
  CHECK(it.counts().lines == 6);
  CHECK(it.counts().malformed == 2);
  CHECK(it.counts().strangers == 1);
}
TEST_CASE("when there is no room the stream is not read on, and nothing is lost") {
  told_clock clock;
  by_number names;
  line_source<told_clock, by_number> it{"pipe", clock, names, {.aligner = {.held_max = 2}}};
  std::string text;
  for (int w = 0; w < 5; ++w) text += cpu(w, 0s, w);
  text.pop_back();
  std::string_view left = text;
  std::size_t told = 0;
  for (int polls = 0; polls < 10 && !left.empty(); ++polls) {
    left.remove_prefix(it.feed(left));
    if (polls == 0) CHECK(left.size() > 50);
    clock.at += 6min;
    told += contracts::readings(it).size();
  }
  CHECK(left.empty());
  it.finish();
  for (int polls = 0; polls < 3; ++polls) told += contracts::readings(it).size();
  CHECK(told == 5);
  CHECK(it.counts().lines == 5);
}
TEST_CASE("a line without a time is of now") {
  bench b;
  b.clock.at = noon + 7min;
  b.it.feed("{\"host\":\"1\",\"metric\":\"cpu\",\"value\":1}\n");
  b.clock.at = noon + 12min;
  const auto told = contracts::readings(b.it);
  REQUIRE(told.size() == 1);
  CHECK(told[0].what.at == noon + 5min);
}
