#include "batches.hpp"

#include <foreshift/placement/market.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace placement_test;
using placement::market, placement::nowhere;

namespace {

/// Nobody pays more than epsilon above what is best for it, and no host has more than its places.
void check_content(const market& m, double epsilon) {
  std::vector<std::uint32_t> held(m.hosts());
  for (std::uint32_t w = 0; w < m.workloads(); ++w) {
    const auto h = m.where()[w];
    if (h != nowhere) ++held[h];
    const double pays = m.paid()[w] + (h == nowhere ? 0 : m.prices()[h]);
    REQUIRE(pays <= m.least(w) + epsilon + 1e-9);
  }
  for (std::uint32_t h = 0; h < m.hosts(); ++h) {
    REQUIRE(held[h] <= m.places(h));
    REQUIRE(m.prices()[h] >= 0);
    REQUIRE((m.places(h) > 0 || std::isinf(m.prices()[h])));
  }
}
void check_free_places_cost_nothing(const market& m) {
  auto left = std::vector<std::uint32_t>(m.hosts());
  for (std::uint32_t h = 0; h < m.hosts(); ++h) left[h] = m.places(h);
  for (const auto h : m.where())
    if (h != nowhere) --left[h];
  for (std::uint32_t h = 0; h < m.hosts(); ++h) REQUIRE((left[h] == 0 || m.prices()[h] == 0));
}

}  // namespace

TEST_CASE("after selling everybody is content, and after lowering free places cost nothing besides") {
  std::uint64_t bids = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    for (const bool contested : {false, true}) {
      market m{make_batch(seed, {40, 8, 5, 6, contested})};
      double epsilon = 8;
      for (; epsilon > 0.4; epsilon /= 3) {
        double step = epsilon;
        m.look_again(epsilon);
        m.sell(step, 1, 1000);
        CHECK(step == epsilon);
        check_content(m, epsilon);
        m.lower(epsilon, 1, 1000);
        check_content(m, epsilon);
        check_free_places_cost_nothing(m);
      }
      bids += m.bids();
    }
  }
  CHECK(bids > 300 * 80);  // somebody was outbid
}

TEST_CASE("a step grows while a price war lasts") {
  // Three want the only places of two hosts more than anything.
  const std::vector<offer> both{{0, 0}, {0, 1}};
  market m{{{1, 1}, {0, 2, 4, 6}, {both[0], both[1], both[0], both[1], both[0], both[1]}, {1e6, 1e6, 1e6}}};
  double epsilon = 1;
  m.sell(epsilon, 2, 10);
  CHECK(epsilon > 1000);
  CHECK(m.bids() < 1000);
  check_content(m, epsilon);
}

TEST_CASE("limits that follow lowered prices are those of a fresh look") {
  // Otherwise a holder would stay whose second choice has become better: seen only after further sales.
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    const batch_shape shape{30, 6, 4, 5, true};
    market m{make_batch(seed, shape)};
    random_stream random{seed};
    double epsilon = 0.5;
    m.sell(epsilon, 1, 1000);
    for (int round = 0; round < 20; ++round) {
      m.lower(epsilon, 1, 1000);
      m.lower_limits(epsilon);
      for (int n = 0; n < 3; ++n)
        m.change(static_cast<std::uint32_t>(random.below(shape.workloads)), make_offers(random, shape), 40);
      m.sell(epsilon, 1, 1000);
      check_content(m, 0.5);
    }
  }
}
