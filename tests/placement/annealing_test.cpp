#include "reassignments.hpp"

#include <foreshift/placement/annealing.hpp>

#include <doctest/doctest.h>

using namespace placement_test;
using placement::annealing;

namespace {

/// The least cost of all assignments that break no rule.
std::int64_t exhaustive(const reassignment& p) {
  std::int64_t least = placement::cost_of(p, p.start).total();
  assignment where(p.workloads(), 0);
  for (;;) {
    const auto cost = placement::cost_of(p, where).total();
    if (cost < least && !placement::violation_of(p, where)) least = cost;
    std::size_t i = 0;
    while (i < where.size() && ++where[i] == p.hosts()) where[i++] = 0;
    if (i == where.size()) return least;
  }
}
auto proposals(std::uint64_t n) {
  return [n](std::uint64_t made) { return static_cast<double>(made) / static_cast<double>(n); };
}
reassignment larger(std::uint64_t seed) {
  return make_reassignment(
      seed, {.hosts = 20, .workloads = 120, .services = 40, .kinds = 4, .locations = 5, .neighbourhoods = 3});
}

/// The large one on host 0, the small ones on host 1; safety capacities of 20, 100 and 60.
reassignment one_large_and_six_small(std::int64_t capacity) {
  reassignment p;
  p.resources = {{false, 10}};
  p.location = {0, 0, 0}, p.neighbourhood = {0, 0, 0};
  p.capacity.assign(3, capacity), p.safety = {20, 100, 60};
  p.distance.assign(9, 0);
  for (std::uint32_t i = 0; i < 7; ++i) {
    p.service.push_back(i), p.start.push_back(i == 0 ? 0 : 1), p.move_cost.push_back(1);
    p.demand.push_back(i == 0 ? 90 : 10);
    p.spread_min.push_back(0), p.depends_on.emplace_back();
  }
  return p;
}

}  // namespace

TEST_CASE("on small fleets no assignment is cheaper than the one that is found") {
  std::size_t improved = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const auto p = make_reassignment(seed, {.workloads = 3 + static_cast<std::uint32_t>(seed % 4)});
    const auto found = annealing{}.run(p, seed, proposals(100'000));
    REQUIRE_FALSE(placement::violation_of(p, found.where));
    REQUIRE(found.cost == placement::cost_of(p, found.where).total());
    CHECK(found.cost == exhaustive(p));
    improved += found.cost < placement::cost_of(p, p.start).total() ? 1 : 0;
  }
  CHECK(improved > 30);
}

TEST_CASE("what is found breaks no rule, costs what is said, and is never dearer than the start") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto p = larger(seed);
    const auto start = placement::cost_of(p, p.start).total();
    const auto found = annealing{}.run(p, seed, proposals(200'000));
    CHECK_FALSE(placement::violation_of(p, found.where));
    CHECK(found.cost == placement::cost_of(p, found.where).total());
    CHECK(found.cost < start);
    CHECK(found.cost >= placement::lower_bound_of(p));
    const auto none = annealing{}.run(p, seed, [](std::uint64_t) { return 1.0; });
    CHECK(none.where == p.start);
    CHECK(none.cost == start);
  }
}

TEST_CASE("a seed and a number of proposals give one outcome; of several runs the best is taken") {
  const auto p = larger(3);
  const auto a = annealing{}.run(p, 5, proposals(100'000)), b = annealing{}.run(p, 5, proposals(100'000));
  CHECK(a.where == b.where);
  CHECK(a.proposals == b.proposals);
  sequential_executor one_by_one;
  const auto best = placement::best_annealing(annealing{}, p, 5, 4, one_by_one, proposals(100'000));
  CHECK(best.cost <= a.cost);
  std::int64_t least = a.cost;
  for (std::uint64_t seed = 6; seed < 9; ++seed)
    least = std::min(least, annealing{}.run(p, seed, proposals(100'000)).cost);
  CHECK(best.cost == least);
}

TEST_CASE("a large budget is shared out among several annealings, and is used up by them") {
  auto p = larger(4);
  for (auto& kind : p.resources) kind.overload_cost *= 1'000;  // moves are cheap beside it
  for (std::size_t i = 0; i < p.safety.size(); ++i) p.safety[i] = p.capacity[i] * 8 / 10;
  placement::annealing_options how;
  how.round = 200;
  const auto n = 20 * 200 * p.workloads();
  const auto found = annealing{how}.run(p, 1, proposals(n));
  CHECK(found.proposals >= n);
  CHECK(found.proposals < n + 20 * annealing::look_every);
  CHECK(found.cost == placement::cost_of(p, found.where).total());
  CHECK(!placement::violation_of(p, found.where));
  how.round = 1e9;
  const auto alone = annealing{how}.run(p, 1, proposals(n));
  CHECK(alone.accepted != found.accepted);
}

TEST_CASE("where nobody can go anywhere, and where only swaps are possible, the search ends all the same") {
  reassignment p;
  p.resources = {{false, 100}};
  p.location = {0, 0}, p.neighbourhood = {0, 0}, p.capacity = {10, 10}, p.safety = {15, 5};
  p.distance.assign(4, 0);
  p.service = {0, 0}, p.start = {0, 1}, p.demand = {10, 10}, p.move_cost = {1, 1};
  p.spread_min = {0}, p.depends_on = {{}};
  placement::annealing_options how;
  how.swap_share = 1, how.eviction_share = 0;
  for (const std::int64_t capacity : {10, 9}) {
    p.capacity[1] = p.demand[1] = capacity;
    const auto found = annealing{how}.run(p, 1, proposals(10'000));
    CHECK(found.where == p.start);
    CHECK(found.proposals >= 10'000);
  }
}

TEST_CASE("a budget that is half spent before the search begins is used up all the same") {
  const auto p = larger(5);
  constexpr std::uint64_t n = 100'000;
  const auto found = annealing{}.run(p, 1, [](std::uint64_t made) {
    return 0.5 + static_cast<double>(made) / (2.0 * static_cast<double>(n));
  });
  CHECK(found.proposals >= n);
  CHECK(found.proposals < n + 2 * annealing::look_every);
  CHECK(found.cost < placement::cost_of(p, p.start).total());
  CHECK(!placement::violation_of(p, found.where));
}

TEST_CASE("what meets the bound ends the search, and what needs no move is left in place") {
  auto p = larger(6);
  p.balances.clear();
  p.safety = p.capacity;
  const auto nothing = annealing{}.run(p, 1, proposals(1'000'000));
  CHECK(nothing.proposals == 0);
  CHECK(nothing.where == p.start);
  // One workload is too many on its host: all that is paid for in the end is one move.
  p.safety[p.start[0] * p.kinds()] =
      placement::detail::loads_of(p, p.start, false)[p.start[0] * p.kinds()] - 1;
  for (auto& kind : p.resources) kind.overload_cost = 1'000;
  p.move_weight = 1, p.service_weight = 10, p.distance_weight = 0;
  p.move_cost.assign(p.workloads(), 1);
  const auto found = annealing{}.run(p, 1, proposals(1'000'000));
  CHECK(found.cost == 11);
}

TEST_CASE("a large workload gets its place because smaller ones make room for it") {
  // Host 0 has one large workload and is over its safety; host 1 is full of small ones, which fit on host 2.
  const auto p = one_large_and_six_small(100);
  placement::annealing_options how;
  how.swap_share = 0, how.eviction_share = 0.5;
  const auto found = annealing{how}.run(p, 1, proposals(20'000));
  CHECK(found.where[0] == 1);
  CHECK(found.cost == exhaustive(p));
}

TEST_CASE(
    "smaller ones make room until coming pays, also where there is room for all above the safety capacity") {
  // Host 0 is over its safety by 70; on host 1 the large one would be over by 50 beside the small ones.
  const auto p = one_large_and_six_small(200);
  placement::annealing_options how;
  how.swap_share = 0, how.eviction_share = 1;
  const auto found = annealing{how}.run(p, 1, proposals(20'000));
  CHECK(found.where[0] == 1);
  CHECK(found.cost == exhaustive(p));
}
