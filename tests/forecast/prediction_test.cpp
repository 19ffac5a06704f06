#include <foreshift/forecast/prediction.hpp>

#include <doctest/doctest.h>

#include <numeric>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
sample_paths counted(std::size_t count, std::size_t horizon, double from) {
  sample_paths paths{count, horizon};
  std::iota(paths.flat().begin(), paths.flat().end(), from);
  return paths;
}
}  // namespace

TEST_CASE("paths lie one after the other") {
  const auto paths = counted(3, 4, 0);
  for (std::size_t p = 0; p < 3; ++p)
    for (std::size_t h = 0; h < 4; ++h) CHECK(paths[p][h] == static_cast<double>(4 * p + h));
}

TEST_CASE("adding paths and taking them away again leaves the sum of the others") {
  sample_paths sum;
  sum += counted(2, 3, 1);
  sum += counted(2, 3, 10);
  CHECK(sum[1][2] == 6 + 15);
  sum -= counted(2, 3, 1);
  CHECK(sum[1][2] == 15);
  CHECK(sum[0][0] == 10);
}

TEST_CASE("quantile curves are found by level") {
  prediction p;
  p.mean = {1, 2};
  p.levels = {0.1, 0.9};
  p.quantiles = {0, 1, 3, 4};
  CHECK(p.horizon() == 2);
  CHECK(p.quantile_curve(0)[1] == 1);
  CHECK(p.quantile_curve(1)[0] == 3);
}

TEST_CASE("one quantile, and one probability of exceeding, are read off the levels asked for") {
  prediction p;
  p.mean = {1, 2};
  p.levels = {0.1, 0.5, 0.9};
  p.quantiles = {0, 1, 1, 1, 3, 5};
  CHECK(quantile(p, 1, 0.1) == 0);
  CHECK(quantile(p, 2, 0.9) == 5);
  CHECK(quantile(p, 1, 0.3) == doctest::Approx(0.5));
  CHECK(quantile(p, 2, 0.7) == doctest::Approx(3));
  CHECK(quantile(p, 2, 0.3) == doctest::Approx(1));
  CHECK(probability_exceeds(p, 1, 0.5) == doctest::Approx(0.7));
  CHECK(probability_exceeds(p, 1, 2) == doctest::Approx(0.3));
  CHECK(probability_exceeds(p, 1, -7) == doctest::Approx(0.9));
  CHECK(probability_exceeds(p, 1, 7) == doctest::Approx(0.1));
  // At the limit is not over it: of an atom between two levels all of it is below.
  CHECK(probability_exceeds(p, 2, 1) == doctest::Approx(0.5));
}
