#include <foreshift/core/random.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/forecast/panel_forecast.hpp>
#include <foreshift/forecast/scenario.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <thread>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr std::array levels{0.1, 0.5, 0.9};
constexpr double gap = std::numeric_limits<double>::quiet_NaN();

telemetry::panel empty_panel(std::size_t series, std::size_t times, std::size_t features = 1) {
  std::vector<telemetry::series_key> keys;
  for (std::size_t s = 0; s < series; ++s) keys.push_back({workload_id{s}});
  return {keys, {time_point{std::chrono::hours{7}}, std::chrono::hours{1}, times, features}};
}

/// A fleet of whole numbers, so that sums are exact.
telemetry::panel fleet(std::size_t series, std::size_t times) {
  random_stream random{11};
  auto p = empty_panel(series, times);
  for (std::size_t s = 0; s < series; ++s)
    for (std::size_t t = 0; t < times; ++t)
      p(s, t) = static_cast<double>(100 + 10 * (t % 24) + random.below(50));
  return p;
}

/// Hands each index to whichever of three threads comes first.
struct three_threads {
  template <class F>
  void bulk(std::size_t n, F&& body) {
    std::atomic<std::size_t> next{0};
    std::array<std::thread, 3> threads;
    for (auto& t : threads)
      t = std::thread{[&] {
        for (std::size_t i = next++; i < n; i = next++) body(i);
      }};
    for (auto& t : threads) t.join();
  }
};

}  // namespace

TEST_CASE("each series of the panel gets what it would get alone") {
  const auto p = fleet(5, 200);
  random_stream random{12};
  const auto plan = make_scenario_plan({.count = 10, .ages_max = 20}, random);
  const auto spec = calibrated(auto_forecaster{.season_length = 24, .horizon = 12});
  const auto all = forecast_panel(spec, p, {.horizon = 12, .levels = levels, .plan = &plan});
  REQUIRE(all.size() == 5);
  for (std::size_t s = 0; s < 5; ++s) {
    REQUIRE(all[s]);
    const auto alone = predict(*fit(spec, p.view(s), {}), {.horizon = 12, .levels = levels, .plan = &plan});
    CHECK(all[s]->start == p.view(s).end());
    CHECK(all[s]->mean == alone.mean);
    CHECK(all[s]->quantiles == alone.quantiles);
    CHECK(std::ranges::equal(all[s]->paths.flat(), alone.paths.flat()));
  }
}

TEST_CASE("the outcome does not depend on how many threads there are") {
  const auto p = fleet(9, 150);
  const scenario_plan plan{{0, 5, 11}};
  const auto spec = calibrated(auto_forecaster{.season_length = 24, .horizon = 6});
  const panel_request wanted{.horizon = 6, .levels = levels, .plan = &plan};
  const auto one = forecast_panel(spec, p, wanted);
  three_threads threads;
  const auto three = forecast_panel(spec, p, wanted, threads);
  REQUIRE(one.size() == three.size());
  for (std::size_t s = 0; s < one.size(); ++s) {
    REQUIRE(one[s]);
    REQUIRE(three[s]);
    CHECK(one[s]->mean == three[s]->mean);
    CHECK(one[s]->quantiles == three[s]->quantiles);
    CHECK(std::ranges::equal(one[s]->paths.flat(), three[s]->paths.flat()));
  }
}

TEST_CASE("under one plan the paths of a host are the sums of the paths of its workloads") {
  // The naive forecast is linear in the series, so the host's own forecast must be the sum, exactly.
  const auto workloads = fleet(6, 160);
  auto host = empty_panel(1, 160);
  for (std::size_t t = 0; t < 160; ++t) {
    host(0, t) = 0;
    for (std::size_t s = 0; s < workloads.size(); ++s) host(0, t) += workloads(s, t);
  }
  random_stream random{13};
  const auto plan = make_scenario_plan({.count = 40, .ages_max = 64}, random);
  const backtested<naive> spec{.horizon = 8, .errors_kept = 64};
  const panel_request wanted{.horizon = 8, .plan = &plan};
  sample_paths sum;
  for (const auto& one : forecast_panel(spec, workloads, wanted)) sum += one.value().paths;
  const auto whole = forecast_panel(spec, host, wanted);
  CHECK(sum.count() == 40);
  CHECK(std::ranges::equal(sum.flat(), whole[0].value().paths.flat()));
}

TEST_CASE("a series that fails says why and keeps nobody else") {
  auto p = fleet(4, 100);
  for (std::size_t t = 0; t < 100; ++t) p(1, t) = gap;
  for (std::size_t t = 0; t < 95; ++t) p(2, t) = gap;
  const auto all = forecast_panel(backtested<seasonal_ar>{.horizon = 10}, p, {.horizon = 10});
  CHECK(all[0].has_value());
  REQUIRE_FALSE(all[1]);
  CHECK(all[1].error() == errc::all_missing);
  REQUIRE_FALSE(all[2]);
  CHECK(all[2].error() == errc::too_short);
  CHECK(all[3].has_value());
}

TEST_CASE("a host that joined later is forecast from its own readings, to the same end as the others") {
  auto p = fleet(2, 120);
  for (std::size_t t = 0; t < 40; ++t) p(1, t) = gap;
  const backtested<naive> spec{.horizon = 4};
  const auto all = forecast_panel(spec, p, {.horizon = 4, .levels = levels});
  const auto alone = predict(*fit(spec, p.view(1).last(80), {}), {.horizon = 4, .levels = levels});
  REQUIRE(all[1]);
  CHECK(all[1]->start == all[0]->start);
  CHECK(all[1]->quantiles == alone.quantiles);
}

TEST_CASE("any feature of the panel can be the one that is forecast, and shared regressors reach each fit") {
  auto p = empty_panel(2, 200, 2);
  std::vector<double> event(206, 0.0);
  for (const std::size_t t : {50U, 51U, 90U, 91U, 130U, 131U, 170U, 171U, 202U, 203U}) event[t] = 1;
  for (std::size_t s = 0; s < 2; ++s)
    for (std::size_t t = 0; t < 200; ++t) {
      p(s, t, 0) = gap;
      p(s, t, 1) = 10 + static_cast<double>(t % 24) + 40 * event[t];
    }
  const backtested<seasonal_ar> spec{.inner = {.season_length = 24}, .horizon = 6, .errors_kept = 10};
  const auto all = forecast_panel(spec, p, {.horizon = 6, .feature = 1, .regressors = {event, 1}});
  for (const auto& one : all) {
    REQUIRE(one);
    // 40 more than the step before, less what the shrinkage of the effect keeps.
    CHECK(one->mean[2] > one->mean[1] + 20);
    CHECK(one->mean[3] > one->mean[4] + 20);
  }
  CHECK_FALSE(forecast_panel(spec, p, {.horizon = 6})[0]);
}

TEST_CASE("an empty panel has no forecasts") {
  CHECK(forecast_panel(backtested<naive>{}, empty_panel(0, 10), {}).empty());
  CHECK_FALSE(forecast_panel(backtested<naive>{}, empty_panel(1, 0), {})[0]);
}
