// What do decompositions and Theta models cost? A moving average over one season, the least that could be
// called a decomposition, stands beside STL; the seasonal naive forecast beside the Theta fits. The argument
// is the length of the history. For orientation, R's forecast package took 74 ms for mstl + ets and 17 ms for
// thetaf per hourly series of the M4 competition (700 to 960 values).

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/decomposition.hpp>
#include <foreshift/forecast/moving_average.hpp>
#include <foreshift/forecast/mstl.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/forecast/optimised_theta.hpp>
#include <foreshift/forecast/seasonally_adjusted.hpp>
#include <foreshift/forecast/stl.hpp>
#include <foreshift/forecast/theta.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

// A day inside a week, hourly.
std::vector<double> load(std::size_t n) {
  random_stream random{1};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t)
    y.push_back(50 + 20 * std::sin(6.283185307179586 * static_cast<double>(t % 24) / 24) +
                (t % 168 < 120 ? 5 : -5) + 2 * random.normal());
  return y;
}

void season_mean(benchmark::State& state) {
  const auto y = load(static_cast<std::size_t>(state.range(0)));
  std::vector<double> trend(y.size()), scratch;
  for (auto _ : state) {
    centred_moving_average(y, 24, trend, scratch);
    benchmark::DoNotOptimize(trend.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

template <class Spec>
void decomposed(benchmark::State& state, const Spec& spec) {
  const auto y = load(static_cast<std::size_t>(state.range(0)));
  double strength = 0;
  for (auto _ : state) {
    const auto d = decompose(spec, y);
    if (!d) return state.SkipWithError("too short");
    strength = seasonal_strength(*d);
    benchmark::DoNotOptimize(strength);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  if (!(strength > 0.9)) std::abort();  // the day is seven standard deviations of the noise
}

template <class Spec>
void fitted(benchmark::State& state, const Spec& spec) {
  const auto y = load(static_cast<std::size_t>(state.range(0)));
  double next = 0;
  for (auto _ : state) {
    const auto m = fit(spec, {{}, std::chrono::hours{1}, y}, {});
    if (!m) return state.SkipWithError("does not fit");
    predict_mean(*m, {}, std::span{&next, 1});
    benchmark::DoNotOptimize(next);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  if (!(next > 0 && next < 100)) std::abort();
}

template <class Spec>
void updated(benchmark::State& state, const Spec& spec) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto y = load(n + 4032);
  auto m = *fit(spec, {{}, std::chrono::hours{1}, std::span{y}.first(n)}, {});
  std::size_t t = n;
  for (auto _ : state) {
    update(m, y[t], {});
    if (++t == y.size()) t = n;
  }
  state.SetItemsProcessed(state.iterations());
  double next = 0;
  predict_mean(m, {}, std::span{&next, 1});
  if (!(next > 0 && next < 100)) std::abort();
}

const seasonally_adjusted<theta> week_and_theta{.inner = {.season_length = 1}, .season_lengths = {24, 168}};

}  // namespace

#define FOR_LENGTHS ->Arg(700)->Arg(4000)->Arg(16000)->Unit(benchmark::kMicrosecond)
BENCHMARK(season_mean) FOR_LENGTHS;
BENCHMARK_CAPTURE(decomposed, stl_periodic, stl{}) FOR_LENGTHS;
BENCHMARK_CAPTURE(decomposed, stl_window_11, stl{.s_window = 11}) FOR_LENGTHS;
BENCHMARK_CAPTURE(decomposed, stl_robust, stl{.s_window = 11, .robust = true}) FOR_LENGTHS;
BENCHMARK_CAPTURE(decomposed, mstl_24_168, mstl{}) FOR_LENGTHS;
BENCHMARK_CAPTURE(fitted, seasonal_naive, seasonal_naive{24}) FOR_LENGTHS;
BENCHMARK_CAPTURE(fitted, theta, theta{}) FOR_LENGTHS;
BENCHMARK_CAPTURE(fitted, optimised_theta, optimised_theta{.dynamic = false}) FOR_LENGTHS;
BENCHMARK_CAPTURE(fitted, dynamic_optimised_theta, optimised_theta{}) FOR_LENGTHS;
BENCHMARK_CAPTURE(fitted, mstl_and_theta, week_and_theta) FOR_LENGTHS;
#define FOR_HISTORIES ->Arg(700)->Arg(16000)
BENCHMARK_CAPTURE(updated, seasonal_naive, seasonal_naive{24}) FOR_HISTORIES;
BENCHMARK_CAPTURE(updated, theta, theta{}) FOR_HISTORIES;
BENCHMARK_CAPTURE(updated, dynamic_optimised_theta, optimised_theta{}) FOR_HISTORIES;
BENCHMARK_CAPTURE(updated, mstl_and_theta, week_and_theta) FOR_HISTORIES;
