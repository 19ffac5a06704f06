#include <foreshift/consensus/log.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {
entry saying(unsigned what) { return {{epoch_number{what}, {}}, {}}; }
}  // namespace

TEST_CASE("in whatever order entries are learned, the prefix grows only without gaps") {
  std::vector<unsigned> order{1, 2, 3, 4, 5};
  do {
    chosen_log log;
    std::vector<bool> known(7);
    for (const unsigned at : order) {
      log.learn(slot{at}, saying(at));
      known[at] = true;
      unsigned reach = 0;
      while (known[reach + 1]) ++reach;
      CHECK(log.through() == slot{reach});
    }
    for (unsigned at = 1; at <= 5; ++at) CHECK(log[slot{at}] == saying(at));
    CHECK(log.waiting() == 0);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("a slot keeps the first entry it got") {
  chosen_log log;
  log.learn(slot{2}, saying(2));
  log.learn(slot{2}, saying(9));
  CHECK(*log.find(slot{2}) == saying(2));
  CHECK(log.find(slot{1}) == nullptr);
  CHECK(log.through() == slot{0});
}
