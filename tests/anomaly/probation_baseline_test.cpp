#include <foreshift/anomaly/probation_baseline.hpp>

#include <doctest/doctest.h>

using namespace foreshift;

TEST_CASE("the baseline is the mean and deviation of the probation, whatever comes after") {
  anomaly::probation_baseline b{4};
  for (const double x : {1.0, 3.0, 1.0, 3.0}) CHECK_FALSE(b.standardise(x));
  CHECK(*b.standardise(5) == doctest::Approx(3));
  for (int i = 0; i < 100; ++i) b.standardise(1000);
  CHECK(*b.standardise(0) == doctest::Approx(-2));
  CHECK(*b.standardise(1e308) == 1e6);
  b.restart();
  CHECK_FALSE(b.standardise(0));
}
