#include <foreshift/core/random.hpp>
#include <foreshift/placement/held_places.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

using namespace foreshift;
using placement::held_places;

namespace {

using index = held_places::index;

/// The obvious version: of each host a list that is searched.
struct slow_places {
  std::vector<index> places;
  std::vector<std::map<index, double>> held;  // by host: limits by workload

  [[nodiscard]] double lowest_limit(index h) const {
    double least = held[h].begin()->second;
    for (const auto& [w, limit] : held[h]) least = std::min(least, limit);
    return least;
  }
};

bool same(const held_places& fast, const slow_places& slow) {
  for (index h = 0; h < slow.places.size(); ++h) {
    const auto n = static_cast<index>(slow.held[h].size());
    if (fast.places(h) != slow.places[h] || fast.held(h) != n || fast.free(h) != slow.places[h] - n ||
        fast.full(h) != (n == slow.places[h]))
      return false;
    if (n > 0 && fast.lowest_limit(h) != slow.lowest_limit(h)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("the lowest limit goes first, whatever else has come, gone or changed meanwhile") {
  random_stream random{5};
  const auto below = [&](std::size_t n) { return static_cast<index>(random() % n); };
  for (int round = 0; round < 200; ++round) {
    slow_places slow{{below(5), below(5), below(5)}, std::vector<std::map<index, double>>(3)};
    held_places fast{slow.places, 60};
    index next = 0;  // no workload comes twice, and no limit either
    for (int i = 0; i < 60; ++i) {
      const index h = below(3);
      auto& there = slow.held[h];
      const double limit = random.uniform();
      if (const index what = below(5); what < 2 && !fast.full(h)) {
        there[next] = limit;
        fast.hold(h, {limit, next++});
      } else if (what == 2) {
        const index places = static_cast<index>(there.size()) + below(3);
        slow.places[h] = places;
        fast.resize(h, places);
      } else if (!there.empty()) {
        const index w = std::next(there.begin(), below(there.size()))->first;
        if (what == 3) {
          there.erase(w);
          fast.drop(h, w);
        } else if (what == 4) {
          there[w] = limit;
          fast.set_limit(h, w, limit);
        } else {
          const auto lowest = std::ranges::min_element(there, {}, [](const auto& one) { return one.second; });
          CHECK(fast.drop_lowest(h) == lowest->first);
          there.erase(lowest);
        }
      }
      REQUIRE(same(fast, slow));
    }
  }
}

TEST_CASE("what is held in no order is in order again when it is asked for") {
  held_places all{std::array<index, 2>{4, 1}, 10};
  for (const double limit : {3.0, 1.0, 4.0, 2.0}) all.hold_unordered(0, {limit, static_cast<index>(limit)});
  all.hold_unordered(1, {9, 9});
  all.order_all();
  for (const index w : {1U, 2U, 3U, 4U}) CHECK(all.drop_lowest(0) == w);
  all.clear();
  CHECK(all.held(1) == 0);
  CHECK(all.places(0) == 4);
}

TEST_CASE("of ten thousand holders any one leaves, or gets another limit, without a search") {
  constexpr index n = 10'000;
  random_stream random{8};
  held_places all{std::array{n}, 2 * n};
  std::vector<double> limit(2 * n);
  std::vector<index> in(n), out(n);
  for (index w = 0; w < n; ++w) {
    in[w] = w, out[w] = n + w;
    all.hold_unordered(0, {limit[w] = random.uniform(), w});
  }
  all.order_all();
  for (int i = 0; i < 200'000; ++i) {  // searches would take minutes
    auto& leaves = in[random.below(n)];
    auto& comes = out[random.below(n)];
    all.drop(0, leaves);
    std::swap(leaves, comes);
    all.hold(0, {limit[leaves] = random.uniform(), leaves});
    const index other = in[random.below(n)];
    all.set_limit(0, other, limit[other] = random.uniform());
  }
  std::ranges::sort(in, {}, [&](index w) { return limit[w]; });
  bool sorted = all.full(0);
  for (const index w : in) sorted = sorted && all.lowest_limit(0) == limit[w] && all.drop_lowest(0) == w;
  CHECK(sorted);
}
