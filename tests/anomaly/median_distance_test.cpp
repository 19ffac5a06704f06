#include <foreshift/anomaly/median_distance.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

using namespace foreshift;

TEST_CASE("the distance is from the median of the past, after ten samples") {
  anomaly::median_distance m;
  for (int i = 0; i < 10; ++i) CHECK(m.measure({{}, static_cast<double>(i)}).amount == 0);
  CHECK(m.measure({{}, 100}) == anomaly::nonconformity{95, 100, 5});
  CHECK(m.measure({{}, -1}) == anomaly::nonconformity{6, -1, 5});
}

TEST_CASE("median distances stand nasty streams") {
  test_support::stands_nasty_streams(anomaly::median_distance{});
}
