#include <foreshift/core/random.hpp>
#include <foreshift/forecast/accuracy.hpp>
#include <foreshift/forecast/any_forecaster.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/forecast/robust_level.hpp>
#include <foreshift/forecast/scenario.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr std::array levels{0.05, 0.25, 0.5, 0.75, 0.95};

telemetry::series_view every_five_minutes(const std::vector<double>& y) {
  return {time_point{std::chrono::hours{5}}, std::chrono::minutes{5}, y};
}

std::vector<double> autoregression(std::size_t n, std::uint64_t seed) {
  random_stream random{seed};
  std::vector<double> y{0};
  while (y.size() < n) y.push_back(0.6 * y.back() + random.normal());
  return y;
}

}  // namespace

TEST_CASE("a prediction begins where the observations end, and moves on with them") {
  const auto y = autoregression(100, 1);
  auto m = *fit(backtested<naive>{.horizon = 4}, every_five_minutes(y), {});
  CHECK(predict(m, {.horizon = 4}).start == every_five_minutes(y).end());
  update(m, 1.0, {});
  CHECK(predict(m, {.horizon = 4}).start == every_five_minutes(y).end() + std::chrono::minutes{5});
  CHECK(predict(m, {.horizon = 4}).step == std::chrono::minutes{5});
}

TEST_CASE("errors are out of sample: fitting and streaming the same series remember the same ones") {
  const auto y = autoregression(200, 2);
  const backtested<naive> spec{.horizon = 5, .errors_kept = 20};
  const auto fitted = *fit(spec, every_five_minutes(y), {});
  auto streamed = *fit(spec, every_five_minutes(y).first(50), {});
  for (std::size_t t = 50; t < y.size(); ++t) update(streamed, y[t], {});
  REQUIRE(fitted.errors().complete() == 20);
  REQUIRE(streamed.errors().complete() == 20);
  for (std::size_t age = 0; age < 20; ++age)
    for (std::size_t lead = 0; lead < 5; ++lead) {
      CHECK(fitted.errors().block(age)[lead] == streamed.errors().block(age)[lead]);
      const std::size_t origin = 200 - 5 - age;  // observations before the forecast
      CHECK(fitted.errors().block(age)[lead] == y[origin + lead] - y[origin - 1]);
    }
}

TEST_CASE("quantiles never cross, contain the bounds' clamp, and widen from few errors") {
  const auto y = autoregression(400, 3);
  for (const std::size_t n : {30U, 60U, 400U}) {
    const backtested<seasonal_ar> spec{.inner = {.season_length = 24}, .horizon = 6, .lower = -1, .upper = 2};
    const auto p = predict(*fit(spec, every_five_minutes(y).first(n), {}), {.horizon = 6, .levels = levels});
    for (std::size_t h = 0; h < 6; ++h)
      for (std::size_t i = 0; i < levels.size(); ++i) {
        CHECK(p.quantile_curve(i)[h] >= -1);
        CHECK(p.quantile_curve(i)[h] <= 2);
        if (i > 0) CHECK(p.quantile_curve(i)[h] >= p.quantile_curve(i - 1)[h]);
      }
  }
}

TEST_CASE("the 90 % interval covers 90 % of an autoregressive process at every lead") {
  constexpr std::size_t horizon = 6, trials = 4000, kept = 199;
  const auto y = autoregression(300 + trials + horizon, 4);
  auto m =
      *fit(backtested<seasonal_ar>{.inner = {.season_length = 24}, .horizon = horizon, .errors_kept = kept},
           every_five_minutes(y).first(300), {});
  std::array<std::size_t, horizon> inside{};
  for (std::size_t t = 300; t < 300 + trials; ++t) {
    const auto p = predict(m, {.horizon = horizon, .levels = levels});
    for (std::size_t h = 0; h < horizon; ++h)
      inside[h] += y[t + h] >= p.quantile_curve(0)[h] && y[t + h] <= p.quantile_curve(4)[h];
    update(m, y[t], {});
  }
  // Binomial with p = 0.9: standard deviation sqrt(0.09 / 4000) = 0.0047 for independent trials. Hits at lead
  // h are dependent over about 1 + 2 sum_{k<h} 0.6^k < 4 steps, which doubles it. The order statistics
  // themselves are beta distributed (sd 0.02 for 199 errors) but the window turns over 20 times: 0.005. Four
  // times their sum: 0.04.
  for (const std::size_t hits : inside) CHECK(std::abs(static_cast<double>(hits) / trials - 0.9) < 0.04);
}

TEST_CASE("each joint path is the mean and the block of its age, counted round when there are fewer") {
  const auto y = autoregression(80, 5);
  const auto m = *fit(backtested<level_median>{.horizon = 4, .errors_kept = 16}, every_five_minutes(y), {});
  const scenario_plan plan{{0, 3, 15, 16, 40}};
  const auto p = predict(m, {.horizon = 4, .plan = &plan});
  REQUIRE(m.errors().complete() == 16);
  for (std::size_t i = 0; i < plan.size(); ++i)
    for (std::size_t h = 0; h < 4; ++h)
      CHECK(p.paths[i][h] == p.mean[h] + m.errors().block(plan.error_age[i] % 16)[h]);
}

TEST_CASE("the paths of a host are the sums of its workloads' paths") {
  // The naive forecast is linear in the series, so the host's own model must give the sum exactly (integers:
  // no rounding).
  random_stream random{6};
  std::vector<std::vector<double>> workloads(5);
  std::vector<double> host(150, 0.0);
  for (auto& w : workloads)
    for (double& total : host) {
      w.push_back(static_cast<double>(random.below(1000)));
      total += w.back();
    }
  const auto plan = make_scenario_plan({.count = 50, .ages_max = 64}, random);
  const backtested<naive> spec{.horizon = 12, .errors_kept = 64};
  sample_paths sum;
  for (const auto& w : workloads)
    sum += predict(*fit(spec, every_five_minutes(w), {}), {.horizon = 12, .plan = &plan}).paths;
  const auto whole = predict(*fit(spec, every_five_minutes(host), {}), {.horizon = 12, .plan = &plan}).paths;
  REQUIRE(sum.count() == 50);
  for (std::size_t i = 0; i < sum.flat().size(); ++i) CHECK(sum.flat()[i] == whole.flat()[i]);
}

TEST_CASE("workloads that rise together are drawn together") {
  // Two workloads with the same shocks: the spread of their sum is that of twice one, not sqrt(2) times.
  const auto y = autoregression(300, 7);
  random_stream random{8};
  const auto plan = make_scenario_plan({.count = 64, .ages_max = 64}, random);
  const auto p = predict(*fit(backtested<naive>{.errors_kept = 64}, every_five_minutes(y), {}),
                         {.horizon = 1, .plan = &plan});
  auto sum = p.paths;
  sum += p.paths;
  for (std::size_t i = 0; i < 64; ++i) CHECK(sum[i][0] == 2 * p.paths[i][0]);
}

TEST_CASE("a gap breaks neither quantiles nor paths") {
  auto y = autoregression(200, 9);
  for (std::size_t t = 100; t < 180; t += 3) y[t] = NAN;
  y[199] = NAN;
  random_stream random{1};
  const auto plan = make_scenario_plan({.count = 100, .ages_max = 128}, random);
  const auto p = predict(*fit(backtested<seasonal_ar>{}, every_five_minutes(y), {}),
                         {.horizon = 12, .levels = levels, .plan = &plan});
  for (const double v : p.paths.flat()) CHECK(std::isfinite(v));
  for (const double v : p.quantiles) CHECK(std::isfinite(v));
}

TEST_CASE("with known future events errors do not count the event as a surprise") {
  std::vector<double> y, x;
  for (std::size_t t = 0; t < 400; ++t) {
    x.push_back(t % 50 >= 45 ? 1.0 : 0.0);
    y.push_back(10 + 30 * x.back());
  }
  const backtested<seasonal_ar> spec{
      .inner = {.season_length = 1, .memory = 1000}, .horizon = 4, .errors_kept = 100};
  const auto m = *fit(spec, every_five_minutes(y), {x, 1});
  double worst = 0;
  for (std::size_t age = 4; age < 100; ++age)  // the youngest blocks reach past the known rows
    for (const double e : m.errors().block(age)) worst = std::max(worst, std::abs(e));
  CHECK(worst < 6);  // of 30
  const std::vector<double> on(4, 1.0), off(4, 0.0);
  CHECK(predict(m, {.horizon = 4, .regressors = {on, 1}}).mean[3] > 30);
  CHECK(predict(m, {.horizon = 4, .regressors = {off, 1}}).mean[3] < 15);
}

TEST_CASE("a history without one whole checked forecast is too short") {
  const auto y = autoregression(40, 10);
  const backtested<naive> spec{.horizon = 12, .training_min = 8};
  CHECK(fit(spec, every_five_minutes(y).first(19), {}).error() == errc::too_short);
  CHECK(fit(spec, every_five_minutes(y).first(20), {})->errors().complete() == 1);
  CHECK(fit(spec, every_five_minutes(y).first(24), {})->errors().complete() == 5);
  CHECK(fit(spec, every_five_minutes(y).first(40), {})->errors().complete() ==
        16);  // from a third of the history on
}

TEST_CASE("predicting into an old object gives what predicting anew gives") {
  const auto y = autoregression(200, 11);
  random_stream random{2};
  const auto plan = make_scenario_plan({.count = 20, .ages_max = 64}, random);
  const auto m = *fit(backtested<naive>{}, every_five_minutes(y), {});
  prediction old;
  predict_into(m, {.horizon = 12, .levels = levels, .plan = &plan}, old);
  predict_into(m, {.horizon = 3, .levels = levels, .plan = &plan}, old);
  const auto fresh = predict(m, {.horizon = 3, .levels = levels, .plan = &plan});
  CHECK(old.mean == fresh.mean);
  CHECK(old.quantiles == fresh.quantiles);
  CHECK(std::equal(old.paths.flat().begin(), old.paths.flat().end(), fresh.paths.flat().begin(),
                   fresh.paths.flat().end()));
}

TEST_CASE("the probability of exceeding a limit is what the quantiles say, and knows the bounds") {
  const auto y = autoregression(500, 12);
  const auto m =
      *fit(backtested<naive>{.horizon = 4, .errors_kept = 199, .upper = 8}, every_five_minutes(y), {});
  const auto p = predict(m, {.horizon = 4, .levels = levels});
  for (std::size_t i = 0; i < levels.size(); ++i)
    for (std::size_t h = 0; h < 4; ++h) {
      const double limit = p.quantile_curve(i)[h];
      CHECK(probability_exceeds(m, p.mean, limit)[h] == doctest::Approx(1 - levels[i]).epsilon(0.06));
    }
  for (const double q : probability_exceeds(m, p.mean, 8.0)) CHECK(q == 0);
}

TEST_CASE("forecasts that are checked every few steps give quantiles and paths at every step") {
  const auto y = autoregression(400, 13);
  const backtested<seasonal_ar> spec{
      .inner = {.season_length = 24}, .horizon = 12, .errors_kept = 10, .every = 6, .refit = false};
  auto m = *fit(spec, every_five_minutes(y).first(300), {});
  const scenario_plan plan{{0, 5, 6, 59, 60}};
  for (std::size_t t = 300; t < 330; ++t) {
    const auto p = predict(m, {.horizon = 12, .levels = levels, .plan = &plan});
    REQUIRE(m.errors().complete() == 10);
    std::vector<double> mean(12);
    predict_mean(m.inner(), {}, mean);
    for (std::size_t h = 0; h < 12; ++h) {
      CHECK(p.mean[h] == mean[h]);
      for (std::size_t i = 1; i < levels.size(); ++i)
        CHECK(p.quantile_curve(i)[h] >= p.quantile_curve(i - 1)[h]);
      for (std::size_t i = 0; i < plan.size(); ++i)  // ages are steps, blocks are six steps apart
        CHECK(p.paths[i][h] == p.mean[h] + m.errors().block(plan.error_age[i] / 6 % 10)[h]);
    }
    update(m, y[t], {});
  }
}

TEST_CASE("one quantile and one probability are those of the whole prediction") {
  const auto y = autoregression(500, 14);
  for (const double bandwidth : {0.0, 0.5})
    for (const double adapt : {0.0, 0.05}) {
      const backtested<seasonal_ar> spec{.inner = {.season_length = 24},
                                         .horizon = 5,
                                         .bandwidth = bandwidth,
                                         .adapt = adapt,
                                         .lower = -2,
                                         .upper = 2};
      const auto m = *fit(spec, every_five_minutes(y), {});
      const auto p = predict(m, {.horizon = 5, .levels = levels});
      const auto over = probability_exceeds(m, p.mean, 0.7);
      for (std::size_t h = 1; h <= 5; ++h) {
        for (std::size_t i = 0; i < levels.size(); ++i) {
          CHECK(quantile(m, h, levels[i]) == p.quantile_curve(i)[h - 1]);
          CHECK(quantile(p, h, levels[i]) == p.quantile_curve(i)[h - 1]);
        }
        CHECK(probability_exceeds(m, h, 0.7) == over[h - 1]);
        CHECK(probability_exceeds(m, h, 2.0) == 0);
        CHECK(probability_exceeds(m, h, -2.5) == 1);
      }
    }
}

TEST_CASE("with a bandwidth the spread follows the level") {
  // Days of little load and little noise, and days of much.
  random_stream random{15};
  std::vector<double> y;
  for (std::size_t t = 0; t < 600; ++t)
    y.push_back(t / 10 % 2 == 0 ? 10 + 0.1 * random.normal() : 60 + 5 * random.normal());
  const auto width = [&](std::size_t n, double bandwidth) {
    const auto m = *fit(backtested<seasonal_naive>{.inner = {20}, .horizon = 1, .bandwidth = bandwidth},
                        every_five_minutes(y).first(n), {});
    return quantile(m, 1, 0.95) - quantile(m, 1, 0.05);
  };
  CHECK(width(585, 0) == doctest::Approx(width(595, 0)).epsilon(0.5));
  CHECK(width(585, 0.5) < 3);   // the next step is quiet: 3.3 deviations of 0.14, and what counts anyway
  CHECK(width(595, 0.5) > 15);  // loud: 3.3 deviations of 7
}
