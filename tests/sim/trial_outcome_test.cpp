#include <foreshift/sim/trial_outcome.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace std::chrono_literals;

TEST_CASE("totals are sums, and the longest recovery") {
  sim::trial_outcome one, two;
  one.slots = 3, two.slots = 4;
  one.messages = 5;
  one.recovery = 2s, two.recovery = 1s;
  one.faults[0] = 7, two.faults[0] = 1, two.faults[2] = 9;
  two.seen.note(sim::occasion::batch, 6);
  sim::trial_totals all;
  all += one;
  all += two;
  CHECK(all.seeds == 2);
  CHECK(all.slots == 7);
  CHECK(all.messages == 5);
  CHECK(all.recovery_max == 2s);
  CHECK(all.faults[0] == 8);
  CHECK(all.faults[2] == 9);
  CHECK(all.seen.of(sim::occasion::batch) == 6);
}
