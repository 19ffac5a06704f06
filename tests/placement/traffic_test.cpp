#include "pair.hpp"

#include <foreshift/placement/traffic.hpp>

#include <doctest/doctest.h>

using namespace fleet;

namespace {
/// Host 1 is 12 ms away from hosts 2 and 3, which are 1 ms apart. Workload 12 is on host 3.
struct talking : pair {
  std::vector<traffic> pairs{{{10}, {12}, 2}, {{11}, {12}, 1}, {{10}, {11}, 5}};
  std::vector<double> costs(bool with_links = true) {
    return with(with_links, [&](const candidate& c, const standstill& still, const site_view& view) {
      const traffic_table table{pairs, *view.known, view.links, 100};
      const network_latency price{&table};
      CHECK(price.bound(c, view) == price.cost(c, view));
      return std::vector{price.cost(c, view), price.staying(still, view)};
    });
  }
};
}  // namespace

TEST_CASE("the workloads of a host pay for how far their partners are") {
  talking t;
  // 11 pays 12 for its partner on host 3; 10 would pay 2 for its own, and 60 for 11.
  CHECK(t.costs() == std::vector<double>{12 + 2 + 60, 24 + 12});
  t.pairs.pop_back();
  CHECK(t.costs() == std::vector<double>{12 + 2, 24 + 12});
}

TEST_CASE("a partner on its way counts where it will be") {
  talking t;
  t.in_flight = {{{12}, {2}}};
  CHECK(t.costs() == std::vector<double>{12 + 0 + 60, 24 + 12});
}

TEST_CASE("what is not known is taken to be far") {
  talking t;
  CHECK(t.costs(false) == std::vector<double>{100 + 200 + 500, 200 + 100});
}
