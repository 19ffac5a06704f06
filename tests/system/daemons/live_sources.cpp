// A real Prometheus as a live source of readings, asked after each step and sending by remote write: both
// tell every step once, with the values that it has stored.

#include <foreshift/adapters/http/client.hpp>
#include <foreshift/adapters/http/server.hpp>
#include <foreshift/adapters/prometheus/polled_source.hpp>
#include <foreshift/adapters/prometheus/written_source.hpp>
#include <foreshift/adapters/remotewrite/intake.hpp>

#include <support/shell.hpp>
#include <system/daemons/real_prometheus.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

using namespace daemons_test;
using namespace std::chrono_literals;
using telemetry::metric;
using telemetry::reading;

namespace {

struct wall_clock {
  time_point now() { return daemons_test::now(); }
};
/// By step; a step that is told twice fails the test.
struct told_steps {
  std::map<time_point, double> of;
  void add(const reading& r) { CHECK(of.emplace(r.what.at, r.what.value).second); }
};
prometheus::relabel_table table_of(const std::string& text) {
  auto table = prometheus::parse_relabel_table(text, "test.map");
  REQUIRE(table.has_value());
  return *std::move(table);
}

}  // namespace

TEST_CASE("a real Prometheus is a live source, asked or sending by itself") {
  if (!have_program("prometheus")) return;
  wall_clock clock;
  remotewrite::intake intake;
  auto server = http::server::listen({}, [&](const ports::http_request& r) {
    const auto said = intake.receive(r.body, "snappy", clock.now());
    return ports::http_response{said.status, {}, said.reason};
  });
  REQUIRE(server.has_value());
  std::string own;
  real_prometheus theirs{[&](const std::string& address) {
    own = address;
    return "scrape_configs:\n  - job_name: self\n    static_configs: [{targets: ['" + address + "']}]\n" +
           "remote_write:\n  - url: http://127.0.0.1:" + std::to_string((*server)->port()) +
           "/\n    queue_config: {batch_send_deadline: 100ms}\n";
  }};
  static_cast<void>(theirs.ask("up"));  // it is ready

  http::client http{
      {.server = {.tls = false,
                  .host = "127.0.0.1",
                  .port = static_cast<std::uint16_t>(std::stoi(own.substr(own.find(':') + 1)))}}};
  prometheus::subject_book names;
  prometheus::polled_source asked{
      {},    table_of("[memory]\nquery = process_resident_memory_bytes\nhost = {instance|host}\n"),
      http,  clock,
      names, {.schedule = {.step = 1s, .delay = 700ms, .spread = 200ms}}};
  auto sent = prometheus::written_source<remotewrite::intake, wall_clock>::make(
      table_of(
          "[memory]\nquery = process_resident_memory_bytes\nhost = {instance|host}\n"
          "[cpu]\nquery = process_cpu_seconds_total{job=\"self\"}\nkind = counter\nhost = {instance|host}\n"),
      intake, clock, names, {.aligner = {.step = 1s, .grace = 2s}});
  REQUIRE(sent.has_value());

  told_steps by_asking, by_sending, cpu;
  const auto end = now() + 60s;
  while (now() < end && (by_asking.of.size() < 6 || by_sending.of.size() < 6 || cpu.of.size() < 6)) {
    (*server)->wait(20ms);
    asked.poll([&](const reading& r) { by_asking.add(r); });
    sent->poll([&](const reading& r) { (r.key.what == metric::cpu ? cpu : by_sending).add(r); });
  }
  CHECK(asked.trouble() == "");
  CHECK(intake.counts().malformed == 0);
  CHECK(names.size() == 1);
  REQUIRE(by_asking.of.size() >= 6);
  REQUIRE(by_sending.of.size() >= 6);
  REQUIRE(cpu.of.size() >= 6);
  for (const auto& [at, value] : cpu.of) CHECK(value >= 0);

  const auto stored = theirs.ask("process_resident_memory_bytes[2m]");
  REQUIRE(stored.series.size() == 1);
  std::size_t compared = 0;
  for (const auto& [at, value] : by_sending.of) {
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < stored.times.size(); ++i)
      if (stored.times[i] >= at && stored.times[i] < at + 1s) sum += stored.values[i], ++count;
    REQUIRE(count > 0);
    CHECK(value == doctest::Approx(sum / count).epsilon(1e-12));
    ++compared;
  }
  for (const auto& [at, value] : by_asking.of) {
    double last = -1;  // what an instant query says of the step's end
    for (std::size_t i = 0; i < stored.times.size(); ++i)
      if (stored.times[i] <= at + 1s) last = stored.values[i];
    if (stored.times.front() > at + 1s) continue;
    CHECK(value == last);
    ++compared;
  }
  CHECK(compared >= 10);
}
