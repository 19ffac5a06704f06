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
