#include <foreshift/core/random.hpp>
#include <foreshift/placement/best_so_far.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using placement::assignment;

TEST_CASE("the way back leads to the assignment that was the cheapest, however long it is") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    random_stream random{seed};
    assignment now(7, 0), cheapest = now;
    placement::detail::best_so_far best;
    std::int64_t cost = 1000;
    best.met(cost);
    for (int step = 0; step < 3000; ++step) {
      const auto w = static_cast<std::uint32_t>(random.below(now.size()));
      best.leaves(w, now[w]);
      now[w] = static_cast<std::uint32_t>(random.below(5));
      if (random.below(400) == 0) best.met(--cost), cheapest = now;
      best.shorten(now);
    }
    CHECK(best.cost() == cost);
    CHECK(best.take(now) == cheapest);
  }
}
