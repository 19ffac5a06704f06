// What does one more observation cost? The naive forecast stands beside the others. The argument is the
// length of the history the model was fitted on: the cost of an update must not depend on it.

#include "update_load.hpp"

#include <foreshift/forecast/auto_forecaster.hpp>
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

#include <cstdlib>

using namespace foreshift;
using namespace foreshift::forecast;
using namespace update_timed;

namespace {

template <class Spec>
void run(benchmark::State& state, const Spec& spec) {
  auto learner = make_learner(spec, static_cast<std::size_t>(state.range(0)));
  if (!learner) {
    state.SkipWithError("does not fit");
    return;
  }
  for (auto _ : state) learner->learn();
  state.SetItemsProcessed(state.iterations());
  double out = 0;
  predict_mean(learner->model(), {}, std::span{&out, 1});
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
BENCHMARK_CAPTURE(run, auto_near, auto_forecaster{.season_length = steps_a_day, .horizon = 12}) FOR_LENGTHS;
BENCHMARK_CAPTURE(run, auto_far, auto_forecaster{.season_length = 24, .horizon = 48}) FOR_LENGTHS;
BENCHMARK_CAPTURE(run, selection_of_5, pool()) FOR_LENGTHS;
BENCHMARK_CAPTURE(run, backtested_selection_of_5,
                  backtested<streaming_selection>{.inner = pool(), .errors_kept = 288})
FOR_LENGTHS;
