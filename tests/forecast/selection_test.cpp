#include <foreshift/core/random.hpp>
#include <foreshift/forecast/load_pool.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/forecast/robust_level.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>
#include <foreshift/forecast/selection.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }
}  // namespace

TEST_CASE("the member that suits the series predicts") {
  random_stream random{41};
  std::vector<double> periodic, walk{0};
  for (std::size_t t = 0; t < 300; ++t) {
    periodic.push_back(static_cast<double>(t % 24) + 0.1 * random.normal());
    walk.push_back(walk.back() + random.normal());
  }
  const streaming_selection spec{.pool = {naive{}, seasonal_naive{24}, level_median{24}}, .horizon = 6};
  CHECK(fit(spec, hourly(periodic), {})->standings().front().index == 1);
  CHECK(fit(spec, hourly(walk), {})->standings().front().index == 0);
}

TEST_CASE("when the series changes its nature, another member takes over") {
  random_stream random{42};
  std::vector<double> y;
  for (std::size_t t = 0; t < 200; ++t) y.push_back(10 + random.normal());
  auto m =
      *fit(streaming_selection{.pool = {level_median{48}, seasonal_naive{24}}, .horizon = 6, .memory = 100},
           hourly(y), {});
  CHECK(m.standings().front().index == 0);
  for (std::size_t t = 0; t < 300; ++t) update(m, 10.0 * static_cast<double>(t % 24), {});
  CHECK(m.standings().front().index == 1);
  std::array<double, 2> out{};
  predict_mean(m, {}, out);
  CHECK(out == std::array{120.0, 130.0});  // step 300 is place 12
}

TEST_CASE("the mean of the best is their mean, within and beyond the horizon") {
  const std::vector<double> y{1, 2, 3, 4, 5, 6, 7, 8};
  const streaming_selection spec{.pool = {naive{}, seasonal_naive{2}}, .horizon = 2, .mean_of = 2};
  const auto m = *fit(spec, hourly(y), {});
  std::array<double, 4> out{};
  predict_mean(m, {}, out);
  CHECK(out == std::array{7.5, 8.0, 7.5, 8.0});
  std::array<double, 2> near{};
  predict_mean(m, {}, near);
  CHECK(near == std::array{7.5, 8.0});
}

TEST_CASE("equal merit goes to the earlier member") {
  const std::vector<double> y(60, 3.0);
  const auto m =
      *fit(streaming_selection{.pool = {level_median{3}, naive{}, seasonal_naive{24}}, .horizon = 3},
           hourly(y), {});
  for (std::size_t i = 0; i < 3; ++i) CHECK(m.standings()[i].index == i);
}

TEST_CASE("a member that cannot be fitted is left out, and none at all is the first one's reason") {
  const std::vector<double> y{1, 2, 3};
  const auto m = fit(streaming_selection{.pool = {seasonal_naive{24}, naive{}}, .horizon = 2}, hourly(y), {});
  REQUIRE(m);
  CHECK(m->standings().size() == 1);
  CHECK(m->standings().front().index == 1);
  const auto none =
      fit(streaming_selection{.pool = {seasonal_naive{24}, seasonal_ar{}}, .horizon = 2}, hourly(y), {});
  CHECK(none.error() == errc::too_short);
}

TEST_CASE("a member too young to be judged goes last") {
  std::vector<double> y;
  for (std::size_t t = 0; t < 30; ++t) y.push_back(static_cast<double>(t % 24));
  const auto m =
      *fit(streaming_selection{.pool = {seasonal_naive{24}, naive{}}, .horizon = 2}, hourly(y), {});
  CHECK(m.standings().back().index == 0);  // it saw in advance what it would have been judged on
}

TEST_CASE("weights fall with a power of the error, and members of no weight are not asked") {
  random_stream random{43};
  std::vector<double> y;
  for (std::size_t t = 0; t < 300; ++t) y.push_back(static_cast<double>(t % 24) + 0.1 * random.normal());
  const streaming_selection spec{
      .pool = {naive{}, seasonal_naive{24}, level_median{24}}, .horizon = 6, .mean_of = 3, .sharpness = 2};
  const auto standings = fit(spec, hourly(y), {})->standings();
  double total = 0;
  for (const auto& s : standings) {
    const double wanted = std::pow(standings.front().error / s.error, 2);
    CHECK(s.weight / standings.front().weight == doctest::Approx(wanted >= 1e-3 ? wanted : 0.0));
    total += s.weight;
  }
  CHECK(total == doctest::Approx(1));
}

TEST_CASE("forecasts that are judged every few steps are scored like those judged by hand") {
  random_stream random{44};
  std::vector<double> y;
  for (std::size_t t = 0; t < 60; ++t) y.push_back(random.uniform());
  const std::size_t start = 30;
  for (const std::size_t horizon : {1U, 3U, 4U})
    for (const std::size_t every : {1U, 2U, 3U, 5U}) {
      CAPTURE(horizon);
      CAPTURE(every);
      const streaming_selection spec{.pool = {naive{}},
                                     .horizon = horizon,
                                     .judge_every = every,
                                     .memory = 1e12,
                                     .replay_share = 0.5,
                                     .refit = false};
      double sum = 0;
      std::size_t steps = 0;
      for (std::size_t t = start; t < y.size(); ++t) {  // the observation of step t
        double of_step = 0;
        std::size_t pending = 0;
        for (std::size_t origin = start; origin <= t; origin += every)
          if (t - origin < horizon) of_step += std::abs(y[t] - y[origin - 1]), ++pending;
        if (pending > 0) sum += of_step / static_cast<double>(pending), ++steps;
      }
      const auto m = *fit(spec, hourly(y), {});
      CHECK(m.standings().front().error == doctest::Approx(sum / static_cast<double>(steps)));
    }
}

TEST_CASE("before a forecast was held against what came, the median of the pool predicts") {
  const streaming_selection spec{
      .pool = {naive{}, seasonal_naive{2}, level_median{3}}, .horizon = 1, .replay_share = 0};
  auto m = *fit(spec, hourly({2, 1, 9}), {});  // 9; 1; 2
  std::array<double, 1> out{};
  predict_mean(m, {}, out);
  CHECK(out[0] == 2);
  for (const auto& s : m.standings()) CHECK(s.weight == 0);
  update(m, 9.0, {});
  predict_mean(m, {}, out);
  CHECK(m.standings().front().index == 0);
  CHECK(out[0] == 9);
}

TEST_CASE("a member judged without a refit goes on from where it was") {
  std::vector<double> y;
  for (std::size_t t = 0; t < 40; ++t) y.push_back(static_cast<double>(t));
  streaming_selection spec{.pool = {level_median{100}}, .horizon = 2, .refit = false};
  std::array<double, 1> out{};
  predict_mean(*fit(spec, hourly(y), {}), {}, out);
  CHECK(out[0] == 19.5);
}
