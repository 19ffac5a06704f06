#include <foreshift/anomaly/page_hinkley.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace foreshift;
using anomaly::page_hinkley;

TEST_CASE("the test is how far the sum has risen above its least value, or fallen below its greatest") {
  random_stream random{3};
  page_hinkley d{{.tolerance = 0.25, .decision = 1e9, .memory = 1e6, .probation = 10}};
  std::vector<double> values;
  double up = 0, down = 0, least = 0, greatest = 0;
  for (int i = 0; i < 500; ++i) {
    const double value = random.normal();
    const auto seen = d.observe({{}, value});
    if (i >= 10) {  // the slow way: moments of all values before, sums as Hinkley has them
      double mean = 0, square = 0;
      for (const double v : values) mean += v / static_cast<double>(values.size());
      for (const double v : values) square += (v - mean) * (v - mean) / static_cast<double>(values.size());
      const double x = (value - mean) / std::sqrt(square);
      up += x - 0.25, down += x + 0.25;
      least = std::min(least, up), greatest = std::max(greatest, down);
      const double test = std::max(up - least, greatest - down);
      CHECK(seen.value == doctest::Approx(test / (test + 1e9)).epsilon(1e-9));
    }
    values.push_back(value);
  }
}

TEST_CASE("a lasting change is found in either direction, and alerts once") {
  for (const double sign : {1.0, -1.0}) {
    page_hinkley d;
    random_stream random{5};
    int before = 0, soon = 0, later = 0;
    for (int i = 0; i < 1500; ++i) {
      const bool alert = d.observe({{}, random.normal() + (i >= 800 ? 1.5 * sign : 0)}).alert;
      (i < 800 ? before : i < 860 ? soon : later) += alert ? 1 : 0;
    }
    CHECK(before == 0);
    CHECK(soon == 1);
    CHECK(later == 0);
  }
}

TEST_CASE("a slow drift is learned along") {
  page_hinkley d{{.memory = 100}};
  random_stream random{6};
  int alerts = 0;
  for (int i = 0; i < 5000; ++i) alerts += d.observe({{}, random.normal() + 0.002 * i}).alert ? 1 : 0;
  CHECK(alerts == 0);
}

TEST_CASE("Page and Hinkley's test stands nasty streams") {
  test_support::scores_nasty_streams(page_hinkley{});
}
