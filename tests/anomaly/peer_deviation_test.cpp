#include <foreshift/anomaly/peer_deviation.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::anomaly;

TEST_CASE("a group's place and spread are its medians, without what is no number") {
  std::vector<double> room;
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(peers_of(std::array{5.0, 1.0, nan, 3.0, 2.0, 9.0}, room) == peer_group{3, 1.4826 * 2});
  CHECK(peers_of(std::array{4.0, 4.0, 4.0}, room) == peer_group{4, 0});
  CHECK_FALSE(peers_of(std::array{4.0, nan, 5.0}, room));
  CHECK_FALSE(peers_of({}, room));
}

TEST_CASE("the host that leaves its peers is strange, and no host is when all move together") {
  constexpr std::size_t hosts = 20;
  std::array<peer_deviation, hosts> each;
  std::vector<double> values(hosts), room;
  random_stream random{4};
  double together = 0, left_alone = 0, others = 0;
  for (int t = 0; t < 600; ++t) {
    const double campaign = t >= 300 && t < 320 ? 40 : 0;
    for (std::size_t h = 0; h < hosts; ++h)  // the last is always higher than the others
      values[h] = 30 + campaign + random.normal() + (h == hosts - 1 ? 5 : 0) + (h == 7 && t >= 500 ? 12 : 0);
    const auto group = peers_of(values, room);
    REQUIRE(group);
    for (std::size_t h = 0; h < hosts; ++h) {
      const auto off = each[h].measure(values[h], *group);
      if (t >= 100 && t < 500) together = std::max(together, off.amount);
      if (t == 500) (h == 7 ? left_alone : others) = std::max(h == 7 ? left_alone : others, off.amount);
    }
  }
  CHECK(together < 5.5);  // campaign and habit included
  CHECK(left_alone > 9);
  CHECK(others < 5);
}

TEST_CASE("a lasting departure becomes a habit, but not at once") {
  peer_deviation host{100};
  const peer_group group{10, 1};
  for (int t = 0; t < 200; ++t) CHECK(host.measure(10, group).amount == 0);
  CHECK(host.measure(20, group).amount == 20);  // halves of the spread
  CHECK(host.measure(20, group).amount > 15);
  for (int t = 0; t < 2000; ++t) static_cast<void>(host.measure(20, group));
  CHECK(host.measure(20, group).amount < 1);
  CHECK(host.measure(20, group).expected == doctest::Approx(20).epsilon(0.05));
}

TEST_CASE("peers stand nasty values, and a restored host goes on alike") {
  std::vector<double> room;
  for (const auto& values : test_support::finite_nasty_streams()) {
    peer_deviation host;
    bool fine = true;
    for (std::size_t i = 2; i < values.size(); ++i) {
      const auto group = peers_of(std::span{values}.subspan(i - 2, 3), room);
      const auto off = host.measure(values[i], *group);
      fine = fine && std::isfinite(off.amount) && off.amount >= 0 && std::isfinite(off.expected);
    }
    CHECK(fine);
  }
  random_stream random{5};
  peer_deviation host;
  for (int i = 0; i < 100; ++i) static_cast<void>(host.measure(random.normal(), {0, 1}));
  auto restored = test_support::through_archive(host, peer_deviation{});
  for (int i = 0; i < 100; ++i) {
    const double x = random.normal();
    CHECK(host.measure(x, {0, 1}) == restored.measure(x, {0, 1}));
  }
}
