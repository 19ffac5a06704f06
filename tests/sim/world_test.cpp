#include <foreshift/core/random.hpp>
#include <foreshift/sim/world.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace foreshift;
using namespace foreshift::sim;
using namespace std::chrono_literals;

namespace {

/// Half-hour steps: the warm-up takes 4 of them and an hour 2. Values in percent of one core.
fleet_trace trace_of(std::vector<std::vector<double>> rows) {
  fleet_trace trace;
  trace.step = 30min;
  for (auto& row : rows) trace.workloads.push_back({"w", 1, std::move(row), {}});
  return trace;
}

/// One site, two hosts of ten cores; everything starts on host 0.
scenario two_hosts() {
  return {.sites = 1, .hosts = 2, .host_capacity = 10, .start_fill = 1, .moves_per_hour = 1};
}

}  // namespace

TEST_CASE("a world begins with the warm-up observed") {
  const demand_table demand{trace_of({{1, 2, 3, 4, 5, 6}})};
  world w{demand, two_hosts()};
  CHECK(w.now() == 3);
  CHECK(w.observed(workload_id{0}).size() == 4);
  CHECK(w.time() == time_point{} + 2h);
  CHECK(w.host_demand(host_id{0}) == 0.04);
  CHECK_FALSE(w.done());
}

TEST_CASE("a policy sees what has been observed and nothing later") {
  const demand_table demand{trace_of({{1, 2, 3, 4, 5, 6}})};
  world w{demand, two_hosts()};
  w.advance();
  CHECK(w.observed(workload_id{0}).size() == 5);
  CHECK(w.observed(workload_id{0}).back() == 0.05);
  w.advance();
  CHECK(w.done());
  CHECK(w.record().steps() == 6);
}

TEST_CASE("a move occupies the next step at its source, costs on both ends, and then has happened") {
  const demand_table demand{trace_of({std::vector<double>(8, 100), std::vector<double>(8, 50)})};
  world w{demand, two_hosts()};
  REQUIRE(w.request_move(workload_id{0}, host_id{1}));
  CHECK(w.host_demand(host_id{0}) == 1.5);
  CHECK(w.destination_of(workload_id{0}) == host_id{1});

  w.advance();
  CHECK(w.moving(workload_id{0}));
  CHECK(w.host_of(workload_id{0}) == host_id{0});
  CHECK(w.host_demand(host_id{0}) == 1.6);
  CHECK(w.host_demand(host_id{1}) == 0.1);

  w.advance();
  CHECK_FALSE(w.moving(workload_id{0}));
  CHECK(w.host_of(workload_id{0}) == host_id{1});
  CHECK(w.host_demand(host_id{0}) == 0.5);
  CHECK(w.host_demand(host_id{1}) == 1.0);
}

TEST_CASE("a move is refused for its reason") {
  const demand_table demand{trace_of({std::vector<double>(9, 100), std::vector<double>(9, 50)})};
  auto rules = two_hosts();
  rules.moves_per_hour = 0.5;  // of two workloads: one
  world w{demand, rules};
  const auto why = [&](std::uint64_t workload, std::uint64_t host) {
    return w.request_move(workload_id{workload}, host_id{host}).error();
  };
  CHECK(why(2, 0) == move_refusal::unknown_workload);
  CHECK(why(0, 2) == move_refusal::unknown_host);
  CHECK(why(0, 0) == move_refusal::same_host);
  REQUIRE(w.request_move(workload_id{0}, host_id{1}));
  CHECK(why(0, 0) == move_refusal::already_moving);
  CHECK(why(1, 1) == move_refusal::budget);
  CHECK(w.record().moves.size() == 1);
}

TEST_CASE("the budget is of any hour, not of each hour") {
  const demand_table demand{trace_of(std::vector<std::vector<double>>(4, std::vector<double>(12, 10)))};
  auto rules = two_hosts();
  rules.moves_per_hour = 0.5;  // two of four
  world w{demand, rules};
  CHECK(w.moves_left() == 2);
  REQUIRE(w.request_move(workload_id{0}, host_id{1}));
  w.advance();
  REQUIRE(w.request_move(workload_id{1}, host_id{1}));
  CHECK(w.moves_left() == 0);
  w.advance();  // the first one was an hour ago
  CHECK(w.moves_left() == 1);
  w.advance();
  CHECK(w.moves_left() == 2);
}

TEST_CASE("a small fleet may move one workload an hour") {
  const demand_table demand{trace_of({std::vector<double>(6, 10)})};
  auto rules = two_hosts();
  rules.moves_per_hour = 0.05;
  CHECK(world{demand, rules}.moves_left() == 1);
}

TEST_CASE("exactly the limit is not overload") {
  const demand_table demand{trace_of({{800, 800, 800, 800, 800, 800.0001, 800.0002}})};
  world w{demand, two_hosts()};
  CHECK_FALSE(w.overloaded(host_id{0}));
  w.advance();
  CHECK_FALSE(w.overloaded(host_id{0}));
  w.advance();
  CHECK(w.overloaded(host_id{0}));
}

TEST_CASE("hosts are dealt to the sites in turn") {
  const demand_table demand{trace_of({std::vector<double>(6, 10)})};
  const world w{demand, {.sites = 3, .hosts = 7}};
  CHECK(w.site_of(host_id{0}) == site_id{0});
  CHECK(w.site_of(host_id{5}) == site_id{2});
  CHECK(w.site_of(host_id{6}) == site_id{0});
}

TEST_CASE("what hosts carry is what an obvious recount of the moves says") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    random_stream random{seed};
    std::vector<std::vector<double>> rows(7, std::vector<double>(40));
    for (auto& row : rows)
      for (double& v : row) v = static_cast<double>(random.below(300));
    const demand_table demand{trace_of(rows)};
    world w{demand, {.sites = 2, .hosts = 3, .host_capacity = 10, .moves_per_hour = 0.6}};
    while (!w.done()) {
      for (std::uint64_t i = 0; i < random.below(3); ++i)
        (void)w.request_move(workload_id{random.below(7)}, host_id{random.below(3)});
      w.advance();
    }
    const run_record& run = w.record();
    CHECK(run.moves.size() > 5);
    std::vector<host_id> where = run.start;
    for (std::size_t k = 0; k < run.steps(); ++k) {
      std::vector<millionths> load(3);
      for (const move& m : run.moves) {
        if (m.decided + 2 == k) where[m.workload.value] = m.to;
        if (m.decided + 1 != k) continue;
        const millionths cost = demand.at(m.workload, k) / 10;  // whole percents: a tenth is exact
        load[m.from.value] += cost;
        load[m.to.value] += cost;
      }
      for (std::size_t i = 0; i < 7; ++i) load[where[i].value] += demand.at(workload_id{i}, k);
      for (std::size_t h = 0; h < 3; ++h) REQUIRE(run.demand(k, host_id{h}) == load[h]);
    }
  }
}
