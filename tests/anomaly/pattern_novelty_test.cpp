#include <foreshift/anomaly/pattern_novelty.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <algorithm>
#include <cmath>

using namespace foreshift;
using anomaly::pattern_novelty;

TEST_CASE("a shape never seen stands out where every single value is usual") {
  for (const std::size_t prototypes : {256U, 20U}) {
    pattern_novelty m{{.prototypes = prototypes}};
    random_stream random{1};
    double usual = 0, planted = 0;
    for (std::size_t i = 0; i < 6000; ++i) {
      const bool strange = i >= 5000 && i < 5096;
      const double x = strange ? 1 : std::sin(static_cast<double>(i) * 2 * 3.14159265358979 / 96);
      const double amount = m.measure(test_support::sample_at(i, x + 0.1 * random.normal())).amount;
      if (strange)
        planted = std::max(planted, amount);
      else if (i > 1000 && i < 5000)
        usual = std::max(usual, amount);
    }
    CHECK(planted > 2 * usual);
  }
}

TEST_CASE("the same shape on another level is the same") {
  pattern_novelty m;
  for (std::size_t i = 0; i < 4000; ++i) {
    const double amount = m.measure(test_support::sample_at(i, i < 2000 ? 5 : 100)).amount;
    if (i < 2000 || i > 2100) CHECK(amount < 1e-9);
  }
}

TEST_CASE("patterns stand nasty streams") {
  test_support::stands_nasty_streams(pattern_novelty{});
  test_support::stands_nasty_streams(pattern_novelty{{.decimation = 1, .length = 3, .prototypes = 5}});
}
