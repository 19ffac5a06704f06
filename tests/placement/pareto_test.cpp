#include "fleet.hpp"

#include <foreshift/placement/load_terms.hpp>
#include <foreshift/placement/pareto.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace fleet;

namespace {
std::array<double, 2> random_point(random_stream& random, std::uint64_t grid) {
  return {static_cast<double>(random.below(grid)), static_cast<double>(random.below(grid))};
}
}  // namespace

TEST_CASE("the front is what nothing dominates") {
  random_stream random{4};
  for (int round = 0; round < 200; ++round) {
    std::vector<std::array<double, 3>> points;
    for (std::uint64_t i = 0; i < 1 + random.below(40); ++i)
      points.push_back({static_cast<double>(random.below(6)), static_cast<double>(random.below(6)),
                        static_cast<double>(random.below(6))});
    std::set<std::array<double, 3>> expected, got;
    for (const auto& p : points)
      if (std::ranges::none_of(points, [&](const auto& q) { return dominates(q, p); })) expected.insert(p);
    const auto front = front_of<3>(points);
    for (const auto i : front) got.insert(points[i]);
    CHECK(got == expected);
    CHECK(front.size() == expected.size());  // of equals one
  }
}

TEST_CASE("nothing dominates itself, and an equal does not") {
  CHECK_FALSE(dominates<2>({1, 1}, {1, 1}));
  CHECK(dominates<2>({1, 0}, {1, 1}));
  CHECK_FALSE(dominates<2>({1, 0}, {0, 1}));
}

TEST_CASE("the knee is the point furthest from the chord") {
  const std::vector<std::array<double, 2>> bulging{{0, 100}, {1, 30}, {2, 20}, {10, 0}};
  // Scaled: (0,1) (0.1,0.3) (0.2,0.2) (1,0); the sums are 1, 0.4, 0.4 and 1: of equals the first.
  CHECK(knee_of<2>(bulging) == 1);
  const std::vector<std::array<double, 2>> other{{0, 100}, {1, 40}, {2, 20}, {10, 0}};
  CHECK(knee_of<2>(other) == 2);
  const std::vector<std::array<double, 2>> one{{5, 5}};
  CHECK(knee_of<2>(one) == 0);
}

TEST_CASE("the front of a host's moves holds the best by every weighting, and only moves that are admitted") {
  int longer = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const auto w = random_world(seed, 5, 6, 16, 6);
    const auto view = w.view();
    std::vector<host_rates> rates;
    for (const auto& h : w.hosts)
      rates.push_back({h.host, 1.0 + static_cast<double>(h.host.value * 7 % 5), {}, 0});
    const scalarised terms{weighted{overload_minutes{}}, weighted{money{rates}}};
    const auto front = pareto_front({view, {1}}, terms, usual_rules{});
    longer += front.size() > 2 ? 1 : 0;
    int knees = 0;
    for (std::size_t i = 0; i < front.size(); ++i) {
      knees += front[i].knee ? 1 : 0;
      for (const auto& other : front) CHECK_FALSE(dominates(other.costs, front[i].costs));
    }
    CHECK(knees == (front.empty() ? 0 : 1));
    for (const double weight : {0.01, 1.0, 100.0}) {
      const scalarised both{weighted{overload_minutes{}}, weighted{money{rates}, weight}};
      const best_fit<std::remove_const_t<decltype(both)>> by_weight{
          .objective = both, .options = {.evaluations_max = 0, .gain_minutes_min = -1e9}};
      const auto got = by_weight.select({view, {1}});
      if (!got) continue;
      REQUIRE_FALSE(front.empty());
      double least = std::numeric_limits<double>::infinity();
      for (const auto& m : front) least = std::min(least, m.costs[0] + weight * m.costs[1]);
      CHECK(got->cost == doctest::Approx(least).epsilon(1e-12));
    }
  }
  CHECK(longer > 10);
}

TEST_CASE("a host that is not known has no moves to trade off") {
  const auto w = random_world(1, 3, 3, 8, 4);
  CHECK(pareto_front({w.view(), {99}}, scalarised{weighted{overload_minutes{}}}, usual_rules{}).empty());
}

TEST_CASE("the epsilon constraint finds the whole front, the part that no weights find included") {
  random_stream random{9};
  for (int round = 0; round < 100; ++round) {
    std::vector<std::array<double, 2>> points;
    for (std::uint64_t i = 0; i < 1 + random.below(30); ++i) points.push_back(random_point(random, 12));
    int asked = 0;
    const auto front = epsilon_constraint(
        [&](double bound) {
          ++asked;
          std::optional<std::pair<int, std::array<double, 2>>> best;
          for (const auto& p : points)
            if (p[1] <= bound && (!best || p < best->second)) best = {0, p};
          return best;
        },
        1);
    const auto expected = front_of<2>(points);
    REQUIRE(front.size() == expected.size());
    for (std::size_t i = 0; i < front.size(); ++i) CHECK(front[i].second == points[expected[i]]);
    CHECK(asked == static_cast<int>(front.size()) + 1);
  }
}
