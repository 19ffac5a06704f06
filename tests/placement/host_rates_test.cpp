#include <foreshift/placement/host_rates.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::placement;

TEST_CASE("power is linear between the loads that were measured") {
  // SPECpower_ssj2008 gives eleven figures a machine; these are made up.
  const power_curve curve{{60, 80, 95, 108, 120, 133, 148, 165, 185, 208, 240}};
  CHECK(curve.at(0) == 60);
  CHECK(curve.at(0.05) == doctest::Approx(70));
  CHECK(curve.at(0.5) == doctest::Approx(133));
  CHECK(curve.at(0.98) == doctest::Approx(208 + 0.8 * 32));
  CHECK(curve.at(1) == 240);
  CHECK(curve.at(-1) == 60);
  CHECK(curve.at(7) == 240);
}

TEST_CASE("rates are found by host") {
  const host_rates rates[] = {{.host = {1}, .money_per_unit_hour = 2},
                              {.host = {4}, .money_per_unit_hour = 3}};
  CHECK(rates_of(rates, {4}).money_per_unit_hour == 3);
  CHECK(rates_of(rates, {1}).money_per_unit_hour == 2);
}
