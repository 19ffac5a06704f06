#include <foreshift/sim/labelled_workloads.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace foreshift;

TEST_CASE("labelled workloads are shares of a size, of each kind as many as asked for") {
  const sim::labelled_recipe recipe{.seed = 3, .of_each = 4, .days = 2};
  const auto all = sim::labelled_workloads(recipe);
  REQUIRE(all.size() == 24);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(static_cast<std::size_t>(all[i].kind) == i / 4);
    CHECK(all[i].demand.size() == 2 * 288);
    for (const double x : all[i].demand.values) CHECK((std::isnan(x) || (x >= 0 && x <= 1)));
  }
}

TEST_CASE("the same seed gives the same workloads, and another gives others") {
  const auto at = [](std::uint64_t seed) {
    return sim::labelled_workloads({.seed = seed, .of_each = 1, .days = 1})[0].demand.values[7];
  };
  CHECK(at(1) == at(1));
  CHECK(at(1) != at(2));
}

TEST_CASE("more days only go on, where the growth is drawn over the same length") {
  const auto three = sim::labelled_workloads({.seed = 5, .of_each = 2, .days = 3, .growth_days = 3});
  const auto five = sim::labelled_workloads({.seed = 5, .of_each = 2, .days = 5, .growth_days = 3});
  for (std::size_t i = 0; i < three.size(); ++i)
    for (std::size_t t = 0; t < three[i].demand.size(); ++t) {
      const double a = three[i].demand.values[t], b = five[i].demand.values[t];
      CHECK((a == b || (std::isnan(a) && std::isnan(b))));
    }
}
