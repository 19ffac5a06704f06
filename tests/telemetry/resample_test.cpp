#include <foreshift/core/random.hpp>
#include <foreshift/telemetry/resample.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <vector>

using namespace foreshift;
using namespace foreshift::telemetry;
using namespace std::chrono_literals;

namespace {

sample at(duration t, double value) { return {time_point{t}, value}; }
const time_grid hour{time_point{}, 5min, 12};

}  // namespace

TEST_CASE("each step takes one value from its samples") {
  const std::vector<sample> s = {at(0s, 1), at(1min, 3), at(4min + 59s, 2), at(5min, 9)};
  const auto values = [&](step_rule rule) { return resample(s, hour, {.within = rule}).values.values; };
  CHECK(values(step_rule::mean)[0] == 2);
  CHECK(values(step_rule::last)[0] == 2);
  CHECK(values(step_rule::max)[0] == 3);
  CHECK(values(step_rule::max)[1] == 9);
  CHECK(std::isnan(values(step_rule::mean)[2]));
}

TEST_CASE("late, repeated, empty and foreign samples are counted and do no harm") {
  const std::vector<sample> s = {at(6min, 5),    at(1min, 1), at(6min, 7), at(2min, std::nan("")),
                                 at(-1ns, 1000), at(1h, 1000)};
  const auto r = resample(s, hour);
  CHECK(r.values.values[0] == 1);
  CHECK(r.values.values[1] == 7);  // the second reading of that instant is the correction
  CHECK(r.quality ==
        sample_quality{.late = 3, .duplicate = 1, .empty = 1, .outside = 2, .missing = 10, .filled = 0});
}

TEST_CASE("gaps are filled by the policy and counted as missing all the same") {
  const std::vector<sample> s = {at(0min, 1), at(15min, 4)};
  const auto r = resample(s, {time_point{}, 5min, 4}, {.gaps = {gap_rule::interpolate, 3}});
  CHECK(r.values.values == std::vector<double>{1, 2, 3, 4});
  CHECK(r.quality.missing == 2);
  CHECK(r.quality.filled == 2);
}

TEST_CASE("the order of arrival of distinct instants does not matter") {
  random_stream random{21};
  std::vector<sample> s;
  for (int i = 0; i < 60; ++i) s.push_back(at(std::chrono::seconds{i * 59}, random.normal()));
  const auto sorted = resample(s, hour, {.within = step_rule::last}).values;
  for (int round = 0; round < 20; ++round) {
    shuffle(std::span{s}, random);
    CHECK(resample(s, hour, {.within = step_rule::last}).values == sorted);
  }
}

TEST_CASE("it agrees with a map from instant to the last value that arrived") {
  random_stream random{22};
  for (int round = 0; round < 50; ++round) {
    std::vector<sample> s;
    std::map<time_point, double> latest;
    for (int i = 0; i < 100; ++i) {
      s.push_back(
          at(std::chrono::seconds{random.below(3600)} / 60 * 60, static_cast<double>(random.below(100))));
      latest[s.back().at] = s.back().value;
    }
    const auto fast = resample(s, hour).values.values;
    for (std::size_t step = 0; step < 12; ++step) {
      double sum = 0, n = 0;
      for (const auto& [t, x] : latest)
        if (hour.index_of(t) == step) sum += x, ++n;
      if (n > 0) CHECK(fast[step] == doctest::Approx(sum / n).epsilon(1e-14));
      if (n == 0) CHECK(std::isnan(fast[step]));
    }
  }
}

TEST_CASE("without a grid the series spans all samples from an aligned start") {
  const std::vector<sample> s = {at(17min, 2), at(7min, 1)};
  const auto r = resample(s, 5min);
  CHECK(r.values.start == time_point{5min});
  REQUIRE(r.values.size() == 3);
  CHECK(r.values.values[0] == 1);
  CHECK(r.values.values[2] == 2);
  CHECK(resample(std::span<const sample>{}, 5min).values.size() == 0);
}
