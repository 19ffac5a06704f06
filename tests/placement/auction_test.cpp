#include "../support/assignment_oracle.hpp"
#include "batches.hpp"

#include <foreshift/placement/auction.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace placement_test;
using placement::auction, placement::cost_of, placement::dual_bound, placement::nowhere;

namespace {

/// Feasible, priced as the problem prices it, and the bound is that of its prices.
void check_certificate(const batch_problem& p, const auction& a) {
  const auto cost = cost_of(p, a.where());
  REQUIRE(cost.has_value());
  REQUIRE(a.cost() == doctest::Approx(*cost));
  REQUIRE(a.bound() == doctest::Approx(dual_bound(p, a.prices())));
  REQUIRE(a.cost() >= a.bound() - 1e-9 * std::abs(a.cost()));
}

/// By the oracle, with a host of its own for those without a place.
double least_cost_by_flow(const batch_problem& p) {
  assignment_oracle::assignment_case c;
  c.workloads = p.workloads();
  c.host_capacity.assign(p.places.begin(), p.places.end());
  c.host_capacity.push_back(static_cast<std::int64_t>(p.workloads()));
  for (std::uint32_t w = 0; w < p.workloads(); ++w) {
    for (const auto& o : p.offers_of(w)) c.arcs.push_back({w, o.host, static_cast<std::int64_t>(o.cost)});
    c.arcs.push_back(
        {w, static_cast<std::uint32_t>(p.hosts()), static_cast<std::int64_t>(p.unplaced_cost[w])});
  }
  const auto least = assignment_oracle::least_cost(c);
  REQUIRE(least.has_value());
  return static_cast<double>(*least);
}

}  // namespace

TEST_CASE("small batches get the assignment that trying them all finds") {
  int unplaced = 0, outbid = 0;
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    CAPTURE(seed);
    const auto p = make_batch(seed, {7, 4, 4, 2, seed % 2 == 0});
    auction a{p, {.tolerance = 1e-4}};  // steps of 0.01 at most: whole numbers leave no room for error
    a.solve();
    check_certificate(p, a);
    REQUIRE(a.cost() == least_cost_of(p));
    unplaced += std::ranges::count(a.where(), nowhere) > 0;
    outbid += a.bids() > p.workloads();
  }
  CHECK(unplaced > 1000);
  CHECK(outbid > 1000);
}

TEST_CASE("after any changes the outcome is as good as from scratch") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    const batch_shape shape{7, 4, 4, 3, seed % 2 == 0};
    auto p = make_batch(seed, shape);
    random_stream random{seed};
    auction a{p, {.tolerance = 1e-4}};
    for (int round = 0; round < 10; ++round) {
      for (auto n = random.below(3); n > 0; --n) {
        const auto w = static_cast<std::uint32_t>(random.below(shape.workloads));
        const auto offers = make_offers(random, shape);
        const auto unplaced = 20 + static_cast<double>(random.below(100));
        p = with_offers(p, w, offers, unplaced);
        a.change(w, offers, unplaced);
      }
      if (random.below(2) == 0) {
        const auto h = static_cast<std::uint32_t>(random.below(shape.hosts));
        p.places[h] = static_cast<std::uint32_t>(random.below(5));
        a.resize(h, p.places[h]);
      }
      a.solve();
      check_certificate(p, a);
      REQUIRE(a.cost() == least_cost_of(p));
    }
  }
}

TEST_CASE("up to a thousand workloads on a hundred hosts cost what a minimum cost flow does") {
  for (const bool contested : {false, true}) {
    CAPTURE(contested);
    const auto p =
        contested ? make_batch(1, {1000, 100, 10, 18, true}) : make_batch(1, {300, 40, 20, 13, false});
    const double least = least_cost_by_flow(p);
    auction exact{p, {.tolerance = 1e-5}};
    exact.solve();
    check_certificate(p, exact);
    CHECK(exact.cost() == least);
    auction usual{p};
    usual.solve();
    check_certificate(p, usual);
    CHECK(usual.cost() >= least);
    CHECK(usual.bound() <= least);
    CHECK(usual.gap() < 0.001);
    CHECK(usual.bids() <= exact.bids() + exact.bids() / 100);  // without a war steps hardly matter
  }
}

TEST_CASE("where hosts are short, the step grows and comes down again, and the gap stays small") {
  const auto p = make_batch(7, {2000, 40, 10, 60, true});
  auction a{p};
  a.solve();
  check_certificate(p, a);
  CHECK(a.bids() > 2 * p.workloads());  // where the first, smallest step ends
  CHECK(a.gap() < 0.002);
  auction again{p};
  again.solve();
  CHECK(std::ranges::equal(a.where(), again.where()));
  CHECK(a.bids() == again.bids());
}

TEST_CASE("small changes to a large batch mend the outcome and its certificate") {
  const batch_shape shape{2000, 300, 10, 14, false};
  auto p = make_batch(11, shape);
  random_stream random{11};
  auction a{p};
  a.solve();
  const auto at_first = a.bids();
  for (int round = 0; round < 20; ++round) {
    const auto w = static_cast<std::uint32_t>(random.below(shape.workloads));
    const auto offers = make_offers(random, shape);
    p = with_offers(p, w, offers, 50);
    a.change(w, offers, 50);
    a.solve();
    check_certificate(p, a);
    CHECK(a.gap() < 0.001);
  }
  CHECK(a.bids() - at_first < at_first / 10);
}

TEST_CASE("one that nobody offers a place, at whatever price, does not coarsen the others' steps") {
  const batch_shape shape{1000, 60, 10, 30, true};
  auto p = make_batch(5, shape);
  auction alone{p};
  alone.solve();
  p.first.push_back(p.first.back());
  p.unplaced_cost.push_back(1e9);
  auction beside{p};
  beside.solve();
  check_certificate(p, beside);
  CHECK(beside.cost() - 1e9 == doctest::Approx(alone.cost()).epsilon(1e-3));
  CHECK(beside.cost() - beside.bound() < 2e-3 * alone.cost());
}

TEST_CASE("steps follow costs that drift far away from those at first") {
  for (const double factor : {0.01, 100.0}) {
    CAPTURE(factor);
    auto p = make_batch(7, {2000, 40, 10, 60, true});
    auction a{p};
    a.solve();
    for (auto& o : p.offers) o.cost *= factor;
    for (std::uint32_t w = 0; w < p.workloads(); ++w)
      a.change(w, p.offers_of(w), p.unplaced_cost[w] *= factor);
    const auto before = a.bids();
    a.solve();
    check_certificate(p, a);
    CHECK(a.gap() < 0.002);
    auction fresh{p};
    fresh.solve();
    CHECK(a.bids() - before < 3 * fresh.bids());
  }
}

TEST_CASE("steps follow a host that opens with all the cheap offers, or closes") {
  // Host 0 costs next to nothing, and has no places at first.
  batch_problem p{{0, 40, 60}, {0}, {}, {}};
  random_stream random{2};
  for (std::uint32_t w = 0; w < 200; ++w) {
    for (const double base : {1e-3, 1e3, 1e3})
      p.offers.push_back({base * (1 + random.uniform()), static_cast<std::uint32_t>(p.offers.size() % 3)});
    p.first.push_back(static_cast<std::uint32_t>(p.offers.size()));
    p.unplaced_cost.push_back(1e4);
  }
  auction a{p};
  for (const std::uint32_t places : {0U, 200U, 0U, 150U}) {
    a.resize(0, p.places[0] = places);
    a.solve();
    check_certificate(p, a);
    CHECK(a.gap() < 0.002);
  }
}

TEST_CASE("whatever the sign of costs, and with first choices that cost nothing, the gap stays small") {
  for (const double shift : {-40.0, -7.0, 0.0}) {
    CAPTURE(shift);
    // Everybody's cheapest host has the same cost, 0 at the end; in small units, too.
    for (const double unit : {1.0, 1e-6}) {
      batch_problem p{{10, 10, 10, 10}, {0}, {}, {}};
      random_stream random{4};
      for (std::uint32_t w = 0; w < 45; ++w) {
        for (std::uint32_t h = 0; h < 4; ++h)
          p.offers.push_back({unit * (shift + h * (4.0 + static_cast<double>(random.below(4)))), h});
        p.first.push_back(static_cast<std::uint32_t>(p.offers.size()));
        p.unplaced_cost.push_back(unit * 100);
      }
      auction a{p};
      a.solve();
      check_certificate(p, a);
      CHECK(a.gap() < 0.005);
    }
  }
}

TEST_CASE("where prices are too high for the least step to show, it ends, and the gap is true") {
  // Ties everywhere, and half of the places that are wanted: the price of none decides every price.
  for (const double none : {1e12, 1e15, 1e18, 1e100, placement::batch_cost_max}) {
    CAPTURE(none);
    batch_problem p{{1, 1, 1}, {0}, {}, {}};
    for (std::uint32_t w = 0; w < 6; ++w) {
      for (std::uint32_t h = 0; h < 3; ++h) p.offers.push_back({1.0 + (w == 0 ? h : 0), h});
      p.first.push_back(static_cast<std::uint32_t>(p.offers.size()));
      p.unplaced_cost.push_back(none + w);
    }
    auction a{p, {.tolerance = 1e-6}};
    a.solve();
    CHECK(a.bids() < 500'000);
    const double least = least_cost_of(p);
    CHECK(a.cost() >= least);
    CHECK(a.bound() <= least);
    CHECK(a.gap() < 1e-12);
    for (int round = 0; round < 3; ++round) {  // with the prices of last time
      a.change(1, p.offers_of(0), none / 2);
      a.solve();
      CHECK(a.bids() < 500'000);
      CHECK(a.gap() < 1e-12);
      a.change(1, p.offers_of(1), p.unplaced_cost[1]);
      a.solve();
      CHECK(a.bound() <= least);
      CHECK(a.cost() >= least);
    }
  }
}

TEST_CASE("many workloads with a large price of none end with a bound that no assignment breaks") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    auto p = make_batch(seed, {7, 4, 4, 2, seed % 2 == 0});
    for (auto& u : p.unplaced_cost) u += seed % 3 == 0 ? 1e15 : 1e13;
    for (auto& o : p.offers) o.cost = o.cost < 14 ? 1 : 2;
    auction a{p, {.tolerance = 1e-9}};
    a.solve();
    const double least = least_cost_of(p);
    REQUIRE(a.cost() >= least);
    REQUIRE(a.bound() <= least);
    REQUIRE(a.cost() - a.bound() <= 1e-12 * a.cost() + 7 * 2);
  }
}

TEST_CASE("when what made steps large has become cheap, those who did not change choose by small steps too") {
  // Odd workloads are cheap, on hosts of their own; even ones cost 10,000 times as much, at first.
  random_stream random{1};
  batch_problem p;
  p.places.assign(100, 20);
  p.first.push_back(0);
  for (std::uint32_t w = 0; w < 1000; ++w) {
    const auto first = static_cast<std::uint32_t>(random.below(50));
    for (std::uint32_t i = 0; i < 8; ++i) {
      const std::uint32_t h = (first + 7 * i) % 50;
      const double cost = 1 + h % 5 + 3 * random.uniform();
      p.offers.push_back({w % 2 == 1 ? cost : 1e4 * cost, h + 50 * (w % 2)});
    }
    p.first.push_back(static_cast<std::uint32_t>(p.offers.size()));
  }
  p.unplaced_cost.assign(1000, 1e6);
  auction a{p};
  a.solve();
  for (std::uint32_t w = 0; w < 1000; w += 2) {
    for (auto i = p.first[w]; i < p.first[w + 1]; ++i) p.offers[i].cost /= 1e4;
    a.change(w, p.offers_of(w), 1e6);
  }
  a.solve();
  check_certificate(p, a);
  CHECK(a.gap() < 0.001);
}

TEST_CASE("when a shortage ends, prices that had gone high come down in few steps") {
  for (const double none : {1e7, 1e15}) {
    CAPTURE(none);
    batch_problem p;
    p.places = {2, 2, 1};
    p.first.push_back(0);
    random_stream random{3};
    for (std::uint32_t w = 0; w < 6; ++w) {
      for (std::uint32_t h = 0; h < 3; ++h) p.offers.push_back({1 + random.uniform(), h});
      p.first.push_back(static_cast<std::uint32_t>(p.offers.size()));
    }
    p.unplaced_cost.assign(6, none);
    auction a{p, {.tolerance = 1e-6}};
    a.solve();
    check_certificate(p, a);
    const auto offers = std::vector<offer>{{1.5, 0}};
    for (const std::uint32_t w : {0U, 1U}) p = with_offers(p, w, offers, 1), a.change(w, offers, 1);
    a.solve();  // by steps of a millionth it would take for ever
    const auto cost = cost_of(p, a.where());
    REQUIRE(cost.has_value());
    CHECK(a.cost() == doctest::Approx(*cost));
    CHECK(*cost == doctest::Approx(least_cost_of(p)).epsilon(1e-5));
    CHECK(a.gap() < 1e-5);
    CHECK(a.bound() <= least_cost_of(p));
  }
}

TEST_CASE("nothing to place, nowhere to place it, and everything free are answered as well") {
  auction none{batch_problem{{}, {0}, {}, {}}};
  none.solve();
  CHECK((none.cost() == 0 && none.gap() == 0));
  const batch_problem closed{{0, 0}, {0, 1, 2}, {{1, 0}, {2, 1}}, {5, 6}};
  auction shut{closed};
  shut.solve();
  check_certificate(closed, shut);
  CHECK((shut.cost() == 11 && shut.gap() == 0));
  const batch_problem free{{2}, {0, 1, 2}, {{0, 0}, {0, 0}}, {0, 0}};
  auction all{free};
  all.solve();
  check_certificate(free, all);
  CHECK((all.cost() == 0 && all.gap() == 0));
}
