#include <foreshift/anomaly/change_points.hpp>
#include <foreshift/anomaly/cusum.hpp>
#include <foreshift/anomaly/ensemble.hpp>
#include <foreshift/anomaly/ewma_chart.hpp>
#include <foreshift/anomaly/page_hinkley.hpp>
#include <foreshift/anomaly/scored_by.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <chrono>

using namespace foreshift;
using namespace std::chrono_literals;
using anomaly::scored_by;

static_assert(anomaly::NonconformityMeasure<scored_by<anomaly::cusum>>);

TEST_CASE_TEMPLATE("one threshold on p is rarely reached by noise and soon by a shift, whatever the chart",
                   Chart, anomaly::ewma_chart, anomaly::cusum, anomaly::page_hinkley,
                   anomaly::change_points) {
  int rare = 0, looks = 0, found = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    anomaly::ensemble<scored_by<Chart>> d;
    random_stream random{seed};
    double least = 1;
    for (int i = 0; i < 3000; ++i) {
      (void)d.observe({time_point{} + i * 5min, 40 + 2 * random.normal() + (i >= 2900 ? 12 : 0)});
      if (i >= 500 && i < 2900) ++looks, rare += d.p_value() < 0.01 ? 1 : 0;
      if (i >= 2900) least = std::min(least, d.p_value());
    }
    found += least < 0.01 ? 1 : 0;
  }
  MESSAGE(Chart::name, ": ", rare, " of ", looks, " below 0.01, shifts found in ", found, " of 20");
  CHECK(rare < 0.02 * looks);
  CHECK(found >= 19);  // a chart that begins anew just before the shift takes it for its baseline
}

TEST_CASE("an amount is the odds of the score, and a flat stream has none") {
  scored_by<anomaly::ewma_chart> one;
  anomaly::ewma_chart same;
  random_stream random{3};
  for (int i = 0; i < 500; ++i) {
    const telemetry::sample s{time_point{} + i * 1min, random.normal()};
    const double v = same.observe(s).value;
    CHECK(one.measure(s).amount == doctest::Approx(v / (1 - v)));
  }
  anomaly::ensemble<scored_by<anomaly::ewma_chart>> flat;
  for (int i = 0; i < 2000; ++i) CHECK(flat.observe({time_point{} + i * 1min, 7}).value == 0);
}

TEST_CASE("a chart behind an ensemble stands nasty streams") {
  test_support::scores_nasty_streams(anomaly::ensemble<scored_by<anomaly::cusum>>{});
}
