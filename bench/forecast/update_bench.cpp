// What does one more observation cost? The naive forecast stands beside the others. The argument is the
// length of the history the model was fitted on: the cost of an update must not depend on it.

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/load_pool.hpp>
#include <foreshift/forecast/local_reversion.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/forecast/robust_level.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>
#include <foreshift/forecast/seasonal_median.hpp>
#include <foreshift/forecast/selection.hpp>
#include <foreshift/forecast/smoothing.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr std::size_t steps_a_day = 288;

std::vector<double> load(std::size_t n) {
  random_stream random{1};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t)
    y.push_back(40 + 20 * std::sin(6.283185307179586 * static_cast<double>(t % steps_a_day) / steps_a_day) +
                5 * random.normal());
  return y;
}

template <class Spec>
void run(benchmark::State& state, const Spec& spec) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto y = load(n + 4096);
  auto fitted = fit(spec, {{}, std::chrono::minutes{5}, std::span{y}.first(n)}, {});
  if (!fitted) {
    state.SkipWithError("does not fit");
    return;
  }
  auto model = *fitted;
  std::size_t t = n;
  for (auto _ : state) {
    update(model, y[t], {});
    if (++t == y.size()) t = n;
  }
  state.SetItemsProcessed(state.iterations());
  double out = 0;
  predict_mean(model, {}, std::span{&out, 1});
  if (!(out > 0 && out < 100)) std::abort();  // outside the timed part: it did learn something
}

streaming_selection pool() { return {.pool = load_pool(steps_a_day), .horizon = 12}; }

}  // namespace

#define FOR_LENGTHS ->Arg(300)->Arg(1000)->Arg(4000)
BENCHMARK_CAPTURE(run, naive, naive{}) FOR_LENGTHS;
BENCHMARK_CAPTURE(run, seasonal_naive, seasonal_naive{steps_a_day}) FOR_LENGTHS;
BENCHMARK_CAPTURE(run, level_median, level_median{12}) FOR_LENGTHS;
BENCHMARK_CAPTURE(run, seasonal_median, seasonal_median{steps_a_day, 7, 12}) FOR_LENGTHS;
BENCHMARK_CAPTURE(run, exponential_smoothing, exponential_smoothing{}) FOR_LENGTHS;
BENCHMARK_CAPTURE(run, local_reversion, local_reversion{}) FOR_LENGTHS;
BENCHMARK_CAPTURE(run, seasonal_ar, seasonal_ar{.season_length = steps_a_day}) FOR_LENGTHS;
BENCHMARK_CAPTURE(run, backtested_naive, backtested<naive>{.errors_kept = 288}) FOR_LENGTHS;
BENCHMARK_CAPTURE(run, backtested_seasonal_ar,
                  backtested<seasonal_ar>{.inner = {.season_length = steps_a_day}, .errors_kept = 288})
FOR_LENGTHS;
BENCHMARK_CAPTURE(run, selection_of_5, pool()) FOR_LENGTHS;
BENCHMARK_CAPTURE(run, backtested_selection_of_5,
                  backtested<streaming_selection>{.inner = pool(), .errors_kept = 288})
FOR_LENGTHS;
