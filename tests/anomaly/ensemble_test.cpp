#include <foreshift/anomaly/ensemble.hpp>
#include <foreshift/anomaly/jump.hpp>
#include <foreshift/anomaly/median_distance.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <cmath>

using namespace foreshift;
using anomaly::ensemble, anomaly::ensemble_options, anomaly::jump, anomaly::median_distance, anomaly::score;

namespace {

using pair_of = ensemble<jump, median_distance>;
static_assert(anomaly::Detector<pair_of>);

double wave(std::size_t i, random_stream& random) {
  return 10 + std::sin(static_cast<double>(i) / 5) + 0.2 * random.normal();
}

}  // namespace

TEST_CASE("it says which measure, since when, and what was observed and expected") {
  pair_of d;
  d.weigh({0.1, 1});
  random_stream random{1};
  std::size_t i = 0;
  for (; i < 500; ++i) d.observe(test_support::sample_at(i, wave(i, random)));
  const score s = d.observe(test_support::sample_at(i, -40));
  CHECK(s.alert);
  CHECK(d.why().measure == median_distance::name);
  CHECK(d.why().index == 1);
  CHECK_FALSE(d.why().above);
  CHECK(d.why().observed == -40);
  CHECK(d.why().expected == doctest::Approx(10).epsilon(0.1));
  CHECK(d.why().surprise > 3);
  CHECK(d.why().since == test_support::sample_at(500, 0).at);
  d.observe(test_support::sample_at(501, -40));
  CHECK(d.why().since == test_support::sample_at(500, 0).at);
}

TEST_CASE("nothing is reported in the probation, nor of what is not finite") {
  pair_of d{{.probation = 300}};
  for (std::size_t i = 0; i < 300; ++i)
    CHECK(d.observe(test_support::sample_at(i, i % 50 == 49 ? 1e6 : 1)) == score{});
  CHECK(d.observe(test_support::sample_at(301, std::nan(""))) == score{});
  CHECK(d.why().measure.empty());
}

TEST_CASE("weights decide what counts, and a measure without weight is not heard") {
  pair_of d;
  d.weigh({1, 0});
  random_stream random{1};
  std::size_t i = 0;
  for (; i < 500; ++i) d.observe(test_support::sample_at(i, wave(i, random)));
  CHECK(d.observe(test_support::sample_at(i, 60)).alert);
  CHECK(d.why().measure == jump::name);
}

TEST_CASE("the maximum hears the loudest only") {
  pair_of sum, loudest{{.combine = anomaly::combination::maximum}};
  random_stream random{1};
  for (std::size_t i = 0; i < 500; ++i) {
    const auto s = test_support::sample_at(i, wave(i, random));
    sum.observe(s);
    loudest.observe(s);
  }
  const auto far = test_support::sample_at(500, 60);
  sum.observe(far);
  loudest.observe(far);
  CHECK(loudest.strength() > 0);
  CHECK(loudest.strength() < sum.strength());
}

TEST_CASE("only what opens an incident scores over three tenths without alert") {
  pair_of d{{.alert_threshold = 1}};
  pair_of usual;
  random_stream random{1};
  for (std::size_t i = 0; i < 3000; ++i) {
    const auto s = test_support::sample_at(i, random.chance(0.01) ? 30 : wave(i, random));
    const score a = d.observe(s), b = usual.observe(s);
    CHECK_FALSE(a.alert);
    CHECK(a.value == b.value);
    CHECK(b.alert == (b.value >= 0.5));
  }
}

TEST_CASE("rows without a value and rows that are not there are alike, and neither is learned") {
  pair_of rows, none;
  random_stream random{1};
  for (std::size_t i = 0; i < 3000; ++i) {
    const double x = random.chance(0.01) ? 30 : wave(i, random);
    const bool missing = i > 500 && i % 100 < 10;
    const score a = rows.observe(test_support::sample_at(i, missing ? std::nan("") : x));
    if (missing)
      CHECK(a == score{});
    else
      CHECK(a == none.observe(test_support::sample_at(i, x)));
  }
}

TEST_CASE("a hold-off goes on while nothing comes, and not only while values come") {
  for (const std::size_t silence : {20U, 200U}) {
    ensemble<median_distance> d{{.incidents = {.opens_at = 2, .larger_by = 1e3, .habituation = 0}}};
    random_stream random{1};
    std::size_t i = 0;
    for (; i < 500; ++i) d.observe(test_support::sample_at(i, wave(i, random)));
    REQUIRE(d.observe(test_support::sample_at(i, 40)).alert);
    i += silence + 1;
    d.observe(test_support::sample_at(i, wave(i, random)));
    ++i;
    CHECK(d.observe(test_support::sample_at(i, 60)).alert == (silence == 200));
  }
}

TEST_CASE("a difference across a gap is no jump") {
  for (const bool gap : {false, true}) {
    ensemble<jump> d;
    random_stream random{1};
    std::size_t i = 0;
    for (; i < 500; ++i) d.observe(test_support::sample_at(i, wave(i, random)));
    if (gap) i += 100;
    CHECK(d.observe(test_support::sample_at(i, 40)).alert == !gap);
    if (gap) CHECK(d.observe(test_support::sample_at(i + 1, 80)).alert);  // but after it there are again
  }
}

TEST_CASE("a late value teaches nothing, and a clock that is set back costs one sample") {
  pair_of d, undisturbed;
  random_stream random{1};
  for (std::size_t i = 0; i < 1000; ++i) {
    const auto s = test_support::sample_at(i, wave(i, random));
    CHECK(d.observe(s) == undisturbed.observe(s));
    if (i % 50 == 49) CHECK(d.observe(test_support::sample_at(i - 5, -1000)) == score{});
  }
  CHECK(d.observe(test_support::sample_at(10, 60)) == score{});
  CHECK(d.observe(test_support::sample_at(11, 60)).alert);
}

TEST_CASE("where nothing changes a p-value of one in a hundred comes about as often as that, or less") {
  pair_of d;
  static_assert(pair_of::tails == 3);
  random_stream random{1};
  double rare = 0;
  constexpr std::size_t n = 20'000;
  for (std::size_t i = 0; i < n; ++i) {
    d.observe(test_support::sample_at(i, wave(i, random)));
    if (i < 99) CHECK(d.p_value() == 1);
    rare += d.p_value() <= 0.01 ? 1 : 0;
  }
  CHECK(rare / n < 0.015);
  d.observe(test_support::sample_at(n, 60));
  CHECK(d.p_value() < 1e-4);
  d.observe(test_support::sample_at(n + 1, std::nan("")));
  CHECK(d.p_value() == 1);
}

TEST_CASE("an ensemble stands nasty streams") { test_support::scores_nasty_streams(pair_of{}); }
