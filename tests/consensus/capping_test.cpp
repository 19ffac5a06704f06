#include <foreshift/consensus/capping.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {

std::vector<elector> table(std::initializer_list<std::uint64_t> weights) {
  std::vector<elector> electors;
  for (const auto w : weights) electors.push_back({{electors.size() + 1}, {w}});
  return electors;
}
const std::vector<elector> nobody;

/// All tables of n weights from 1 to `most`.
template <class F>
void every_table(std::size_t n, std::uint64_t most, F visit) {
  std::vector<elector> electors;
  for (std::size_t i = 1; i <= n; ++i) electors.push_back({{i}, {1}});
  for (;;) {
    visit(electors);
    std::size_t i = 0;
    while (i < n && electors[i].weight.value == most) electors[i++].weight.value = 1;
    if (i == n) return;
    electors[i].weight.value += 1;
  }
}

/// Which sets of members are quorums of phase 2, one bit a set.
std::uint32_t quorums_of(const std::vector<elector>& electors) {
  std::uint32_t quorums = 0;
  for (std::uint32_t set = 0; set < 1U << electors.size(); ++set) {
    tally who;
    for (std::size_t i = 0; i < electors.size(); ++i)
      if ((set >> i & 1U) != 0) who.record(electors, electors[i].site);
    quorums |= std::uint32_t{who.won_accepts(electors)} << set;
  }
  return quorums;
}
/// Every system of quorums that a table of n weights from 1 to `most` has which tolerates f silent members.
std::set<std::uint32_t> capped_systems(std::size_t n, std::size_t f, std::uint64_t most) {
  std::set<std::uint32_t> systems;
  every_table(n, most, [&](const auto& electors) {
    if (tolerates(electors, f)) systems.insert(quorums_of(electors));
  });
  return systems;
}

}  // namespace

TEST_CASE(
    "exhaustive: where n = 2f + 1, capped weights are majorities, and only with more members something "
    "else") {
  CHECK(capped_systems(3, 1, 8) == std::set<std::uint32_t>{quorums_of(table({1, 1, 1}))});
  CHECK(capped_systems(5, 2, 6) == std::set<std::uint32_t>{quorums_of(table({1, 1, 1, 1, 1}))});
  CHECK(capped_systems(4, 1, 6).size() == 27);
  CHECK(capped_systems(5, 1, 5).size() == 461);
}

TEST_CASE(
    "exhaustive: most pairs of capped tables have quorums that do not meet, so weights change with an "
    "epoch") {
  const auto share_apart = [](std::size_t n, std::uint64_t most) {
    const auto systems = capped_systems(n, 1, most);
    const auto all = (1U << n) - 1U;
    std::size_t pairs = 0, apart = 0;
    for (const auto one : systems) {
      std::uint32_t of_the_rest = 0;  // sets whose complement is a quorum of `one`
      for (std::uint32_t set = 0; set <= all; ++set) of_the_rest |= (one >> (all ^ set) & 1U) << set;
      for (const auto other : systems)
        if (other != one) ++pairs, apart += (of_the_rest & other) != 0;
    }
    return static_cast<double>(apart) / static_cast<double>(pairs);
  };
  CHECK(share_apart(4, 4) == doctest::Approx(0.5499).epsilon(0.0001));
  CHECK(share_apart(5, 5) == doctest::Approx(0.8839).epsilon(0.0001));
}

TEST_CASE(
    "single units are taken from the heaviest, of equally heavy ones from the last, until the cap holds") {
  CHECK(capped(table({5, 1, 1, 1}), nobody, 1, {}) == table({2, 1, 1, 1}));
  CHECK(capped(table({4, 4, 1, 1, 1}), nobody, 2, {}) == table({1, 1, 1, 1, 1}));  // n = 2f+1: the majorities
  CHECK(capped(table({1, 1, 1, 1}), nobody, 2, {}) == std::nullopt);
  CHECK(capped(table({1, 1, 1, 1, 1}), nobody, 2, {}) == table({1, 1, 1, 1, 1}));
  CHECK(capped(table({3, 3, 1, 1, 1, 1}), nobody, 2, {}) == table({2, 1, 1, 1, 1, 1}));
}

TEST_CASE(
    "exhaustive: a capped table tolerates f, has no weight below one or above its wish, and needs no more "
    "taken") {
  for (const std::uint32_t f : {1U, 2U})
    for (const std::size_t n : {4U, 5U})
      every_table(n, 4, [&](const std::vector<elector>& wish) {
        const auto made = capped(wish, nobody, f, {});
        if (!made) {  // not even equal weights would do
          CHECK((f == 2 && n == 4));
          return;
        }
        CHECK(tolerates(*made, f));
        for (std::size_t i = 0; i < n; ++i) {
          CHECK((*made)[i].weight.value >= 1);
          CHECK((*made)[i].weight <= wish[i].weight);
        }
        if (tolerates(wish, f)) CHECK(*made == wish);
      });
}

TEST_CASE("exhaustive: among the same members no weight moves by more than one unit, and the cap holds") {
  every_table(4, 3, [&](const std::vector<elector>& last) {
    if (!tolerates(last, 1)) return;
    every_table(4, 4, [&](const std::vector<elector>& wish) {
      const auto made = capped(wish, last, 1, {});
      REQUIRE(made);  // the table in force is never more than a step away
      CHECK(tolerates(*made, 1));
      for (std::size_t i = 0; i < 4; ++i) {
        const auto was = last[i].weight.value, is = (*made)[i].weight.value;
        CHECK((is + 1 >= was && is <= was + 1));
      }
    });
  });
}

TEST_CASE("a step limit can put the cap out of reach; with other members there is no limit") {
  const auto last = table({3, 3, 3, 3});
  CHECK(capped(table({9, 1, 1, 1}), last, 1, {}) == table({4, 2, 2, 2}));
  const auto two_light = table({3, 3, 3, 1, 1});
  CHECK(tolerates(two_light, 1));
  CHECK(capped(two_light, two_light, 2, {}) == std::nullopt);  // 2,2,2,1,1 is the best one step can do
  auto grown = table({9, 1, 1, 1, 1});
  CHECK(capped(grown, last, 1, {}) == table({3, 1, 1, 1, 1}));
}

TEST_CASE("a frozen weight stays, whatever is wished; others give in its stead") {
  const site_id away[] = {{1}};
  CHECK(capped(table({1, 2, 2, 2}), table({2, 2, 2, 2}), 1, away) == table({2, 2, 2, 2}));
  CHECK(capped(table({9, 9, 1, 1, 1}), table({3, 1, 1, 1}), 1, away) == table({3, 5, 1, 1, 1}));
  CHECK(capped(table({1, 9, 1, 1, 1}), table({2, 1, 1, 1}), 1, away) == table({2, 4, 1, 1, 1}));
}
