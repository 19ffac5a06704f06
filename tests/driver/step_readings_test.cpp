#include <foreshift/driver/step_readings.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

constexpr duration step = 5min;
constexpr time_point noon{1'741'003'200s};
telemetry::reading cpu(telemetry::entity of, time_point at, double value) {
  return {{of, telemetry::metric::cpu}, {at, value}};
}

}  // namespace

TEST_CASE("readings become one value for each step and entity, when the step is over") {
  driver::step_readings r{telemetry::metric::cpu, step};
  r.push(cpu(host_id{1}, noon, 2)), r.push(cpu(workload_id{1}, noon, 1));
  r.push({{host_id{1}, telemetry::metric::memory}, {noon, 9}});
  CHECK(r.close(noon + 4min).empty());
  const auto done = r.close(noon + step);
  REQUIRE(done.size() == 2);
  CHECK(done[0].of == telemetry::entity{host_id{1}});
  CHECK(done[0].what.at == noon);
  CHECK(done[0].what.value == 2);
  CHECK(done[1].what.value == 1);
}

TEST_CASE("a series that falls silent gives gaps, and is let go of in the end") {
  driver::step_readings r{telemetry::metric::cpu, step, 3};
  r.push(cpu(host_id{1}, noon, 2));
  std::size_t gaps = 0;
  for (int i = 1; i <= 10; ++i)
    for (const auto& v : r.close(noon + i * step)) gaps += std::isnan(v.what.value) ? 1 : 0;
  CHECK(gaps == 3);
}

TEST_CASE("a table holds one step: newer values begin it anew, older ones are dropped") {
  driver::step_table t;
  CHECK(std::isnan(t.of(host_id{1})));
  t.enter(noon, host_id{1}, 1), t.enter(noon, host_id{2}, 2);
  CHECK(t.of(host_id{2}) == 2);
  t.enter(noon + step, host_id{1}, 3), t.enter(noon, host_id{2}, 4);
  CHECK(t.of(host_id{1}) == 3);
  CHECK(std::isnan(t.of(host_id{2})));
}
