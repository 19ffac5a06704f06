#include <foreshift/consensus/log.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

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

TEST_CASE("a log that is cut keeps its end, and knows what it has without having it") {
  chosen_log log;
  for (unsigned at = 1; at <= 6; ++at) log.learn(slot{at}, saying(at));
  log.learn(slot{8}, saying(8));
  log.compact(slot{4});
  log.compact(slot{2});  // cut there already
  CHECK(log.base() == slot{4});
  CHECK(log.through() == slot{6});
  CHECK(log.size() == 2);
  CHECK(log.has(slot{3}));
  CHECK(log.find(slot{4}) == nullptr);
  CHECK(*log.find(slot{5}) == saying(5));
  log.learn(slot{3}, saying(9));  // chosen long ago
  CHECK(log.find(slot{3}) == nullptr);
  std::vector<std::uint64_t> visited;
  log.for_each_above(slot{5}, [&](slot at, const entry& value) {
    CHECK(value == saying(static_cast<unsigned>(at.value)));
    visited.push_back(at.value);
  });
  CHECK(visited == std::vector<std::uint64_t>{6, 8});
}

TEST_CASE("a snapshot from elsewhere takes the place of the prefix, and gaps close behind it") {
  for (const unsigned at : {2U, 5U, 7U, 9U}) {
    chosen_log log;
    for (const unsigned known : {1U, 2U, 6U, 7U, 9U}) log.learn(slot{known}, saying(known));
    log.install(slot{at});
    CHECK(log.base() == slot{at});
    CHECK(log.through() == slot{at == 2 ? 2U : at == 9 ? 9U : 7U});
    CHECK(log.waiting() == (at == 9 ? 0 : at == 2 ? 3 : 1));
    for (slot s = next(log.base()); s <= log.through(); s = next(s))
      CHECK(log[s] == saying(static_cast<unsigned>(s.value)));
  }
}

TEST_CASE("only so many entries wait beyond a gap; the one that closes it always has room") {
  chosen_log log;
  for (std::uint64_t at = 2; log.waiting() < chosen_log::waiting_max; ++at) log.learn(slot{at}, {});
  const slot beyond{chosen_log::waiting_max + 2};
  log.learn(beyond, {});
  CHECK_FALSE(log.has(beyond));
  log.learn(slot{1}, {});
  CHECK(log.waiting() == 0);
  CHECK(next(log.through()) == beyond);
  log.learn(beyond, {});
  CHECK(log.through() == beyond);
}
