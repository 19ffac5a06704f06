#include <foreshift/anomaly/flatline.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

using namespace foreshift;

TEST_CASE("a run is as strange as it is long, unless the stream has never moved") {
  anomaly::flatline m;
  for (int i = 0; i < 50; ++i) CHECK(m.measure({{}, 7}).amount == 0);
  CHECK(m.measure({{}, 8}).amount == 0);
  CHECK(m.measure({{}, 8}).amount == 1);
  CHECK(m.measure({{}, 8}).amount == 2);
  CHECK(m.measure({{}, 9}) == anomaly::nonconformity{0, 0, 2});
}

TEST_CASE("flatlines stand nasty streams") { test_support::stands_nasty_streams(anomaly::flatline{}); }
