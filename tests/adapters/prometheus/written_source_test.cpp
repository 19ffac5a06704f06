#include <foreshift/adapters/prometheus/written_source.hpp>

#include <doctest/doctest.h>

#include <contracts/telemetry_source_contract.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using prometheus::series_label;
using prometheus::series_labels;
using prometheus::subject;
using telemetry::metric;
using telemetry::reading;

namespace {

constexpr time_point noon{12h};
struct told_clock {
  time_point at = noon;
  time_point now() { return at; }
};
/// Samples wait here as they do in an intake of remote write.
struct waiting_room {
  struct sample {
    std::int64_t at_ms = 0;
    double value = 0;
  };
  std::deque<std::pair<series_labels, sample>> waiting{};
  void drain(auto&& sink) {
    while (!waiting.empty() && sink(waiting.front().first, waiting.front().second)) waiting.pop_front();
  }
  void put(series_labels labels, time_point at, double value) {
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
    waiting.push_back({std::move(labels), {ms, value}});
  }
};
std::optional<telemetry::entity> by_number(const subject& s) {
  const auto& name = s.workload.empty() ? s.host : s.workload;
  if (name == "stranger") return std::nullopt;
  const auto n = static_cast<std::uint64_t>(std::atoi(name.c_str()));
  return s.workload.empty() ? telemetry::entity{host_id{n}} : telemetry::entity{workload_id{n}};
}
using names_type = std::optional<telemetry::entity> (*)(const subject&);

struct bench {
  using source_type = prometheus::written_source<waiting_room, told_clock, names_type>;
  explicit bench(const std::string& map, const prometheus::written_options& options = {})
      : it(make(map, options)) {}
  source_type make(const std::string& map, const prometheus::written_options& options) {
    auto table = prometheus::parse_relabel_table(map, "test.map");
    REQUIRE_MESSAGE(table.has_value(), (table ? "" : to_string(table.error())));
    auto made = source_type::make(*std::move(table), room, clock, names, options);
    REQUIRE_MESSAGE(made.has_value(), (made ? "" : to_string(made.error())));
    return *std::move(made);
  }
  std::vector<reading> poll() { return contracts::readings(it); }
  std::vector<reading> poll_at(time_point t) { return clock.at = t, poll(); }

  waiting_room room{};
  told_clock clock{};
  names_type names = by_number;
  source_type it;
};
bool balanced(const bench& b) {
  const auto& n = b.it.counts();
  const auto nowhere = n.no_rule + n.unnamed + n.strangers + n.streams_too_many + n.no_time;
  return n.samples == nowhere + n.first_of_counter + n.older + b.it.samples().offered() -
                          b.it.samples().of(telemetry::offer_outcome::full);
}

struct written_harness : bench {
  written_harness()
      : bench(
            "[cpu]\nquery = cpu{w!=\"\"}\nworkload = {w}\n[cpu]\nquery = cpu{h!=\"\"}\nhost = {h}\n"
            "[memory]\nquery = memory\nworkload = {w}\n") {}
  auto& source() { return it; }
  void offer(const std::vector<reading>& some) {
    for (const auto& r : some) {
      const bool workload = r.key.of.what == telemetry::entity::kind::workload;
      if (reachable)
        room.put({{"__name__", std::string{name_of(r.key.what)}},
                  {workload ? "w" : "h", std::to_string(r.key.of.number)}},
                 r.what.at, r.what.value);
      clock.at = std::max(clock.at, r.what.at);
    }
    CHECK(poll().empty());  // they have come, and their steps are open
    clock.at += 6min;
  }
  void cut() { reachable = false; }
  bool reachable = true;
};

const char* const cpu_map =
    "[cpu]\nquery = seconds{mode!=\"idle\"}\nkind = counter\nfactor = 2\nhost = {instance|host}\n";
series_labels core(int n, const std::string& mode = "user") {
  return {{"__name__", "seconds"}, {"cpu", std::to_string(n)}, {"instance", "1:9100"}, {"mode", mode}};
}

}  // namespace

TEST_CASE("samples that are sent do what a source must") {
  contracts::telemetry_source_contract<written_harness>();
}

TEST_CASE("counters of many cores come to one rate of their host, restarts left out") {
  bench b{cpu_map};
  for (int k = 0; k <= 10; ++k)
    for (int n = 0; n < 4; ++n) {
      b.room.put(core(n), noon + k * 30s, n == 3 && k >= 5 ? 15.0 * (k - 4) : 100 + 15.0 * k);
      b.room.put(core(n, "idle"), noon + k * 30s, 1000 * k);
    }
  CHECK(b.poll_at(noon + 5min).empty());
  const auto told = b.poll_at(noon + 5min + 15s);
  REQUIRE(told.size() == 1);
  CHECK(told[0].key == telemetry::series_key{host_id{1}, metric::cpu});
  CHECK(told[0].what.at == noon);  // the sample at its end belongs to it
  CHECK(told[0].what.value == doctest::Approx(2 * 4 * 0.5).epsilon(1e-12));
  CHECK(b.it.counts().no_rule == 44);
  CHECK(b.it.counts().first_of_counter == 4);
  CHECK(b.it.stream_count() == 8);
  CHECK(balanced(b));
}
TEST_CASE("a counter that ends and begins again goes on from its last sample") {
  bench b{cpu_map};
  b.room.put(core(0), noon, 10);
  b.room.put(core(0), noon + 1min, std::numeric_limits<double>::quiet_NaN());
  b.room.put(core(0), noon + 2min, 70);
  b.room.put(core(0), noon + 2min, 70);
  b.room.put(core(0), noon + 1min, 50);
  b.poll_at(noon + 2min);
  const auto told = b.poll_at(noon + 6min);
  REQUIRE(told.size() == 1);
  CHECK(told[0].what.value == 2 * 60.0 / 120);
  CHECK(b.it.counts().older == 1);
}
TEST_CASE("the largest of several series, and one series for two rules") {
  bench b{"[latency]\nquery = ms\ncombine = max\nworkload = {w}\n[cpu]\nquery = ms\nworkload = {w}\n"};
  for (int n = 0; n < 3; ++n)
    b.room.put({{"__name__", "ms"}, {"w", "1"}, {"zone", std::to_string(n)}}, noon, n + 1.0);
  b.poll();
  const auto told = b.poll_at(noon + 6min);
  REQUIRE(told.size() == 2);
  CHECK(told[0].key.what == metric::latency);
  CHECK(told[0].what.value == 3);
  CHECK(told[1].what.value == 6);
}
TEST_CASE("what belongs to nobody is counted under why") {
  bench b{"[cpu]\nquery = cpu\nworkload = {w}\n", {.aligner = {}, .streams_max = 3}};
  b.room.put({{"__name__", "cpu"}}, noon, 1);
  b.room.put({{"__name__", "cpu"}, {"w", "stranger"}}, noon, 1);
  b.room.put({{"__name__", "other"}}, noon, 1);
  b.room.put({{"__name__", "cpu"}, {"w", "1"}}, noon, 1);
  b.room.waiting.push_back({{{"__name__", "cpu"}}, {std::numeric_limits<std::int64_t>::max(), 1}});
  CHECK(b.poll().empty());
  const auto& n = b.it.counts();
  CHECK(n.unnamed == 1);
  CHECK(n.strangers == 1);
  CHECK(n.no_rule == 1);
  CHECK(n.streams_too_many == 1);
  CHECK(n.no_time == 1);
  CHECK(n.samples == 5);
  CHECK(balanced(b));
}
TEST_CASE("what finds no room waits, is taken when there is some, and counts once") {
  bench b{"[cpu]\nquery = cpu\nworkload = {w}\n[memory]\nquery = cpu\nworkload = {w}\n",
          {.aligner = {.held_max = 4}, .streams_max = 4}};
  for (int w = 0; w < 4; ++w) b.room.put({{"__name__", "cpu"}, {"w", std::to_string(w)}}, noon, w);
  CHECK(b.poll().empty());
  CHECK(b.room.waiting.size() == 2);
  CHECK(b.poll_at(noon + 1min).empty());
  CHECK(b.room.waiting.size() == 2);
  CHECK(b.poll_at(noon + 6min).size() == 4);
  CHECK(b.room.waiting.empty());
  CHECK(b.poll_at(noon + 7min).size() == 4);
  CHECK(b.it.counts().samples == 4);
  CHECK(b.it.samples().told == 8);
}
TEST_CASE("streams that fall silent make room, and their parts are given again") {
  bench b{cpu_map, {.aligner = {.held_max = 4}, .streams_max = 4, .idle_max = 10min}};
  time_point now = noon;
  for (int life = 0; life < 20; ++life, now += 11min) {
    for (int n = 0; n < 4; ++n)
      for (int k = 0; k < 2; ++k) b.room.put(core(10 * life + n), now + k * 1min, 60.0 * k);
    b.poll_at(now + 1min);
    const auto told = b.poll_at(now + 10min);
    REQUIRE(told.size() == 1);
    CHECK(told[0].what.value == 2 * 4 * 1.0);
  }
  CHECK(b.it.counts().streams_too_many == 0);
}
TEST_CASE("a rule that asks for more than series is refused with its line") {
  waiting_room room;
  told_clock clock;
  prometheus::subject_book book;
  auto table = prometheus::parse_relabel_table("# x\n[cpu]\nquery = rate(a[5m])\nhost = {h}\n", "test.map");
  REQUIRE(table.has_value());
  const auto made = prometheus::written_source<waiting_room, told_clock>::make(*table, room, clock, book);
  REQUIRE(!made.has_value());
  CHECK(to_string(made.error()).find("test.map:2: [cpu]: query: not a selector") == 0);
}
