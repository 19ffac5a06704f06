#include <foreshift/anomaly/jump.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

using namespace foreshift;

TEST_CASE("a jump is the distance from the value before, and the first value is none") {
  anomaly::jump m;
  CHECK(m.measure({{}, 5}) == anomaly::nonconformity{0, 5, 5});
  CHECK(m.measure({{}, 2}) == anomaly::nonconformity{3, 2, 5});
  CHECK(m.measure({{}, 2}).amount == 0);
}

TEST_CASE("jumps stand nasty streams") { test_support::stands_nasty_streams(anomaly::jump{}); }
