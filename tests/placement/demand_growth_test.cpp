#include "fleet.hpp"

#include <foreshift/placement/demand_growth.hpp>

#include <doctest/doctest.h>

using namespace fleet;

TEST_CASE("growth is asked of the paths as if each were multiplied") {
  const auto w = random_world(7, 5, 4, 16, 6);
  const auto view = w.view();
  for (const double factor : {0.5, 1.0, 1.3, 2.0})
    for (const auto& h : view.hosts) {
      auto grown = *h.paths;
      for (auto& x : grown.flat()) x *= factor;
      CHECK(if_grown(h, factor).steps == exceedance_of(grown, h.limit).steps);
    }
}

TEST_CASE("hosts that growth takes over their limits are named") {
  world w;
  w.host(1, 1, 7), w.host(2, 1, 5), w.host(3, 1, 9);
  w.build();
  const auto answer = if_demand_grows(w.view(), 1.3);
  CHECK(answer.over_before() == 1);
  CHECK(answer.over_after() == 2);
  CHECK(answer.overload_before == 20);
  CHECK(answer.overload_after == 40);
  CHECK(
      to_string(answer, w.known) ==
      "If demand grows by 30 %, 2 of 3 hosts exceed their limits with a probability above 0.1; now it is 1. "
      "Overload expected: 40.0 min, now 20.0 min.\n"
      "  host 1 \"h1\": probability 1.00, now 0.00\n");
}

TEST_CASE("what agreed moves bring grows as well") {
  world w;
  w.host(1, 1, 5);
  w.hosts[0].pending = 1;
  w.build();
  CHECK(if_grown(w.hosts[0], 1.3).probability == 0);   // 7.8
  CHECK(if_grown(w.hosts[0], 1.35).probability == 1);  // 8.1
}

TEST_CASE("the growth that a fleet bears is the most under which no host is over") {
  world w;
  w.host(1, 1, 5), w.host(2, 1, 4);
  w.build();
  CHECK(growth_borne(w.view()) == doctest::Approx(1.6));
  CHECK(if_demand_grows(w.view(), growth_borne(w.view())).over_after() == 0);
  CHECK(growth_borne(w.view(), 0.1, 1.5) == 1.5);
  w.hosts[0].limit = -1;
  CHECK(growth_borne(w.view()) == 0);
}
