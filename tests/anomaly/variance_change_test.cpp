#include <foreshift/anomaly/variance_change.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

using namespace foreshift;

TEST_CASE("twice as lively and half as lively are equally strange") {
  for (const double factor : {4.0, 0.25}) {
    anomaly::variance_change m;
    random_stream random{1};
    double usual = 0, changed = 0;
    for (int i = 0; i < 2000; ++i) {
      const double amount = m.measure({{}, random.normal()}).amount;
      if (i > 500) usual = std::max(usual, amount);
    }
    for (int i = 0; i < 100; ++i)
      changed = std::max(changed, m.measure({{}, factor * random.normal()}).amount);
    CHECK(changed > 1.2 * usual);
  }
}

TEST_CASE("a flat stream does not change") {
  anomaly::variance_change m;
  for (int i = 0; i < 1000; ++i) CHECK(m.measure({{}, 42}).amount == 0);
}

TEST_CASE("variance changes stand nasty streams") {
  test_support::stands_nasty_streams(anomaly::variance_change{});
}
