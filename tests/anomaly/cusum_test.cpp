#include <foreshift/anomaly/cusum.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

using namespace foreshift;
using anomaly::cusum;

TEST_CASE("the sums are those of the formula, and above the decision limit is out of control") {
  cusum d{{.slack = 0.5, .decision = 4, .probation = 4}};
  for (const double x : {-1.0, 1.0, -1.0, 1.0}) CHECK(d.observe({{}, x}) == anomaly::score{});
  CHECK(d.observe({{}, 2}) == anomaly::score{1.5 / 5.5, false});
  CHECK(d.observe({{}, 0}) == anomaly::score{1.0 / 5, false});
  CHECK(d.observe({{}, 3.5}) == anomaly::score{0.5, false});  // exactly at it
  CHECK(d.observe({{}, 1}).alert);
}

TEST_CASE("a small lasting shift is found in either direction, and alerts once") {
  for (const double sign : {1.0, -1.0}) {
    cusum d{{.decision = 10, .probation = 400}};
    random_stream random{4};
    int before = 0, soon = 0, later = 0;
    for (int i = 0; i < 1500; ++i) {
      const bool alert = d.observe({{}, random.normal() + (i >= 800 ? sign : 0)}).alert;
      (i < 800 ? before : i < 860 ? soon : later) += alert ? 1 : 0;
    }
    CHECK(before == 0);
    CHECK(soon == 1);
    CHECK(later == 0);
  }
}

TEST_CASE("the cumulative sums stand nasty streams") { test_support::scores_nasty_streams(cusum{}); }
