// What does a full prediction cost: the mean, joint paths, quantiles? A plain copy of the last value stands
// beside it.

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/forecast/scenario.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr std::array levels{0.05, 0.5, 0.95};

std::vector<double> load(std::size_t n) {
  random_stream random{1};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t)
    y.push_back(40 + 20 * std::sin(6.283185307179586 * static_cast<double>(t % 24) / 24) +
                5 * random.normal());
  return y;
}

void check(double v) {
  if (!(v > 0 && v < 100)) std::abort();
}

// h steps of the naive forecast: nothing but writing h values.
void mean_naive(benchmark::State& state) {
  const auto y = load(1000);
  const auto m = *fit(naive{}, {{}, std::chrono::hours{1}, y}, {});
  std::vector<double> out(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    predict_mean(m, {}, out);
    benchmark::DoNotOptimize(out.data());
  }
  check(out.back());
}
BENCHMARK(mean_naive)->Arg(12)->Arg(48);

void mean_seasonal_ar(benchmark::State& state) {
  const auto y = load(1000);
  const auto m = *fit(seasonal_ar{}, {{}, std::chrono::hours{1}, y}, {});
  std::vector<double> out(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    predict_mean(m, {}, out);
    benchmark::DoNotOptimize(out.data());
  }
  check(out.back());
}
BENCHMARK(mean_seasonal_ar)->Arg(12)->Arg(48);

// Argument: joint paths of 12 steps.
void paths(benchmark::State& state) {
  const auto y = load(1000);
  random_stream random{2};
  const auto plan =
      make_scenario_plan({.count = static_cast<std::size_t>(state.range(0)), .ages_max = 288}, random);
  const auto m = *fit(backtested<seasonal_ar>{.errors_kept = 288}, {{}, std::chrono::hours{1}, y}, {});
  prediction out;
  for (auto _ : state) predict_into(m, {.horizon = 12, .plan = &plan}, out);
  state.SetItemsProcessed(state.iterations() * state.range(0) * 12);
  check(out.mean.back());
}
BENCHMARK(paths)->Arg(50)->Arg(200);

// Argument: errors remembered.
void quantiles(benchmark::State& state) {
  const auto y = load(1000);
  const auto m = *fit(backtested<seasonal_ar>{.errors_kept = static_cast<std::size_t>(state.range(0))},
                      {{}, std::chrono::hours{1}, y}, {});
  prediction out;
  for (auto _ : state) predict_into(m, {.horizon = 12, .levels = levels}, out);
  check(out.quantiles.back());
}
BENCHMARK(quantiles)->Arg(64)->Arg(288);

// Argument: observations fitted.
void fit_seasonal_ar(benchmark::State& state) {
  const auto y = load(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(fit(seasonal_ar{}, {{}, std::chrono::hours{1}, y}, {}));
}
BENCHMARK(fit_seasonal_ar)->Arg(24)->Arg(700)->Arg(4000);

}  // namespace
