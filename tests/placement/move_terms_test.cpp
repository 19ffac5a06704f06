#include "pair.hpp"

#include <foreshift/placement/best_fit.hpp>
#include <foreshift/placement/move_terms.hpp>
#include <foreshift/placement/scalarised.hpp>

#include <doctest/doctest.h>

using namespace fleet;

TEST_CASE("copying costs downtime by criticality and the time it takes") {
  pair p;
  p.workload(10).requested[resource::memory] = 100;
  const std::vector<dirty_rate_of> rates{{{10}, 5}};
  const copying_cost price{.dirty_rates = rates, .bandwidth_max = 10, .options = {.left_bytes_max = 60}};
  // 10 s for 100, 5 s for 50 that were dirtied meanwhile.
  CHECK(p.cost(price) == doctest::Approx((5 + 15 * 0.1) / 60));
  p.workload(10).criticality = 3;
  CHECK(p.cost(price) == doctest::Approx((15 + 15 * 0.1) / 60));
  CHECK(p.staying(price) == 0);
  SUBCASE("another workload has the usual rate") {
    CHECK(p.cost(copying_cost{.dirty_rate = 5, .bandwidth_max = 10, .options = {.left_bytes_max = 60}}) ==
          p.cost(price));
  }
  SUBCASE("the way may be narrower") {
    p.links = {{{{1}, {}}, {{2}, {}}}, {{0, 1e9}, {1, 5}, {1, 5}, {0, 1e9}}};
    CHECK(p.cost(price) > p.cost(price, false));
  }
  SUBCASE("no way at all is dear, and not infinite") {
    p.links = {{{{1}, {}}, {{2}, {}}}, {{0, 1e9}, {1, 0}, {1, 0}, {0, 1e9}}};
    CHECK(p.cost(price) == doctest::Approx(24 * 60 * (3 + 0.1)));
  }
}

TEST_CASE("a move that does not pay for itself is not made") {
  pair p;
  p.w.build();
  const auto view = p.w.view();
  const double gain = [&] {
    const auto got = best_fit<>{}.select({view, {1}});
    return got->cost_of_staying - got->cost;
  }();
  CHECK(gain > 0);
  const auto with = [](double price) {
    const scalarised sum{weighted{overload_minutes{}}, weighted{stability{price}}};
    return best_fit<std::remove_const_t<decltype(sum)>>{.objective = sum};
  };
  CHECK(with(gain * 0.99).select({view, {1}}).has_value());
  CHECK(with(gain * 1.01).select({view, {1}}).error() == why_none::not_worth_it);
  p.workload(10).criticality = 4;
  CHECK(p.cost(stability{1, 0.5}) == 2.5);
}

TEST_CASE("neighbours of another security class count") {
  pair p;
  CHECK(p.cost(mixed_security{}) == 0);
  p.workload(12).host = {2};
  CHECK(p.cost(mixed_security{}) == 0);
  p.workload(10).clearance = 1;
  CHECK(p.cost(mixed_security{}) == 1);
}
