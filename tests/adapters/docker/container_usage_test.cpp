#include <foreshift/adapters/docker/container_usage.hpp>

#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <string>

using namespace foreshift;
using docker_test::from_text, docker_test::recorded;

// `docker stats` of the same container: (274275541 - 266336746) / (2886930000000 - 2884520000000) * 2 cores.
TEST_CASE("a real container's use is what docker stats shows") {
  const auto used = docker::read_container_usage(recorded("container_stats.json"));
  REQUIRE(used.has_value());
  CHECK(used->use[resource::cpu] == doctest::Approx(7938795.0 / 2410000000.0 * 2));
  CHECK(used->use[resource::memory] == 626688);
}

TEST_CASE("what the kernel gives back at once is not used, by either version of control groups") {
  const auto used = [](const char* member) {
    const auto j = from_text(
        std::string{R"({"cpu_stats": {"cpu_usage": {}}, "memory_stats": {"usage": 1000, "stats": {")"} +
        member + R"(": 400}}})");
    return docker::read_container_usage(j)->use[resource::memory];
  };
  CHECK(used("inactive_file") == 600);
  CHECK(used("total_inactive_file") == 600);
}

TEST_CASE("a first reading has no rate, and networks and devices add up") {
  const auto used = docker::read_container_usage(from_text(R"({
    "cpu_stats": {"cpu_usage": {"total_usage": 5000, "percpu_usage": [1, 2]}, "system_cpu_usage": 9000},
    "precpu_stats": {"cpu_usage": {"total_usage": 0}}, "memory_stats": {"usage": 1},
    "networks": {"eth0": {"rx_bytes": 10, "tx_bytes": 1}, "eth1": {"rx_bytes": 20, "tx_bytes": 2}},
    "blkio_stats": {"io_service_bytes_recursive": [{"op": "Read", "value": 5}, {"op": "write", "value": 6}, {"op": "Total", "value": 11}]}})"));
  REQUIRE(used.has_value());
  CHECK(used->use[resource::cpu] == 0);
  CHECK(used->received == 30);
  CHECK(used->sent == 3);
  CHECK(used->read == 5);
  CHECK(used->written == 6);
}

TEST_CASE("what a container has used since it started is told with the daemon's time, to the nanosecond") {
  const auto used = docker::read_container_usage(recorded("container_stats.json"));
  REQUIRE(used.has_value());
  CHECK(used->cpu_s == 0.274275541);
  CHECK(used->at == *parse_time("2026-11-24T03:26:26Z") + std::chrono::nanoseconds{23'733'476});
  CHECK(!used->networks);  // it uses the host's
  CHECK(!used->devices);

  const auto at = [](const char* read) {
    return docker::read_container_usage(from_text(std::string{R"({"read": ")"} + read + R"(",
      "cpu_stats": {"cpu_usage": {}}, "memory_stats": {}})"))
        ->at;
  };
  using namespace std::chrono_literals;
  CHECK(at("1970-01-02T00:00:00Z") == time_point{24h});
  CHECK(at("1970-01-02T00:00:00.5+02:00") == time_point{24h + 500ms});
  CHECK(at("1970-01-02T00:00:00.1234567899999Z") == time_point{24h + 123'456'789ns});
  for (const char* never : {"0001-01-01T00:00:00Z", "", "1970-01-02T25:00:00.5Z", "yesterday"})
    CHECK(!at(never));
}

TEST_CASE("damaged statistics are refused or read as nothing, never as a negative use") {
  CHECK_FALSE(docker::read_container_usage(from_text("[]")).has_value());
  std::size_t read = 0;
  docker_test::for_each_damage(recorded("container_stats.json"), [&](const docker::json& damaged) {
    const auto used = docker::read_container_usage(damaged);
    if (!used) return;
    ++read;
    CHECK(used->use[resource::cpu] >= 0);
    CHECK(used->use[resource::memory] >= 0);
    CHECK((used->cpu_s >= 0 && used->received >= 0 && used->written >= 0));
  });
  CHECK(read > 0);
}
