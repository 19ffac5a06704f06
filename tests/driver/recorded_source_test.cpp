#include <foreshift/driver/recorded_source.hpp>
#include <foreshift/sim/clock.hpp>

#include <contracts/telemetry_source_contract.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using driver::readings_of, driver::recorded_source;

namespace {

using source_type = recorded_source<sim::clock>;
static_assert(ports::TelemetrySource<source_type>);

struct harness {
  sim::timer time;
  sim::clock clock{time};
  source_type recorded{clock};

  harness() { time.run_for(24h * 365); }
  source_type& source() { return recorded; }
  void offer(const std::vector<telemetry::reading>& some) { recorded.append(some); }
};

std::optional<telemetry::series_key> key_of(std::string_view name) {
  if (name == "web") return telemetry::series_key{workload_id{1}, telemetry::metric::cpu};
  if (name == "host") return telemetry::series_key{host_id{2}, telemetry::metric::memory};
  return std::nullopt;
}

}  // namespace

TEST_CASE("a recording keeps the contract of telemetry sources") {
  contracts::telemetry_source_contract<harness>();
}

TEST_CASE("each reading of a table of samples is told when its time has come, and once") {
  const auto table = telemetry::parse_samples(
      "series,timestamp,value\nweb,600,3\nhost,300,2\nnobody,0,9\nweb,300,1\nweb,300,1.5\n", "t.csv");
  REQUIRE(table);
  sim::timer time;
  sim::clock clock{time};
  source_type source{clock, readings_of(std::span{*table}, key_of)};
  CHECK(source.left() == 4);
  CHECK(source.next_at() == time_point{300s});
  CHECK(contracts::readings(source).empty());
  time.run_for(300s);
  const auto told = contracts::readings(source);
  REQUIRE(told.size() == 3);
  CHECK(told[0].key.of == telemetry::entity{workload_id{1}});  // series by series where times agree
  CHECK(told[1].what.value == 1.5);
  CHECK(told[2].key.of == telemetry::entity{host_id{2}});
  CHECK(contracts::readings(source).empty());
  time.run_for(300s);
  CHECK(contracts::readings(source).size() == 1);
  CHECK(source.next_at() == std::nullopt);
}

TEST_CASE("a row of a wide table starts where it is said, and its gaps are no readings") {
  const auto table = telemetry::parse_series_rows("web,1,,3\nnobody,1\n", "w.csv");
  REQUIRE(table);
  const auto read = readings_of(std::span{*table}, time_point{1h}, 5min, key_of);
  REQUIRE(read.size() == 2);
  CHECK(read[1].what.at == time_point{1h + 10min});
  CHECK(read[1].what.value == 3);
}

TEST_CASE("what is appended late is told by the next poll, before what is still to come") {
  sim::timer time;
  sim::clock clock{time};
  source_type source{clock,
                     {{*key_of("web"), {time_point{100s}, 1}}, {*key_of("web"), {time_point{900s}, 2}}}};
  time.run_for(500s);
  CHECK(contracts::readings(source).size() == 1);
  source.append({{*key_of("web"), {time_point{50s}, 7}}});
  const auto told = contracts::readings(source);
  REQUIRE(told.size() == 1);
  CHECK(told[0].what.value == 7);
  CHECK(source.left() == 1);
}
