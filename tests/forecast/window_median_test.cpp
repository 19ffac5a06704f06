#include <foreshift/core/random.hpp>
#include <foreshift/forecast/window_median.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace foreshift;
using forecast::window_median;

namespace {

double slow_median(std::vector<double> values) {
  if (values.empty()) return std::nan("");
  std::ranges::sort(values);
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2] + values[n / 2 - 1]) / 2;
}

}  // namespace

TEST_CASE("a window that moves has the median that sorting gives, for any width, ties and gaps included") {
  random_stream random{1};
  std::vector<double> values(200);
  for (double& v : values) v = random.chance(0.1) ? std::nan("") : std::floor(random.normal() * 20);
  window_median window{values};
  for (std::size_t width = 1; width <= values.size(); width += 7) {
    window.clear();
    for (std::size_t to = 0; to < values.size(); ++to) {
      if (!std::isnan(values[to])) window.insert(to);
      if (to >= width && !std::isnan(values[to - width])) window.remove(to - width);
      std::vector<double> inside;
      for (std::size_t i = to < width ? 0 : to + 1 - width; i <= to; ++i)
        if (!std::isnan(values[i])) inside.push_back(values[i]);
      REQUIRE(window.size() == inside.size());
      if (inside.empty())
        CHECK(std::isnan(window.median()));
      else
        CHECK(window.median() == slow_median(inside));
    }
  }
}

TEST_CASE("nothing in the window has no median, and neither have no values at all") {
  CHECK(std::isnan(window_median{std::vector<double>{}}.median()));
  const std::vector<double> values{3, 1, 2};
  window_median window{values};
  CHECK(std::isnan(window.median()));
  window.insert(0);
  window.insert(2);
  CHECK(window.median() == 2.5);
  window.insert(1);
  CHECK(window.median() == 2);
  window.clear();
  CHECK(window.size() == 0);
  CHECK(std::isnan(window.median()));
}
