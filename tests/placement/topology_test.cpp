#include <foreshift/core/random.hpp>
#include <foreshift/placement/topology.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::placement;

namespace {
constexpr double inf = std::numeric_limits<double>::infinity();
topology two_sites() {
  return {{{{3}, {30}}, {{1}, {10}}, {{2}, {10}}, {{4}, {}}},
          {{host_id{1}, site_id{1}, 0.5, 1e9},
           {host_id{2}, site_id{1}, 0.5, 2e8},
           {host_id{3}, site_id{2}, 0.5, 1e9},
           {site_id{1}, site_id{2}, 10, 1e8}}};
}
std::string why_not(topology t) {
  const auto made = measure(std::move(t));
  return made ? "" : to_string(made.error());
}
}  // namespace

TEST_CASE("latency adds up along the way and the narrowest link bounds the bandwidth") {
  const auto table = measure(two_sites()).value();
  CHECK(table.latency_ms({1}, {2}) == 1);
  CHECK(table.latency_ms({1}, {3}) == 11);
  CHECK(table.latency_ms({3}, {1}) == 11);
  CHECK(table.latency_ms({1}, {1}) == 0);
  CHECK(table.bandwidth({1}, {2}) == 2e8);
  CHECK(table.bandwidth({1}, {3}) == 1e8);
  CHECK(table.bandwidth({1}, {1}) == inf);
  CHECK(table.same_domain({1}, {2}));
}

TEST_CASE("a host without a link is far from everything but itself") {
  const auto table = measure(two_sites()).value();
  CHECK_FALSE(table.latency_ms({1}, {4}));
  CHECK(table.latency_ms({4}, {4}) == 0);
}

TEST_CASE("a host and a site of one number are two nodes") {
  const auto table =
      measure({{{{1}, {}}, {{2}, {}}}, {{host_id{1}, site_id{2}, 1, 1}, {site_id{1}, host_id{2}, 1, 1}}});
  CHECK_FALSE(table.value().latency_ms({1}, {2}));
}

TEST_CASE("of two parallel links of one latency the wider is taken") {
  for (const bool wide_first : {false, true}) {
    std::vector<network_link> links{{host_id{1}, host_id{2}, 1, wide_first ? 9.0 : 3.0},
                                    {host_id{2}, host_id{1}, 1, wide_first ? 3.0 : 9.0}};
    CHECK(measure({{{{1}, {}}, {{2}, {}}}, links}).value().bandwidth({1}, {2}) == 9);
  }
}

TEST_CASE("distances agree with those of Floyd and Warshall") {
  random_stream random{3};
  for (int round = 0; round < 20; ++round) {
    constexpr std::size_t n = 9;
    topology t;
    for (std::uint64_t h = 0; h < n; ++h) t.hosts.push_back({{h + 1}, {}});
    std::vector<std::vector<double>> d(n, std::vector<double>(n, inf));
    for (std::size_t i = 0; i < n; ++i) d[i][i] = 0;
    for (int e = 0; e < 12; ++e) {
      const auto a = random.below(n), b = random.below(n);
      const auto ms = static_cast<double>(random.below(20));
      t.links.push_back({host_id{a + 1}, host_id{b + 1}, ms, 1e9});
      d[a][b] = d[b][a] = std::min(d[a][b], ms);
    }
    for (std::size_t k = 0; k < n; ++k)
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) d[i][j] = std::min(d[i][j], d[i][k] + d[k][j]);
    const auto table = measure(t).value();
    for (std::uint64_t i = 0; i < n; ++i)
      for (std::uint64_t j = 0; j < n; ++j)
        CHECK(table.latency_ms({i + 1}, {j + 1}).value_or(inf) == d[i][j]);
  }
}

TEST_CASE("what cannot be is refused with its name and the reason") {
  auto t = two_sites();
  SUBCASE("a repeated host") {
    t.hosts[0].host = {1};
    CHECK(why_not(t) == "topology: host 1: it is given twice");
  }
  SUBCASE("a latency that is none") {
    for (const double x : {-1.0, inf, std::nan("")}) {
      t.links[1].latency_ms = x;
      CHECK(why_not(t) == "topology: link 2: its latency has to be a finite number and at least 0");
    }
  }
  SUBCASE("a bandwidth that is none") {
    for (const double x : {0.0, -1.0, std::nan("")}) {
      t.links[3].bandwidth = x;
      CHECK(why_not(t) == "topology: link 4: its bandwidth has to be above 0");
    }
  }
  SUBCASE("nothing at all is fine") { CHECK(why_not({}) == ""); }
}
