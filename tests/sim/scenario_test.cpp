#include <foreshift/sim/scenario.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::sim;

namespace {

/// Workloads of constant demand, in percent of one core, for a day.
demand_table constant(const std::vector<double>& percent) {
  fleet_trace trace;
  for (const double p : percent) trace.workloads.push_back({"w", 1, std::vector<double>(288, p), {}});
  return demand_table{trace};
}

std::vector<std::uint64_t> hosts_of(const start_placement& start) {
  std::vector<std::uint64_t> out;
  for (const host_id h : start.host_of) out.push_back(h.value);
  return out;
}

}  // namespace

TEST_CASE("a span is covered by whole steps, at least one") {
  using namespace std::chrono_literals;
  CHECK(steps_covering(2h, 5min) == 24);
  CHECK(steps_covering(2h, 7min) == 18);
  CHECK(steps_covering(2h, 1h) == 2);
  CHECK(steps_covering(1h, 24h) == 1);
}

TEST_CASE("there are just enough hosts for the start, and one a site") {
  scenario rules{.sites = 1, .host_capacity = 1, .start_fill = 0.6};
  CHECK(hosts_needed(constant({60, 60}), rules) == 2);
  CHECK(hosts_needed(constant({60, 61}), rules) == 3);
  rules.sites = 5;
  CHECK(hosts_needed(constant({60, 61}), rules) == 5);
}

TEST_CASE("the start is first fit decreasing, each host filled exactly up to its share") {
  const scenario rules{.sites = 1, .hosts = 3, .host_capacity = 1, .start_fill = 0.6};
  CHECK(hosts_of(place_at_start(constant({10, 20, 30, 40, 20}), rules)) ==
        std::vector<std::uint64_t>{1, 0, 1, 0, 1});
}

TEST_CASE("equal workloads are placed in the order of the trace") {
  const scenario rules{.sites = 1, .hosts = 2, .host_capacity = 1, .start_fill = 0.6};
  CHECK(hosts_of(place_at_start(constant({30, 30, 30, 30}), rules)) ==
        std::vector<std::uint64_t>{0, 0, 1, 1});
}

TEST_CASE("a workload that fits nowhere starts on the host with the least on it") {
  const scenario rules{.sites = 1, .hosts = 2, .host_capacity = 1, .start_fill = 0.6};
  CHECK(hosts_of(place_at_start(constant({50, 40, 30}), rules)) == std::vector<std::uint64_t>{0, 1, 1});
}

TEST_CASE("only the warm-up decides the start") {
  fleet_trace trace;
  std::vector<double> late(288, 10);
  for (std::size_t t = 24; t < late.size(); ++t) late[t] = 900;
  trace.workloads.push_back({"late", 1, late, {}});
  trace.workloads.push_back({"even", 1, std::vector<double>(288, 20), {}});
  const scenario rules{.sites = 1, .hosts = 2, .host_capacity = 1, .start_fill = 0.3};
  CHECK(hosts_of(place_at_start(demand_table{trace}, rules)) == std::vector<std::uint64_t>{0, 0});
}
