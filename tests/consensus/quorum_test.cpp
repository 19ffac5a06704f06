#include <foreshift/consensus/quorum.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {

// Even totals, so that ties are possible: with an odd total `>` and `>=` are the same rule.
constexpr elector five[] = {{{1}, {3}}, {{2}, {1}}, {{3}, {1}}, {{4}, {1}}, {{5}, {2}}};
constexpr elector four[] = {{{1}, {1}}, {{2}, {1}}, {{3}, {1}}, {{4}, {1}}};

template <std::size_t N>
constexpr bool wins(const elector (&electors)[N], unsigned set) {
  tally t;
  for (unsigned i = 0; i < N; ++i)
    if ((set >> i & 1U) != 0) t.record(electors, electors[i].site);
  return t.won_promises(electors);
}

/// Exhaustive over all pairs of subsets.
template <std::size_t N>
constexpr bool any_two_quorums_meet(const elector (&electors)[N]) {
  for (unsigned a = 0; a < 1U << N; ++a)
    for (unsigned b = 0; b < 1U << N; ++b)
      if ((a & b) == 0 && wins(electors, a) && wins(electors, b)) return false;
  return true;
}
static_assert(any_two_quorums_meet(five));
static_assert(any_two_quorums_meet(four));

/// Two disjoint halves exist, so the test above would fail for a rule that took half.
static_assert(!wins(four, 0b0011) && !wins(four, 0b1100) && wins(four, 0b0111));
static_assert(!wins(five, 0b10010 | 0b00100) && !wins(five, 0b01001));

}  // namespace

TEST_CASE("every table of four weights up to 3: any two quorums meet") {
  for (unsigned code = 0; code < 81; ++code) {
    std::array<elector, 4> electors{};
    unsigned rest = code;
    for (std::size_t i = 0; i < 4; ++i, rest /= 3) electors[i] = {{i + 1}, {1 + rest % 3}};
    const auto holds = [&](unsigned set) {
      tally t;
      for (unsigned i = 0; i < 4; ++i)
        if ((set >> i & 1U) != 0) t.record(electors, electors[i].site);
      return t.won_promises(electors);
    };
    for (unsigned set = 0; set < 16; ++set) CHECK_FALSE((holds(set) && holds(~set & 15U)));
    CHECK(holds(15));
  }
}

TEST_CASE("a repeated answer counts once, a stranger's not at all") {
  tally t;
  CHECK(t.record(five, {1}));
  for (int i = 0; i < 9; ++i) CHECK_FALSE(t.record(five, {1}));
  CHECK_FALSE(t.record(five, {77}));
  CHECK(t.held(five) == quorum_weight{3});
  CHECK_FALSE(t.won_promises(five));
}

TEST_CASE("nobody at all is no quorum, not even of nobody") {
  CHECK_FALSE(tally{}.won_accepts(std::span<const elector>{}));
  CHECK_FALSE(tally{}.won_accepts(five));
}
