#include <foreshift/core/random.hpp>
#include <foreshift/forecast/error_distribution.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

// Forecasts of 0 every step; what comes has a spread that grows with the lead.
error_blocks blocks_of(std::size_t count, std::size_t horizon, double (*error)(random_stream&, std::size_t)) {
  error_blocks blocks{{.horizon = horizon, .kept = count, .every = horizon}};
  random_stream random{7};
  for (std::size_t i = 0; i < count; ++i) {
    std::ranges::fill(blocks.open(), 0.0);
    for (std::size_t h = 0; h < horizon; ++h) blocks.observe(error(random, h));
  }
  return blocks;
}

double growing(random_stream& random, std::size_t h) { return static_cast<double>(h + 1) * random.normal(); }

}  // namespace

TEST_CASE("conformal quantiles are order statistics that count the error to come") {
  std::vector<double> nine{1, 2, 3, 4, 5, 6, 7, 8, 9};
  CHECK(conformal_quantile(nine, 0.9) == 9);  // ceil(10 x 0.9) = 9th of 9
  CHECK(conformal_quantile(nine, 0.1) == 1);
  CHECK(conformal_quantile(nine, 0.85) == 9);  // ceil(8.5)
  CHECK(conformal_quantile(nine, 0.15) == 1);  // floor(1.5)
  CHECK(conformal_quantile(nine, 0.5) == 5);
}

TEST_CASE("too few errors for a level extend the outermost one, outwards only") {
  const std::vector<double> sorted{-2, -1, 0, 1, 2};
  CHECK(conformal_quantile(sorted, 0.99) > 2);
  CHECK(conformal_quantile(sorted, 0.99) < 5);
  CHECK(conformal_quantile(sorted, 0.01) < -2);
  CHECK(conformal_quantile(std::vector<double>{3, 4}, 0.01) == 3);  // never beyond what is known on that side
}

TEST_CASE("quantiles never cross, whatever their levels and the sample") {
  random_stream random{31};
  for (std::size_t n = 1; n <= 40; ++n) {
    std::vector<double> errors;
    for (std::size_t i = 0; i < n; ++i) errors.push_back(random.normal() + 1.0);
    std::ranges::sort(errors);
    double last = -INFINITY;
    for (int p = 1; p < 200; ++p) {
      const double q = conformal_quantile(errors, p / 200.0);
      CHECK(q >= last);
      last = q;
    }
  }
}

TEST_CASE("with enough errors a step has its own order statistics") {
  const auto blocks = blocks_of(60, 3, growing);
  const error_distribution d{blocks, 40};
  for (std::size_t h = 0; h < 3; ++h) {
    std::vector<double> own;
    blocks.append_errors(h, own);
    std::ranges::sort(own);
    for (const double p : {0.05, 0.5, 0.9}) CHECK(d.quantile(h, p) == conformal_quantile(own, p));
  }
}

TEST_CASE("with few errors the steps share a shape and keep their scale") {
  const error_distribution d{blocks_of(12, 20, growing), 40};
  // Scale from three steps of 12 errors each: relative standard error 1 / sqrt(2 x 36) = 0.12; times 1 +
  // 2/12. The common shape has 240 errors. Within 40 % at the far step, and in proportion to the lead.
  CHECK(d.quantile(18, 0.95) == doctest::Approx(1.645 * 19).epsilon(0.4));
  CHECK(d.quantile(18, 0.95) > 2 * d.quantile(4, 0.95));
  CHECK(std::abs(d.quantile(10, 0.5)) < 0.3 * d.quantile(10, 0.9));
}

TEST_CASE("quantiles of a shared shape never cross, and probabilities invert them") {
  for (const std::size_t count : {1U, 2U, 5U, 60U}) {
    const error_distribution d{blocks_of(count, 6, growing), 40};
    for (std::size_t h = 0; h < 6; ++h) {
      double last = -INFINITY;
      for (int i = 1; i < 100; ++i) {
        const double p = i / 100.0;
        const double q = d.quantile(h, p);
        CHECK(q >= last);
        last = q;
        if (count >= 5) {
          // P(e > q(p)) is 1 - p, up to the steps of the order statistics: never more, and not much less.
          CHECK(d.probability_above(h, q) <= 1 - p + 1e-5);
          CHECK(d.probability_above(h, q - 1e-9) >= 1 - p - 1e-5);
        }
      }
    }
  }
}

TEST_CASE("errors that are all zero say that nothing is uncertain") {
  const error_distribution d{blocks_of(3, 4, [](random_stream&, std::size_t) { return 0.0; }), 40};
  for (const double p : {0.01, 0.5, 0.99}) CHECK(d.quantile(2, p) == 0);
  CHECK(d.probability_above(2, 0.5) < 1e-5);
  CHECK(d.probability_above(2, -0.5) > 1 - 1e-5);
}

TEST_CASE("with weights of 1 the weighted quantile is the unweighted one") {
  random_stream random{5};
  for (std::size_t n = 1; n <= 30; ++n) {
    std::vector<double> errors, sums;
    for (std::size_t i = 0; i < n; ++i) {
      errors.push_back(random.normal());
      sums.push_back(static_cast<double>(i + 1));
    }
    std::ranges::sort(errors);
    for (int p = 1; p < 400; ++p)
      CHECK(conformal_quantile(weighted_sample{errors, sums}, p / 400.0) ==
            conformal_quantile(errors, p / 400.0));
  }
}

TEST_CASE("weighted quantiles never cross") {
  random_stream random{6};
  for (std::size_t n = 1; n <= 30; ++n) {
    std::vector<double> errors, sums;
    for (std::size_t i = 0; i < n; ++i) {
      errors.push_back(random.normal() + 0.5);
      sums.push_back((i == 0 ? 0.0 : sums.back()) + random.uniform() + 1e-3);
    }
    std::ranges::sort(errors);
    double last = -INFINITY;
    for (int p = 1; p < 400; ++p) {
      const double q = conformal_quantile(weighted_sample{errors, sums}, p / 400.0);
      CHECK(q >= last);
      last = q;
    }
  }
}

TEST_CASE("errors of like forecasts count more: a quiet forecast has narrow quantiles, a loud one wide") {
  // Forecasts of 0 err by 1, forecasts of 100 by 10, in turn.
  error_blocks blocks{{.horizon = 2, .kept = 300, .every = 2, .means = true}};
  random_stream random{8};
  for (std::size_t i = 0; i < 300; ++i) {
    const double mean = i % 2 == 0 ? 0 : 100, size = i % 2 == 0 ? 1 : 10;
    std::ranges::fill(blocks.open(), mean);
    for (std::size_t h = 0; h < 2; ++h) blocks.observe(mean + size * random.normal());
  }
  const std::vector<double> quiet{0, 0}, loud{100, 100};
  const error_distribution of_quiet{blocks, 40, quiet, 0.5}, of_loud{blocks, 40, loud, 0.5};
  const error_distribution of_any{blocks, 40};
  for (std::size_t h = 0; h < 2; ++h) {
    // Normal quantile of 0.9: 1.28 and 12.8; 150 errors of each know it to a tenth (one deviation: 0.14), and
    // one in 33 of those that count was made elsewhere.
    CHECK(std::abs(of_quiet.quantile(h, 0.9) - 1.28) < 0.6);
    CHECK(std::abs(of_loud.quantile(h, 0.9) - 12.8) < 5);
    CHECK(of_any.quantile(h, 0.9) > 2);
    CHECK(of_loud.probability_above(h, 5) > 0.25);   // normal: 0.31
    CHECK(of_quiet.probability_above(h, 5) < 0.03);  // only by what was made elsewhere
  }
  // Where all share one shape nothing is weighed.
  const error_distribution pooled{blocks, 1000, quiet, 0.5}, plain{blocks, 1000};
  CHECK(pooled.quantile(0, 0.9) == plain.quantile(0, 0.9));
}
