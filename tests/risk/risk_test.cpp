#include <foreshift/risk/risk.hpp>

#include <doctest/doctest.h>

using namespace foreshift;

TEST_CASE("a risk is none until it has been counted") {
  const risk::overload_risk none;
  CHECK(none.paths == 0);
  CHECK(none.probability == 0);
  CHECK(none.per_step.empty());
  CHECK(none.expected_overload == duration::zero());
  CHECK_FALSE(none.time_to_limit);
}
