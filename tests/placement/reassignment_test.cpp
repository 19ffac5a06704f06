#include "reassignments.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace placement_test;
using placement::placement_rule;

namespace {

/// Two hosts of one resource, a workload on each.
reassignment two_hosts() {
  reassignment p;
  p.resources = {{false, 3}};
  p.location = {0, 1}, p.neighbourhood = {0, 1};
  p.capacity = {10, 10}, p.safety = {6, 8}, p.distance = {0, 5, 2, 0};
  p.spread_min = {0, 0}, p.depends_on = {{}, {}};
  p.service = {0, 1}, p.demand = {7, 2}, p.move_cost = {4, 1}, p.start = {0, 1};
  p.move_weight = 2, p.service_weight = 10, p.distance_weight = 100;
  return p;
}

}  // namespace

TEST_CASE("each term of the cost is what it says") {
  auto p = two_hosts();
  REQUIRE_FALSE(placement::ill_formed(p));
  CHECK(placement::cost_of(p, {0, 1}) == placement::reassignment_cost{.load = 3});
  CHECK(placement::cost_of(p, {1, 1}) ==
        placement::reassignment_cost{.load = 3, .balance = 0, .moves = 8, .services = 10, .distances = 500});
  CHECK(placement::cost_of(p, {1, 0}) ==
        placement::reassignment_cost{.load = 0, .balance = 0, .moves = 10, .services = 10, .distances = 700});
  p.balances = {
      {0, 0, 3, 7}};  // 3 units free for each unit free: 2 x 3 are missing on host 0, 2 x 8 on host 1
  CHECK(placement::cost_of(p, {0, 1}).balance == 7 * (6 + 16));
}

TEST_CASE("each rule refuses what it is for, and names it") {
  const auto broken = [](const reassignment& p, const assignment& where) {
    const auto found = placement::violation_of(p, where);
    REQUIRE(found.has_value());
    return *found;
  };
  auto p = two_hosts();
  CHECK_FALSE(placement::violation_of(p, {1, 0}));
  p.demand = {7, 4};
  CHECK(broken(p, {1, 1}) == placement::placement_violation{placement_rule::capacity, 1, 0});
  CHECK_FALSE(placement::violation_of(p, {1, 0}));
  p.resources[0].transient = true;  // what leaves is still held
  CHECK(broken(p, {1, 0}) == placement::placement_violation{placement_rule::transient_capacity, 0, 0});
  p = two_hosts();
  p.service = {0, 0};
  CHECK(broken(p, {1, 1}) == placement::placement_violation{placement_rule::conflict, 0, 1});
  p.spread_min = {2, 0};
  p.location = {0, 0};
  CHECK(broken(p, {0, 1}) == placement::placement_violation{placement_rule::spread, 0, 0});
  p = two_hosts();
  p.depends_on = {{1}, {}};
  CHECK(broken(p, {0, 1}) == placement::placement_violation{placement_rule::dependency, 0, 1});
  CHECK_FALSE(placement::violation_of(p, {1, 1}));
}

TEST_CASE("what is no description of a fleet is said to be none") {
  const auto wrong = [](auto spoil) {
    auto p = two_hosts();
    spoil(p);
    return placement::ill_formed(p).has_value();
  };
  CHECK(wrong([](auto& p) { p.resources.clear(); }));
  CHECK(wrong([](auto& p) { p.capacity.pop_back(); }));
  CHECK(wrong([](auto& p) { p.demand.push_back(1); }));
  CHECK(wrong([](auto& p) { p.depends_on.pop_back(); }));
  CHECK(wrong([](auto& p) { p.start[0] = 2; }));
  CHECK(wrong([](auto& p) { p.service[0] = 2; }));
  CHECK(wrong([](auto& p) { p.location[0] = 2; }));
  CHECK(wrong([](auto& p) { p.depends_on[0] = {2}; }));
  CHECK(wrong([](auto& p) { p.demand[0] = -1; }));
  CHECK(wrong([](auto& p) { p.service_weight = -1; }));
  CHECK(wrong([](auto& p) { p.balances = {{0, 1, 1, 1}}; }));
  constexpr std::int64_t large = std::int64_t{1} << 40;
  // What costs nothing, and a way that nobody goes, are multiplied all the same.
  CHECK(wrong([](auto& p) { p.capacity[0] = large, p.balances = {{0, 0, large, 0}}; }));
  CHECK(wrong([](auto& p) {
    p.service.clear(), p.demand.clear(), p.move_cost.clear(), p.start.clear();
    p.distance[1] = large, p.distance_weight = large;
  }));
  CHECK(wrong([](auto& p) { p.demand[0] = std::int64_t{1} << 60; }));
}

TEST_CASE("no assignment costs less than the bound") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto p = make_reassignment(seed);
    REQUIRE_FALSE(placement::ill_formed(p));
    const auto bound = placement::lower_bound_of(p);
    assignment where = p.start;
    random_stream random{seed};
    for (int i = 0; i < 20; ++i) {
      where[random.below(where.size())] = static_cast<std::uint32_t>(random.below(p.hosts()));
      REQUIRE(placement::cost_of(p, where).total() >= bound);
    }
  }
}

TEST_CASE("more services to map than the stated bound are refused, with the reason") {
  reassignment p;
  p.resources = {{false, 1}};
  const std::size_t hosts = 3000, services = 50'000;
  for (std::uint32_t h = 0; h < hosts; ++h) p.location.push_back(h), p.neighbourhood.push_back(h);
  p.capacity.assign(hosts, 10), p.safety = p.capacity, p.distance.assign(hosts * hosts, 1);
  p.spread_min.assign(services, 1), p.depends_on.resize(services);
  CHECK_FALSE(placement::ill_formed(p));
  p.spread_min.assign(services, 2);  // 50,000 x 6,000 counters
  CHECK(placement::ill_formed(p).value_or("").find("50000 with a spread or a dependency in 6000") !=
        std::string::npos);
  p.location.assign(hosts, 0);  // 50,000 x 3,001
  CHECK_FALSE(placement::ill_formed(p));
}

TEST_CASE("a dependency named a million times is looked up each time, and worked out once") {
  auto p = two_hosts();
  p.depends_on[0].assign(1'000'000, 0);
  CHECK_FALSE(placement::violation_of(p, p.start));
  p.depends_on[0].push_back(1);
  CHECK(placement::violation_of(p, p.start).has_value());
}
