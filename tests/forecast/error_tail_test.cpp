#include <foreshift/core/random.hpp>
#include <foreshift/forecast/error_distribution.hpp>
#include <foreshift/forecast/error_tail.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

/// n forecasts of one step around 10, with errors of a kind: normal, in whole numbers, all above, all below.
error_blocks blocks_of(std::size_t n, int kind) {
  error_blocks blocks{{.horizon = 1, .kept = n, .every = 1, .means = true}};
  random_stream random{static_cast<std::uint64_t>(kind) + n};
  for (std::size_t i = 0; i < n; ++i) {
    const double mean = 10 + random.normal(), error = random.normal();
    blocks.open()[0] = mean;
    blocks.observe(mean + (kind == 0   ? error
                           : kind == 1 ? std::round(error)
                                       : (kind == 2 ? 3 : -3) + error / 4));
  }
  return blocks;
}

}  // namespace

TEST_CASE("one pass says what a bisection over the quantiles does, whatever the errors and their weights") {
  for (const std::size_t n : {1U, 2U, 3U, 7U, 40U, 288U})
    for (int kind = 0; kind < 4; ++kind)
      for (const double bandwidth : {0.0, 0.5, 3.0}) {
        const auto blocks = blocks_of(n, kind);
        constexpr double mean[] = {10.5};
        const error_distribution sorted =
            bandwidth > 0 ? error_distribution{blocks, 1, mean, bandwidth} : error_distribution{blocks, 1};
        const error_likeness like{blocks, 0, mean[0], bandwidth};
        for (double e = -6.0017; e < 6; e += 0.24) {
          CAPTURE(n);
          CAPTURE(kind);
          CAPTURE(bandwidth);
          CAPTURE(e);
          CHECK(std::abs(probability_above(blocks, 0, like, e) - sorted.probability_above(0, e)) < 3e-6);
        }
      }
}

TEST_CASE("the probability falls as the number rises, and is never 0 or 1") {
  const auto blocks = blocks_of(40, 0);
  const error_likeness like{blocks, 0, 10, 1};
  double last = 1;
  for (const double e : {-1e300, -10.0, -3.0, -1.0, 0.0, 0.5, 1.0, 2.0, 4.0, 1e300}) {
    const double p = probability_above(blocks, 0, like, e);
    CHECK((p <= last && p > 0 && p < 1));
    last = p;
  }
}
