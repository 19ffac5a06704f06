#include <foreshift/anomaly/ewma_chart.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

using namespace foreshift;
using anomaly::ewma_chart;

TEST_CASE("z and its limit are those of the formula") {
  ewma_chart d{{.weight = 0.5, .limit = 3, .probation = 4}};
  for (const double x : {-1.0, 1.0, -1.0, 1.0}) CHECK(d.observe({{}, x}) == anomaly::score{});
  const double edge = 3 * std::sqrt(0.5 / 1.5 * 0.75);  // t = 1: 1 - (1 - w)^2
  const auto s = d.observe({{}, 2});                    // z = 1
  CHECK(s.value == doctest::Approx(1 / (1 + edge)));
  CHECK_FALSE(s.alert);
  CHECK(d.observe({{}, 5}).alert);  // z = 3, limit 1.677
}

TEST_CASE("a shift of one deviation is found soon, and alerts once") {
  ewma_chart d{{.limit = 4, .probation = 400}};
  random_stream random{4};
  int before = 0, soon = 0, later = 0;
  for (int i = 0; i < 1500; ++i) {
    const bool alert = d.observe({{}, random.normal() + (i >= 800 ? 2 : 0)}).alert;
    (i < 800 ? before : i < 820 ? soon : later) += alert ? 1 : 0;
  }
  CHECK(before == 0);
  CHECK(soon == 1);
  CHECK(later == 0);
}

TEST_CASE("the EWMA chart stands nasty streams") { test_support::scores_nasty_streams(ewma_chart{}); }
