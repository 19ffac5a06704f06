#include "support/nasty_streams.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/risk/past_windows.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace foreshift;
using risk::past_windows;

namespace {
constexpr double gap = std::numeric_limits<double>::quiet_NaN();
}

TEST_CASE("increments are the share of the remembered windows that would carry the level over the limit") {
  random_stream random{3};
  past_windows windows{{.horizon = 4, .kept = 50, .slope_steps = 2}};
  std::vector<double> y;
  for (int t = 0; t < 300; ++t) {
    y.push_back(10 * random.uniform());
    windows.observe(y.back());
  }
  REQUIRE(windows.windows() == 50);
  for (const double limit : {3.0, 9.0, 12.0, 30.0}) {
    double over = 0;  // the slow way: the last 50 windows that are whole
    for (std::size_t begin = y.size() - 4 - 50; begin < y.size() - 4; ++begin) {
      double peak = -1;
      for (std::size_t h = 1; h <= 4; ++h) peak = std::max(peak, y[begin + h]);
      over += peak - y[begin] > limit - y.back() ? 1 : 0;
    }
    CHECK(windows.above(limit, 0.2).increments == doctest::Approx((over + 0.1) / 50.5));
  }
}

TEST_CASE("analogues know that the limit is passed from a high level and not from a low one") {
  past_windows windows{{.horizon = 2, .kept = 200}};
  // A saw: ten slow steps up from 0, then a leap to 20 and back.
  for (int t = 0; t < 200; ++t) windows.observe(t % 11 == 10 ? 20 : t % 11);
  const auto at_eight = [&] { return windows.above(15, 0.1); };
  for (int v : {2, 3, 4}) windows.observe(v);
  const double low = at_eight().analogues;
  for (int v : {5, 6, 7, 8, 9}) windows.observe(v);
  const double high = at_eight().analogues;
  CHECK(low < 0.1);
  CHECK(high > 0.7);
}

TEST_CASE("what nothing is known of is what was believed before") {
  past_windows windows{{.horizon = 3}};
  CHECK(windows.above(5, 0.3).analogues == 0.3);
  windows.observe(gap);
  windows.observe(1);
  CHECK(windows.above(5, 0.3).increments == 0.3);
}

TEST_CASE(
    "gaps, infinities and the largest numbers are passed over, and a gap as long as the horizon is none") {
  past_windows windows{{.horizon = 3, .kept = 20}};
  for (int t = 0; t < 40; ++t)
    windows.observe(t % 5 == 0 ? gap : t % 7 == 0 ? std::numeric_limits<double>::infinity() : 1.0);
  const auto calm = windows.above(5, 0);
  CHECK(calm.increments == 0);
  CHECK(calm.analogues == 0);
  const auto before = windows.windows();
  for (int t = 0; t < 10; ++t) windows.observe(gap);
  CHECK(windows.windows() <= before + 3);
  for (const double v : {1e300, -1e300, 1e300, 0.0}) windows.observe(v);
  const auto wild = windows.above(1, 0.5);
  CHECK((wild.increments >= 0 && wild.increments <= 1));
  CHECK((wild.analogues >= 0 && wild.analogues <= 1));
}

TEST_CASE("past windows come back from an archive and go on alike") {
  random_stream random{5};
  past_windows windows{{.horizon = 4, .kept = 30}};
  for (int t = 0; t < 100; ++t) windows.observe(random.uniform());
  auto back = test_support::through_archive(windows, past_windows{{.horizon = 1}});
  for (int t = 0; t < 50; ++t) {
    const double v = random.uniform();
    windows.observe(v), back.observe(v);
    CHECK(back.above(0.9, 0.1).analogues == windows.above(0.9, 0.1).analogues);
  }
}
