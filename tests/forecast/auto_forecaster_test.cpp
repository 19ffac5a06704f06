#include "data_folder.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/accuracy.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/naive.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }

template <class Spec>
std::vector<double> forecast_by(const Spec& spec, std::span<const double> y, std::size_t h) {
  std::vector<double> out(h);
  predict_mean(*fit(spec, telemetry::series_view{{}, std::chrono::hours{1}, y}, {}), {}, out);
  return out;
}
}  // namespace

TEST_CASE("one observation is enough, and it is the forecast") {
  for (const std::size_t n : {1U, 2U, 5U, 20U}) {
    const std::vector<double> y(n, 7.0);
    for (const double f : forecast_by(auto_forecaster{}, y, 48)) CHECK(f == doctest::Approx(7).epsilon(1e-9));
  }
}

TEST_CASE("a season of one step and a cycle of one season have members too") {
  random_stream random{71};
  std::vector<double> y;
  for (int t = 0; t < 200; ++t) y.push_back(10 + random.normal());
  for (const std::size_t m : {1U, 2U, 7U})
    for (const std::size_t k : {1U, 7U})
      for (const double f :
           forecast_by(auto_forecaster{.season_length = m, .seasons_in_cycle = k, .horizon = 5}, y, 5))
        CHECK(f == doctest::Approx(10).epsilon(0.15));
}

TEST_CASE("a look far within the season has the near pool, with all its members") {
  const auto_forecaster near{.season_length = 288, .horizon = 6};
  CHECK(near.looks_near());
  CHECK(selection_of(near).pool.size() == load_pool(288).size());
  CHECK(selection_of(near).mean_of == 2);
  CHECK(!auto_forecaster{.season_length = 24, .horizon = 4}.looks_near());
  const std::vector<double> y(40, 3.0);
  for (const double f : forecast_by(near, y, 6)) CHECK(f == doctest::Approx(3).epsilon(1e-9));
}

TEST_CASE("the distribution of the next steps knows how wrong forecasts of such a load are") {
  const auto spec = calibrated(auto_forecaster{.season_length = 96, .horizon = 4});
  CHECK(spec.every == 1);
  CHECK(spec.bandwidth > 0);
  CHECK(calibrated(auto_forecaster{}).bandwidth == 0);
  // Calm and wild halves of a day in turn.
  random_stream random{73};
  std::vector<double> y;
  for (std::size_t t = 0; t < 96 * 8; ++t)
    y.push_back(t % 96 < 48 ? 20 + 0.2 * random.normal() : 60 + 4 * random.normal());
  const auto width = [&](std::size_t n) {
    const auto m = *fit(spec, hourly(y).first(n), {});
    return quantile(m, 2, 0.9) - quantile(m, 2, 0.1);
  };
  CHECK(width(96 * 7 + 30) < 0.5 * width(96 * 7 + 80));
}

TEST_CASE("a wandering day belongs to the autoregressions, a fixed week to its profile") {
  random_stream random{72};
  std::vector<double> wandering, week;
  double level = 0;
  for (std::size_t t = 0; t < 24 * 28; ++t) {
    const double day = std::sin(static_cast<double>(t % 24) * 0.2618);
    const bool weekend = t / 24 % 7 >= 5;
    level = 0.95 * level + random.normal();
    wandering.push_back(60 + 20 * day + level);
    week.push_back((weekend ? 30 : 60) * (1.5 + day) + 0.5 * random.normal());
  }
  const auto standings = [](const std::vector<double>& y) {
    return fit(auto_forecaster{.horizon = 24}, hourly(y), {})->standings();
  };
  double autoregressions = 0;
  for (const auto& s : standings(wandering))
    if (s.index >= 5) autoregressions += s.weight;
  CHECK(autoregressions > 0.7);
  CHECK(standings(week).front().index == 4);
}

TEST_CASE("inside the training part of M4 hourly it beats every member of its pool and the seasonal naive") {
  const auto all = forecast_test::data_or_skip("auto on M4 hourly", "m4-hourly/train.csv", true);
  if (all.empty()) return;
  const auto members = seasonal_pool(auto_forecaster{});
  std::vector<double> mase_of(members.size() + 2);
  for (std::size_t i = 0; i < all.size(); i += 10) {  // every tenth series, its last 48 hours held back
    const auto& y = all[i].values;
    const auto known = std::span{y}.first(y.size() - 48), came = std::span{y}.last(48);
    const double unit = seasonal_naive_scale(known, 24);
    const auto score = [&](const auto& spec) { return mase({came, forecast_by(spec, known, 48)}, unit); };
    for (std::size_t m = 0; m < members.size(); ++m) mase_of[m] += score(members[m]);
    mase_of[members.size()] += score(seasonal_naive{24});
    mase_of.back() += score(auto_forecaster{});
  }
  for (std::size_t m = 0; m + 1 < mase_of.size(); ++m) {
    CAPTURE(m);
    CHECK(mase_of.back() < mase_of[m]);
  }
}
