#include <foreshift/placement/migration_cost.hpp>

#include <doctest/doctest.h>

using namespace foreshift::placement;

TEST_CASE("while it is copied a workload costs its overhead on both ends and has not left") {
  constexpr migration_cost cost{.copy_steps = 1, .overhead_share = 0.1};
  CHECK(at_source(cost) == share_of_demand{0.1, -1});
  CHECK(at_destination(cost) == share_of_demand{0.1, 1});
}
