#include <foreshift/anomaly/level_shift.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

using namespace foreshift;

TEST_CASE("a shift of one deviation stands out once the short memory is full of it") {
  anomaly::level_shift m{{.short_memory = 30, .long_memory = 1000}};
  random_stream random{1};
  double usual = 0, shifted = 0;
  for (std::size_t i = 0; i < 2000; ++i)
    usual = std::max(usual, m.measure({{}, random.normal()}).amount * (i > 500 ? 1 : 0));
  for (std::size_t i = 0; i < 60; ++i) {
    const auto off = m.measure({{}, 1 + random.normal()});
    shifted = std::max(shifted, off.amount);
    if (i == 59) CHECK(off.observed > off.expected);
  }
  CHECK(usual < 0.6);
  CHECK(shifted > 0.7);
}

TEST_CASE("a flat level is no shift, nor is rounding on it") {
  anomaly::level_shift m;
  for (int i = 0; i < 100; ++i) CHECK(m.measure({{}, 1e6 + (i % 2 == 0 ? 1e-5 : 0)}).amount == 0);
}

TEST_CASE("level shifts stand nasty streams") { test_support::stands_nasty_streams(anomaly::level_shift{}); }
