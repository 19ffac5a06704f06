#include <foreshift/migration/counterfactual.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace foreshift::migration;

TEST_CASE("without the move the workload's demand is at the source") {
  const auto w = without_the_move({.source = 5, .destination = 6, .workload = 2}, 0.1);
  CHECK(w.source == 7);
  CHECK(w.destination == 4);
}

TEST_CASE("while it is copied it is at the source anyway, and both ends carry its overhead") {
  const auto w =
      without_the_move({.source = 5.25, .destination = 3.25, .workload = 2.5, .copying = true}, 0.1);
  CHECK(w.source == 5);
  CHECK(w.destination == 3);
}

TEST_CASE("what was not observed is not made up") {
  CHECK(std::isnan(without_the_move({.source = 5, .destination = 3, .workload = std::nan("")}, 0.1).source));
  CHECK(std::isnan(without_the_move({.source = std::nan(""), .destination = 3, .workload = 1}, 0.1).source));
}
