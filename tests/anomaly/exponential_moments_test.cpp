#include <foreshift/anomaly/exponential_moments.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <cmath>

using namespace foreshift;
using anomaly::exponential_moments;

TEST_CASE("until the memory is full they are the plain mean and variance") {
  exponential_moments m{100};
  for (const double x : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) m.learn(x);
  CHECK(m.mean() == doctest::Approx(5));
  CHECK(m.variance() == doctest::Approx(4));
  CHECK_FALSE(m.warm());
}

TEST_CASE("then the old fade at the rate of the memory") {
  exponential_moments m{10};
  for (int i = 0; i < 10; ++i) m.learn(0);
  CHECK(m.warm());
  m.learn(1);
  CHECK(m.mean() == doctest::Approx(0.1));
  CHECK(m.variance() == doctest::Approx(0.09));
  for (int i = 0; i < 1000; ++i) m.learn(1);
  CHECK(m.mean() == doctest::Approx(1));
  CHECK(m.deviation() < 1e-6);
}

TEST_CASE("the largest numbers are cut and leave moments finite") {
  for (const auto& values : test_support::finite_nasty_streams()) {
    exponential_moments m{20};
    for (const double x : values) m.learn(x);
    CHECK(std::isfinite(m.mean()));
    CHECK(std::isfinite(m.deviation()));
    CHECK(m.variance() >= 0);
    const auto back = test_support::through_archive(m, exponential_moments{});
    CHECK(back.mean() == m.mean());
    CHECK(back.variance() == m.variance());
  }
}
