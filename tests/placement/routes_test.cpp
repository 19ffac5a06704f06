#include <foreshift/core/random.hpp>
#include <foreshift/placement/routes.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace foreshift::placement;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// Two ways from host 1 to host 2: the short one over site 1 bears 10, the long one over sites 2 and 3 bears
/// 40.
topology two_ways() {
  return {{},
          {{host_id{1}, site_id{1}, 1, 10},
           {site_id{1}, host_id{2}, 1, 20},
           {host_id{1}, site_id{2}, 1, 50},
           {site_id{2}, site_id{3}, 5, 40},
           {site_id{3}, host_id{2}, 1, 60}}};
}
route_planner planner_of(const topology& what) { return route_planner::make(what).value(); }

topology random_topology(random_stream& random, std::uint64_t nodes, std::uint64_t links) {
  topology t;
  for (std::uint64_t e = 0; e < links; ++e)
    t.links.push_back({host_id{random.below(nodes)}, host_id{random.below(nodes)},
                       static_cast<double>(random.below(9)), static_cast<double>(1 + random.below(9))});
  return t;
}
/// Latency and width of every way without a loop.
std::vector<std::pair<double, double>> all_ways(const topology& t, host_id from, host_id to) {
  std::vector<std::pair<double, double>> ways;
  std::vector<topology_node> seen;
  const std::function<void(topology_node, double, double)> walk = [&](topology_node at, double ms,
                                                                      double width) {
    if (at == topology_node{to}) return ways.emplace_back(ms, width), void();
    seen.push_back(at);
    for (const auto& l : t.links)
      for (const auto& [a, b] : {std::pair{l.a, l.b}, std::pair{l.b, l.a}})
        if (a == at && std::ranges::find(seen, b) == seen.end())
          walk(b, ms + l.latency_ms, std::min(width, l.bandwidth));
    seen.pop_back();
  };
  walk(from, 0, inf);
  return ways;
}

}  // namespace

TEST_CASE("the fastest way may be narrow, and the widest long") {
  const auto net = planner_of(two_ways());
  CHECK(net.fastest(host_id{1}, host_id{2}) == route{{0, 1}, 2, 10});
  CHECK(net.widest(host_id{1}, host_id{2}) == route{{2, 3, 4}, 7, 40});
  CHECK(net.fastest(host_id{1}, host_id{2}, 11) == route{{2, 3, 4}, 7, 40});
  CHECK_FALSE(net.fastest(host_id{1}, host_id{2}, 41));
  CHECK(net.fastest(host_id{1}, host_id{1}) == route{});
  CHECK_FALSE(net.fastest(host_id{1}, host_id{3}));
  CHECK_FALSE(net.widest(host_id{1}, host_id{3}));
}

TEST_CASE("what one copy holds is not there for the next, until it is released") {
  auto net = planner_of(two_ways());
  const auto first = net.reserve(net.fastest(host_id{1}, host_id{2})->links, 10);
  REQUIRE(first);
  CHECK(net.left_on(0) == 0);
  CHECK(net.left_on(1) == 10);
  CHECK(net.fastest(host_id{1}, host_id{2}) == route{{2, 3, 4}, 7, 40});  // the short way is closed
  const auto second = net.reserve(std::vector<std::size_t>{2, 3, 4}, 25);
  REQUIRE(second);
  CHECK(net.widest(host_id{1}, host_id{2}) == route{{2, 3, 4}, 7, 15});
  const auto third = net.reserve(std::vector<std::size_t>{2, 3, 4}, 16);
  REQUIRE_FALSE(third);
  CHECK(third.error() == 3);  // the first link with less left
  CHECK(net.left_on(2) == 25);
  net.release(*first);
  CHECK(net.fastest(host_id{1}, host_id{2}) == route{{0, 1}, 2, 10});
  net.release(*second);
  CHECK(net.left_on(3) == 40);
}

TEST_CASE("what is released is whole again, whatever was held") {
  auto net = planner_of({{}, {{host_id{1}, host_id{2}, 1, 1}}});
  std::vector<reservation_id> held;
  for (int i = 0; i < 9; ++i) held.push_back(net.reserve(std::vector<std::size_t>{0}, 0.1).value());
  for (const auto id : held) net.release(id);
  CHECK(net.left_on(0) == 1);
}

TEST_CASE("searches agree with trying every way") {
  random_stream random{11};
  int found = 0;
  for (int round = 0; round < 150; ++round) {
    const auto t = random_topology(random, 6, 9);
    const auto net = planner_of(t);
    const host_id from{random.below(6)}, to{random.below(6)};
    if (from == to) continue;
    const auto ways = all_ways(t, from, to);
    for (const double width : {0.0, 4.0, 7.0}) {
      double least = inf;
      for (const auto& [ms, w] : ways)
        if (w >= width) least = std::min(least, ms);
      const auto got = net.fastest(from, to, width);
      CHECK((got ? got->latency_ms : inf) == least);
      if (got) CHECK(got->bandwidth >= width);
    }
    double widest = 0, of_these = inf;
    for (const auto& [ms, w] : ways) widest = std::max(widest, w);
    for (const auto& [ms, w] : ways)
      if (w == widest) of_these = std::min(of_these, ms);
    const auto got = net.widest(from, to);
    REQUIRE(got.has_value() == !ways.empty());
    if (!got) continue;
    ++found;
    CHECK(got->bandwidth == widest);
    CHECK(got->latency_ms == of_these);
  }
  CHECK(found > 60);
}

TEST_CASE("a topology that cannot be has no routes") {
  CHECK_FALSE(route_planner::make({{}, {{host_id{1}, host_id{2}, -1, 1}}}));
}
