// What does exponential smoothing cost? Fits of one form and of the automatic choice against the length of
// the history and of the season, and an update, whose cost depends on neither.

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/auto_ets.hpp>
#include <foreshift/forecast/naive.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

// A season, a level that wanders, noise.
std::vector<double> load(std::size_t n, std::size_t m) {
  random_stream random{1};
  std::vector<double> y;
  double level = 100;
  for (std::size_t t = 0; t < n; ++t) {
    level += 0.7 * random.normal();
    y.push_back(level +
                30 * std::sin(6.283185307179586 * static_cast<double>(t % m) / static_cast<double>(m)) +
                2 * random.normal());
  }
  return y;
}

template <class Spec>
void fit_one(benchmark::State& state, Spec spec) {
  const auto n = static_cast<std::size_t>(state.range(0)), m = static_cast<std::size_t>(state.range(1));
  const auto y = load(n, m);
  if constexpr (requires { spec.season_length; }) spec.season_length = m;
  double forecast = 0;
  for (auto _ : state) {
    const auto model = fit(spec, {{}, std::chrono::hours{1}, y}, {});
    if (!model) return state.SkipWithError("does not fit");
    predict_mean(*model, {}, {&forecast, 1});
  }
  if (!(forecast > 0 && forecast < 300)) std::abort();  // outside the timed part: it did learn something
}

void update_one(benchmark::State& state) {
  const auto m = static_cast<std::size_t>(state.range(0));
  const auto y = load(10 * m, m);
  auto model = *fit(ets{.season_length = m}, {{}, std::chrono::hours{1}, y}, {});
  std::size_t t = 0;
  for (auto _ : state) {
    update(model, y[t], {});
    if (++t == y.size()) t = 0;
  }
  state.SetItemsProcessed(state.iterations());
  if (!std::isfinite(model.state().level)) std::abort();
}

constexpr ets mam{ets_error::multiplicative, ets_trend::additive, ets_season::multiplicative, 24};

}  // namespace

#define FOR_SIZES \
  ->Args({700, 24})->Args({960, 24})->Args({4000, 24})->Args({1000, 168})->Unit(benchmark::kMillisecond)
BENCHMARK_CAPTURE(fit_one, naive, naive{})->Args({700, 24})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fit_one, ets_aada, ets{}) FOR_SIZES;
BENCHMARK_CAPTURE(fit_one, ets_mam, mam) FOR_SIZES;
BENCHMARK_CAPTURE(fit_one, auto_ets, auto_ets{}) FOR_SIZES;
BENCHMARK(update_one)->Arg(24)->Arg(168)->Arg(1008);
