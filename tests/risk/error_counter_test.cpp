#include "support/nasty_streams.hpp"

#include <foreshift/risk/error_counter.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

using namespace foreshift;
using risk::error_counter;

TEST_CASE("with a long past the p-value is Poisson's") {
  error_counter c{1e9};
  for (int i = 0; i < 100'000; ++i) c.learn(i % 2 == 0 ? 3 : 1);  // 2 an interval
  double below = 0, term = std::exp(-2.0);
  for (std::uint64_t k = 0; k < 12; ++k) {
    CHECK(c.p_value(k) == doctest::Approx(1 - below).epsilon(0.01));
    below += term, term *= 2.0 / static_cast<double>(k + 1);
  }
}

TEST_CASE("with no past a few errors are no surprise, after a quiet one they are") {
  error_counter c;
  CHECK(c.p_value(0) == 1);
  CHECK(c.p_value(3) > 0.02);
  for (int i = 0; i < 1000; ++i) c.learn(0);
  CHECK(c.p_value(3) < 1e-4);
}

TEST_CASE("more is never less surprising, and the largest counts leave it finite") {
  error_counter c{10};
  double last = 1;
  for (std::uint64_t k = 0; k < 100; ++k) {
    const double p = c.p_value(k);
    CHECK(p <= last);
    CHECK(p > 0);
    last = p;
  }
  for (int i = 0; i < 50; ++i) c.learn(UINT64_MAX);
  const double p = c.p_value(UINT64_MAX);
  CHECK((p > 0 && p <= 1));
}

TEST_CASE("a counter comes back from an archive") {
  error_counter c;
  for (std::uint64_t i = 0; i < 100; ++i) c.learn(i % 3);
  CHECK(test_support::through_archive(c, error_counter{5}).p_value(4) == c.p_value(4));
}
