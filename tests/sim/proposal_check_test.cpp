#include <foreshift/sim/proposal_check.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

using namespace foreshift;
using namespace foreshift::sim;
using namespace std::chrono_literals;

namespace {

// Half-hour steps; the warm-up takes 4 of them. Both hosts have one core and a limit of 0.8.
fleet_trace trace_of(std::vector<std::vector<double>> rows) {
  fleet_trace trace;
  trace.step = 30min;
  for (auto& row : rows) trace.workloads.push_back({"w", 1, std::move(row), {}});
  return trace;
}
scenario two_hosts() { return {.sites = 2, .hosts = 2, .host_capacity = 1, .start_fill = 1}; }

// 0.4 and 0.3 start on host 0, 0.3 on host 1, as first fit has it; the first grows to 0.6 from step 6 on, so
// host 0 has 0.9 from there.
fleet_trace growing() {
  return trace_of({{40, 40, 40, 40, 40, 40, 60, 60, 60, 60},
                   {35, 35, 35, 35, 35, 35, 30, 30, 30, 30},
                   {30, 30, 30, 30, 30, 30, 30, 30, 30, 60}});
}
/// The second workload leaves host 0, decided after step 4; it can be judged when step 8 is over.
placement::proposal relief() {
  placement::proposal p;
  p.id = {site_id{0}, 1}, p.workload = {1}, p.subset = {1};
  p.made_at = time_point{5 * 30min} + 4s;
  p.what = placement::migrate{{site_id{0}, host_id{0}}, {site_id{1}, host_id{1}}};
  p.why.limit = 0.8;
  p.expected = {80min, time_point{9 * 30min}, 60min, 120min};
  return p;
}
const move_check& moved(const proposal_check& c) { return std::get<move_check>(c.found); }

}  // namespace

TEST_CASE("with and without differ by this move alone") {
  const demand_table demand{growing()};
  const auto found = check_promise(relief(), demand, two_hosts());
  REQUIRE(found);
  CHECK(found->decided == 4);
  CHECK(found->whole);
  CHECK(found->judged == 2h);
  // Steps 6, 7 and 8 are over the limit on host 0; the workload is gone from step 6 on.
  const auto& [horizon, rest] = moved(*found);
  CHECK(horizon.without == overload_time{90min, 0min, 90min});
  CHECK(horizon.with == overload_time{});
  CHECK(horizon.avoided() == 90min);
  // In step 9 host 1 would have 0.6 alone, and has 0.9 with it.
  CHECK(rest.without == overload_time{2h, 0min, 2h});
  CHECK(rest.with == overload_time{0min, 30min, 30min});
  CHECK(found->kept == true);
}

TEST_CASE("a promise is kept within its interval, both ends included") {
  const demand_table demand{growing()};
  const auto kept = [&](duration low, duration high) {
    auto p = relief();
    p.expected.avoided_low = low, p.expected.avoided_high = high;
    return check_promise(p, demand, two_hosts())->kept;
  };
  CHECK(kept(90min, 120min) == true);
  CHECK(kept(0min, 90min) == true);
  CHECK(kept(91min, 120min) == false);
  CHECK(kept(0min, 89min) == false);
  CHECK_FALSE(kept(0min, 0min).has_value());  // only a mean is promised
}

TEST_CASE("a promise that outlasts the trace is neither kept nor broken") {
  const demand_table demand{growing()};
  auto p = relief();
  p.expected.check_at = time_point{11 * 30min};
  const auto found = check_promise(p, demand, two_hosts());
  REQUIRE(found);
  CHECK_FALSE(found->whole);
  CHECK(found->judged == 150min);
  CHECK_FALSE(found->kept.has_value());
  CHECK(moved(*found).horizon.without == moved(*found).rest.without);
  p.made_at = time_point{10 * 30min - duration{1}};  // after the last step but one: nothing can follow
  p.expected.check_at = time_point{};
  const auto last = check_promise(p, demand, two_hosts());
  REQUIRE(last);
  CHECK(last->judged == duration::zero());
  CHECK_FALSE(last->whole);
}

TEST_CASE("a workload that is not where the proposal has it is refused") {
  const demand_table demand{growing()};
  auto p = relief();
  p.workload = {2};
  const auto elsewhere = check_promise(p, demand, two_hosts());
  REQUIRE_FALSE(elsewhere);
  CHECK(elsewhere.error().field == "what.from.host");
  CHECK(elsewhere.error().reason == "host 0, but the workload is on host 1 then");
  // After an earlier move it is there; in the step of that move it is on its way.
  const std::vector<move> before{{workload_id{2}, host_id{1}, host_id{0}, 3, move_purpose::relief}};
  const auto on_its_way = check_promise(p, demand, two_hosts(), before);
  REQUIRE_FALSE(on_its_way);
  CHECK(on_its_way.error().reason == "host 0, but the workload is on its way to host 0 then");
  p.made_at += 30min;
  CHECK(check_promise(p, demand, two_hosts(), before).has_value());
}

TEST_CASE("earlier moves are made in both, later ones in neither, and the budget does not count") {
  const demand_table demand{growing()};
  auto rules = two_hosts();
  rules.moves_per_hour = 0;  // one an hour
  // The first workload has gone to host 1 before, which has 0.9 without this move and more with it.
  const std::vector<move> before{{workload_id{0}, host_id{0}, host_id{1}, 3, move_purpose::relief},
                                 {workload_id{0}, host_id{1}, host_id{0}, 4, move_purpose::relief}};
  const auto found = check_promise(relief(), demand, rules, before);
  REQUIRE(found);
  CHECK(moved(*found).horizon.without == overload_time{0min, 90min, 90min});
  CHECK(moved(*found).horizon.with.source == 0min);
  CHECK(moved(*found).horizon.with.destination == 90min);  // step 5 has 0.735, the copying included
  CHECK(found->kept == false);
}

TEST_CASE("of another size it is counted how long demand is above it") {
  const demand_table demand{trace_of({{40, 40, 40, 40, 90, 70, 50, 50, 90, 90}})};
  placement::proposal p;
  p.made_at = time_point{4 * 30min};
  resources limits;
  limits[resource::cpu] = 0.8;
  p.what = placement::resize{{site_id{0}, host_id{0}}, limits, {}};
  p.why.limit = 0.5;
  p.expected = {1h, time_point{8 * 30min} + 10s, {}, {}};  // made a little after the step
  auto found = check_promise(p, demand, two_hosts());
  REQUIRE(found);
  CHECK(found->whole);
  CHECK_FALSE(found->kept.has_value());
  auto size = std::get<size_check>(found->found);
  CHECK(size.above_before == 1h);  // 0.9 and 0.7; 0.5 is not above 0.5
  CHECK(size.above_after == 30min);
  CHECK(size.avoided() == 30min);
  p.what = placement::scale{{site_id{0}, host_id{0}}, 2};
  found = check_promise(p, demand, two_hosts());
  REQUIRE(found);
  size = std::get<size_check>(found->found);
  CHECK(size.after == 1.0);
  CHECK(size.above_after == duration::zero());
  p.what = placement::scale{{site_id{1}, host_id{1}}, 2};
  CHECK(check_promise(p, demand, two_hosts()).error().field == "what.at.host");
}
