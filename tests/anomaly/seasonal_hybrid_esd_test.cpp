#include <foreshift/anomaly/seasonal_hybrid_esd.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <limits>
#include <numbers>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using anomaly::seasonal_hybrid_esd, anomaly::seasonal_hybrid_esd_options;

namespace {

double median_of(std::vector<double> all) {
  std::ranges::sort(all);
  const std::size_t half = all.size() / 2;
  return all.size() % 2 == 1 ? all[half] : all[half - 1] / 2 + all[half] / 2;
}
double deviation_of(const std::vector<double>& all, double centre) {
  std::vector<double> apart;
  for (const double x : all) apart.push_back(std::abs(x - centre));
  return 1.4826 * median_of(apart);
}
/// The test as it is written: the most extreme out, everything computed anew, then the next.
bool slow_outlier(std::vector<double> all, double newest, std::size_t window, double share) {
  const auto most =
      std::max<std::size_t>(1, static_cast<std::size_t>(share * static_cast<double>(all.size())));
  std::vector<double> taken;
  std::size_t outliers = 0;
  for (std::size_t i = 0; i < most; ++i) {
    const double centre = median_of(all), scale = deviation_of(all, centre);
    // Of two equally far the upper one goes first, as in the fast version.
    const auto low = std::ranges::min_element(all), high = std::ranges::max_element(all);
    const auto extreme = centre - *low > *high - centre ? low : high;
    if (std::abs(*extreme - centre) / scale > anomaly::extreme_deviate_limit(window - i, 0.05))
      outliers = i + 1;
    taken.push_back(*extreme);
    all.erase(extreme);
  }
  taken.resize(outliers);
  return std::ranges::find(taken, newest) != taken.end();
}

/// Every five minutes.
telemetry::sample at(std::size_t i, double value) { return test_support::sample_at(i, value); }

}  // namespace

TEST_CASE("limits are those of Rosner's test: 54 values, 5 percent") {
  // NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.5.17.3.
  constexpr double published[] = {3.158, 3.151, 3.143, 3.136, 3.128, 3.120, 3.111, 3.103, 3.094, 3.085};
  for (std::size_t i = 0; i < std::size(published); ++i)
    CHECK(anomaly::extreme_deviate_limit(54 - i, 0.05) == doctest::Approx(published[i]).epsilon(0.0004));
}

TEST_CASE("the k-th distance from a centre is that of all distances sorted") {
  random_stream random{4};
  for (int round = 0; round < 300; ++round) {
    std::vector<double> values(1 + random.below(20));
    for (double& x : values) x = static_cast<double>(random.below(9));  // many ties
    std::ranges::sort(values);
    const double centre = static_cast<double>(random.below(20)) / 2;
    std::vector<double> apart;
    for (const double x : values) apart.push_back(std::abs(x - centre));
    std::ranges::sort(apart);
    for (std::size_t k = 0; k < values.size(); ++k)
      CHECK(anomaly::detail::kth_distance(values, centre, k) == apart[k]);
  }
}

TEST_CASE("the fast test says what the slow one says, sample by sample") {
  for (const double share : {0.02, 0.1, 0.4}) {
    constexpr std::size_t window = 40;
    seasonal_hybrid_esd measure{{.slots = 1, .slot_memory = 3, .window = window, .outliers_max = share}};
    random_stream random{6};
    std::deque<double> slot, rests;
    int outliers = 0, compared = 0;
    for (std::size_t i = 0; i < 3000; ++i) {
      const double value = random.chance(0.1) ? 30 * random.normal() : std::round(8 * random.normal()) / 4;
      bool expected = false;
      double amount = 0;
      if (slot.size() == 3) {
        const double rest = value - median_of({slot.begin(), slot.end()});
        rests.push_back(rest);
        if (rests.size() > window) rests.pop_front();
        const std::vector<double> all{rests.begin(), rests.end()};
        if (all.size() >= 16 && deviation_of(all, median_of(all)) > 0) {
          expected = std::abs(rest - median_of(all)) > 0 && slow_outlier(all, rest, window, share);
          amount = std::abs(rest - median_of(all)) / deviation_of(all, median_of(all));
        }
        slot.pop_front();
      }
      slot.push_back(value);
      const auto got = measure.measure(at(i, value));
      CHECK(measure.outlier() == expected);
      CHECK(got.amount == doctest::Approx(amount).epsilon(1e-9));
      outliers += expected ? 1 : 0, compared += amount > 0 ? 1 : 0;
    }
    CHECK(outliers > 50);
    CHECK(compared > 2000);
  }
}

TEST_CASE("a value that is usual at night is an outlier at noon") {
  seasonal_hybrid_esd measure;
  random_stream random{3};
  const auto load = [&](std::size_t i) {
    return 50 - 40 * std::cos(2 * std::numbers::pi * static_cast<double>(i % 288) / 288) + random.normal();
  };
  int alarms = 0;
  for (std::size_t i = 0; i < 288 * 14; ++i) {
    measure.measure(at(i, load(i)));
    if (i >= 288 * 4) alarms += measure.outlier() ? 1 : 0;
  }
  CHECK(alarms < 288 * 10 / 100);
  const auto noon = measure.measure(at(288 * 14 + 144, 12.0));
  CHECK(measure.outlier());
  CHECK(noon.amount > 20);
  CHECK(noon.observed == 12.0);
  CHECK(noon.expected == doctest::Approx(90).epsilon(0.03));
}

TEST_CASE("a crowd of outliers does not hide its members, as it does where a mean and a deviation judge") {
  seasonal_hybrid_esd measure{{.slots = 1, .window = 200, .outliers_max = 0.2}};
  random_stream random{9};
  double sum = 0, squares = 0;
  int found = 0, crowd = 0, by_mean = 0;
  for (std::size_t i = 0; i < 400; ++i) {
    const bool one = i >= 300 && i % 4 == 0;
    const double value = random.normal() + (one ? 40 : 0);
    measure.measure(at(i, value));
    if (i >= 200) sum += value, squares += value * value;
    if (!one) continue;
    const double n = static_cast<double>(i - 199), mean = sum / n;
    by_mean +=
        (value - mean) / std::sqrt(squares / n - mean * mean) > anomaly::extreme_deviate_limit(200, 0.05);
    found += measure.outlier() ? 1 : 0, ++crowd;
  }
  CHECK(found == crowd);
  CHECK(by_mean < crowd / 2);
}

TEST_CASE("a flat stream has no outliers, and neither has noise below rounding") {
  seasonal_hybrid_esd measure{{.slots = 1, .window = 16}};
  for (std::size_t i = 0; i < 200; ++i) {
    CHECK(measure.measure(at(i, 7 + (i % 3 == 0 ? 1e-12 : 0))).amount == 0);
    CHECK(!measure.outlier());
  }
  CHECK(measure.measure(at(200, 8)).amount > 1000);
  CHECK(measure.outlier());
}

TEST_CASE("the measure stands nasty streams") { test_support::stands_nasty_streams(seasonal_hybrid_esd{}); }
