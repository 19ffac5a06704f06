#include <foreshift/placement/distance_table.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::placement;

namespace {
const distance_table table{{{{1}, {10}}, {{2}, {10}}, {{5}, {}}},
                           {{0, 1e9}, {3, 5e8}, {}, {3, 5e8}, {0, 1e9}, {}, {}, {}, {0, 1e9}}};
}

TEST_CASE("distances are looked up in both directions") {
  CHECK(table.latency_ms({1}, {2}) == 3);
  CHECK(table.latency_ms({2}, {1}) == 3);
  CHECK(table.bandwidth({1}, {2}) == 5e8);
}

TEST_CASE("there is no distance to a stranger, nor where there is no way") {
  CHECK_FALSE(table.latency_ms({1}, {3}));
  CHECK_FALSE(table.latency_ms({1}, {5}));
  CHECK_FALSE(table.bandwidth({5}, {1}));
}

TEST_CASE("a host whose domain is not known shares one with itself only") {
  CHECK(table.same_domain({1}, {2}));
  CHECK_FALSE(table.same_domain({1}, {5}));
  CHECK(table.same_domain({5}, {5}));
  CHECK_FALSE(table.same_domain({5}, {6}));
  CHECK_FALSE(table.domain_of({5}));
  CHECK(table.domain_of({1}) == domain_id{10});
}
