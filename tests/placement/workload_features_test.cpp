#include <foreshift/core/random.hpp>
#include <foreshift/placement/workload_features.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <limits>

using namespace foreshift;
using namespace std::chrono_literals;
using placement::features_of;

namespace {

const time_point monday{std::chrono::sys_days{std::chrono::year{2025} / 3 / 3}.time_since_epoch()};
constexpr double gap = std::numeric_limits<double>::quiet_NaN();

telemetry::series made(std::size_t days, const std::function<double(double hour)>& demand,
                       duration step = 5min, time_point start = monday) {
  telemetry::series s{start, step, {}};
  for (std::size_t i = 0; i < days * static_cast<std::size_t>(24h / step); ++i)
    s.values.push_back(
        demand(to_seconds(start - monday) / 3600 + static_cast<double>(i) * to_seconds(step) / 3600));
  return s;
}
double hour_of_day(double hour) { return std::fmod(hour, 24); }

/// What holds of any history.
void check_ranges(const placement::workload_features& f) {
  const auto within = [](double x, double low, double high) {
    return std::isnan(x) || (x >= low && x <= high);
  };
  CHECK(within(f.present, 0, 1));
  CHECK(within(f.variability, 0, 1));
  CHECK(within(f.burstiness, 0, 1));
  CHECK(within(f.seasonality, 0, 1));
  CHECK(within(f.trend, -1, 1));
  CHECK(within(f.idle_share, 0, 1));
  CHECK(within(f.on_off, 0, 1));
  CHECK(within(f.persistence, 0, 1));
}

}  // namespace

TEST_CASE("a constant has a level and no other feature") {
  const auto f = features_of(made(7, [](double) { return 3.0; }), 4);
  CHECK(f.level == 3);
  CHECK(f.days == 7);
  CHECK(f.present == 1);
  for (const double x :
       {f.variability, f.burstiness, f.seasonality, f.trend, f.idle_share, f.on_off, f.persistence})
    CHECK(x == 0);
  CHECK(features_of(made(7, [](double) { return 0.0; })).idle_share == 1);
}

TEST_CASE("a history without readings has no features") {
  for (const auto& s : {telemetry::series{}, made(3, [](double) { return gap; })}) {
    const auto f = features_of(s);
    CHECK(std::isnan(f.level));
    CHECK(std::isnan(f.seasonality));
    CHECK(f.present == 0);
  }
}

TEST_CASE("each feature answers to what it is named for") {
  random_stream random{1};
  const auto noise = [&](double) { return 10 + random.normal(); };
  const auto steady = features_of(made(7, noise), 40);
  CHECK(steady.variability == doctest::Approx(0.128).epsilon(0.05));  // 1.2816 sd of 1 at a level of 10
  CHECK(steady.burstiness == doctest::Approx(0.19).epsilon(0.05));    // 2.326 / (2.326 + 10)
  CHECK(steady.seasonality < 0.05);
  CHECK(std::abs(steady.trend) < 0.05);
  CHECK(steady.idle_share == 0);

  const auto daily =
      features_of(made(7, [&](double h) { return noise(h) + (hour_of_day(h) < 10 ? 10 : 0); }));
  CHECK(daily.seasonality > 0.8);
  CHECK(daily.persistence == doctest::Approx(10.0 / 11).epsilon(0.02));
  CHECK(daily.burstiness < 0.3);

  const auto growing = features_of(made(7, [&](double h) { return noise(h) * (1 + h / 168); }));
  CHECK(growing.trend == doctest::Approx(0.66).epsilon(0.1));  // from 1 to 2, the median in the middle
  const auto shrinking = features_of(made(7, [&](double h) { return noise(h) * (2 - h / 168); }));
  CHECK(shrinking.trend == doctest::Approx(-0.66).epsilon(0.1));

  const auto bursty =
      features_of(made(7, [&](double h) { return noise(h) * (random.chance(0.03) ? 4 : 1); }));
  CHECK(bursty.burstiness == doctest::Approx(0.76).epsilon(0.05));  // 3 levels above the level
  CHECK(bursty.persistence < 0.1);

  const auto batch = features_of(made(7, [&](double h) { return std::fmod(h, 8) < 2 ? noise(h) : 0.5; }), 10);
  CHECK(batch.on_off > 0.9);
  CHECK(batch.persistence == doctest::Approx(2.0 / 3).epsilon(0.02));
  CHECK(batch.idle_share == 0.75);
}

TEST_CASE("quiet weekends are not a trend") {
  // A week from Monday on: a slope over all days would see it fall.
  const auto office = [](double h) { return std::fmod(h, 168) < 120 ? 10.0 : 4.0; };
  CHECK(features_of(made(7, office)).trend == 0);
  CHECK(features_of(made(21, office)).trend == 0);
  CHECK(features_of(made(7, office, 5min, monday + 72h)).trend == 0);
  // Of two weeks it does not matter what day it is taken to be.
  CHECK(features_of(made(14, [&](double h) { return office(h + 72); })).trend == 0);
}

TEST_CASE("what the history is too short for is not known, and not zero") {
  const auto wave = [](double h) { return 5 + (hour_of_day(h) < 12 ? 2 : 0); };
  const auto f = features_of(made(1, wave));
  CHECK(std::isnan(f.seasonality));
  CHECK(std::isnan(f.trend));
  CHECK_FALSE(std::isnan(f.variability));
  CHECK(std::isnan(features_of(made(3, wave)).trend));
  CHECK(features_of(made(3, wave)).seasonality == doctest::Approx(1));
  CHECK(features_of(made(4, wave)).trend == 0);
}

TEST_CASE("a third of the readings missing changes little") {
  random_stream random{2};
  const auto whole = made(10, [&](double h) {
    return (5 + 0.5 * random.normal()) * (hour_of_day(h) > 8 && hour_of_day(h) < 18 ? 2 : 1);
  });
  auto holed = whole;
  for (double& x : holed.values)
    if (random.chance(1.0 / 3)) x = gap;
  const auto f = features_of(whole), g = features_of(holed);
  CHECK(g.present == doctest::Approx(2.0 / 3).epsilon(0.05));
  for (const auto m : {&placement::workload_features::variability, &placement::workload_features::burstiness,
                       &placement::workload_features::seasonality, &placement::workload_features::trend,
                       &placement::workload_features::on_off, &placement::workload_features::persistence})
    CHECK(std::abs(f.*m - g.*m) < 0.06);
}

TEST_CASE("one wild day moves no feature far") {
  random_stream random{3};
  auto s = made(10, [&](double h) { return 10 + random.normal() + (hour_of_day(h) < 10 ? 10 : 0); });
  const auto before = features_of(s);
  for (std::size_t i = 5 * 288; i < 5 * 288 + 24; ++i) s.values[i] = 500;  // two hours of ten days
  const auto after = features_of(s);
  CHECK(std::abs(before.variability - after.variability) < 0.05);
  CHECK(std::abs(before.seasonality - after.seasonality) < 0.25);
  CHECK(std::abs(before.trend - after.trend) < 0.1);
}

TEST_CASE("features stay within their ranges whatever the history") {
  random_stream random{4};
  for (int round = 0; round < 200; ++round) {
    telemetry::series s{
        monday + std::chrono::minutes{5 * random.below(3000)}, random.chance(0.5) ? 5min : 1h, {}};
    const std::size_t n = random.below(1500);
    const double scale = random.chance(0.2) ? 1e12 : random.chance(0.2) ? 1e-12 : 1;
    for (std::size_t i = 0; i < n; ++i)
      s.values.push_back(random.chance(0.1)    ? gap
                         : random.chance(0.01) ? std::numeric_limits<double>::infinity()
                         : random.chance(0.1)  ? 0
                         : random.chance(0.1)  ? -scale
                                               : scale * random.exponential());
    check_ranges(features_of(s));
  }
}

TEST_CASE("the unit and the size of demand do not matter, and neither does the hour at which it begins") {
  random_stream random{5};
  auto s = made(8, [&](double h) { return 4 + random.uniform() + (hour_of_day(h) < 8 ? 3 : 0); });
  auto thousandfold = s;
  for (double& x : thousandfold.values) x *= 1024;
  const auto f = features_of(s, 8), g = features_of(thousandfold, 8192);
  CHECK(f.variability == doctest::Approx(g.variability));
  CHECK(f.burstiness == doctest::Approx(g.burstiness));
  CHECK(f.on_off == doctest::Approx(g.on_off));
  const auto later = features_of(s.view().last(7 * 288 + 100), 8);
  CHECK(later.seasonality == doctest::Approx(f.seasonality).epsilon(0.02));
}

TEST_CASE("the mix of resources is relative to what a host has of each") {
  resources demand, host;
  demand[resource::cpu] = 2, demand[resource::memory] = 4e9, demand[resource::io] = 7;
  host[resource::cpu] = 8, host[resource::memory] = 64e9;
  const auto mix = placement::mix_of(demand, host);
  CHECK(mix[0] == doctest::Approx(0.8));
  CHECK(mix[1] == doctest::Approx(0.2));
  CHECK(mix[3] == 0);  // a host has none of it: it cannot be compared
  CHECK(std::isnan(placement::mix_of({}, host)[0]));
}
