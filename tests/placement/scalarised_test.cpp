#include "pair.hpp"

#include <foreshift/placement/load_terms.hpp>
#include <foreshift/placement/move_terms.hpp>
#include <foreshift/placement/scalarised.hpp>

#include <doctest/doctest.h>

using namespace fleet;

TEST_CASE("several terms are priced by their weights") {
  pair p;
  const double minutes = p.cost(overload_minutes{}), uneven = p.cost(imbalance{});
  const scalarised sum{weighted{overload_minutes{}, 2.0}, weighted{imbalance{}, 10.0},
                       weighted{stability{3}}};
  CHECK(p.cost(sum) == doctest::Approx(2 * minutes + 10 * uneven + 3));
  CHECK(p.staying(sum) == doctest::Approx(2 * p.staying(overload_minutes{}) + 10 * p.staying(imbalance{})));
  const auto apart = p.with(
      true, [&](const candidate& c, const standstill&, const site_view& view) { return sum.costs(c, view); });
  CHECK(apart == std::array{minutes, uneven, 3.0});
}

TEST_CASE("a term without weight is not asked, and no terms cost nothing") {
  pair p;
  const scalarised sum{weighted{money{}, 0.0}, weighted{stability{3}}};  // nobody knows the rates
  CHECK(p.cost(sum) == 3);
  CHECK(p.cost(scalarised<>{}) == 0);
}
