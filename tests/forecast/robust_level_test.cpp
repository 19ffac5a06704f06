#include <foreshift/core/random.hpp>
#include <foreshift/forecast/robust_level.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
// The obvious median: sort, take the middle.
double sorted_median(std::vector<double> v) {
  std::ranges::sort(v);
  const std::size_t n = v.size();
  return n % 2 == 1 ? v[n / 2] : 0.5 * v[n / 2 - 1] + 0.5 * v[n / 2];
}
}  // namespace

TEST_CASE("the running median is the median of the last values, with ties and for every window") {
  random_stream random{1};
  for (std::size_t window = 1; window <= 9; ++window) {
    running_median running{window};
    std::vector<double> all;
    for (int i = 0; i < 200; ++i) {
      all.push_back(static_cast<double>(random.below(5)));  // few values: many ties
      running.push(all.back());
      const std::size_t used = std::min(window, all.size());
      CHECK(running.median() == sorted_median({all.end() - static_cast<std::ptrdiff_t>(used), all.end()}));
    }
  }
}

TEST_CASE("spikes in fewer than half of the window do not move the level") {
  const std::vector<double> y{1, 1, 1e9, 1, -1e9, 1, 1};
  const auto m = *fit(level_median{7}, {{}, std::chrono::hours{1}, y}, {});
  std::array<double, 3> out{};
  predict_mean(m, {}, out);
  CHECK(out == std::array{1.0, 1.0, 1.0});
}

TEST_CASE("gaps do not use up the window") {
  const std::vector<double> y{5, 5, NAN, NAN, NAN, NAN, 9};
  const auto m = *fit(level_median{3}, {{}, std::chrono::hours{1}, y}, {});
  std::array<double, 1> out{};
  predict_mean(m, {}, out);
  CHECK(out[0] == 5);
}
