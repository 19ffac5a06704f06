#include "pair.hpp"

#include <foreshift/placement/load_terms.hpp>

#include <doctest/doctest.h>

using namespace fleet;

// Demand 4 goes from host 1, which carries 9, to host 2, which carries 3; limits are 8, capacities 10, and
// the horizon is 20 minutes.

TEST_CASE("load over the safety capacity counts at both ends") {
  pair p;
  p.host(1).safety = resources{{4, 0, 0, 0}};
  p.host(2).safety = resources{{5, 0, 0, 0}};
  CHECK(p.cost(load_over_safety{}) == doctest::Approx(0.25 + 0.4));
  CHECK(p.staying(load_over_safety{}) == doctest::Approx(1.25));
  p.host(2).safety = resources{{2, 0, 0, 0}};  // was over it by 1 before
  CHECK(p.cost(load_over_safety{}) == doctest::Approx(0.25 + 2));
  p.host(1).safety = p.host(2).safety = std::nullopt;  // that of the limit
  CHECK(p.cost(load_over_safety{}) == 0);
  CHECK(p.staying(load_over_safety{}) == doctest::Approx(1 / 8.0));
}

TEST_CASE("imbalance prefers the emptier destination") {
  pair p;
  CHECK(p.cost(imbalance{}) == doctest::Approx((25 + 49 - 9) / 64.0));
  CHECK(p.staying(imbalance{}) == doctest::Approx(81 / 64.0));
  const double before = p.cost(imbalance{});
  p.w.hosts[1].pending = 1;
  CHECK(p.cost(imbalance{}) > before);
}

TEST_CASE("money, energy and carbon are those of the horizon, by each host's rates") {
  pair p;
  const power_curve flat{{100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100}};
  const power_curve steep{{0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300}};
  const std::vector<host_rates> rates{{{1}, 6, flat, 500}, {{2}, 3, steep, 100}, {{3}, 1, steep, 0}};
  CHECK(p.cost(money{rates}) == doctest::Approx((5 * 6 + 4 * 3) / 3.0));
  CHECK(p.staying(money{rates}) == doctest::Approx(9 * 6 / 3.0));
  CHECK(p.cost(energy{rates}) == doctest::Approx((0.1 + 0.12) / 3));
  CHECK(p.staying(energy{rates}) == doctest::Approx(0.1 / 3));
  CHECK(p.cost(carbon{rates}) == doctest::Approx((0.1 * 0.5 + 0.12 * 0.1) / 3));
  CHECK(p.staying(carbon{rates}) == doctest::Approx(0.1 * 0.5 / 3));
}
