// What does Prophet's model cost: to fit against the length of the history and the options, to learn one more
// observation, and to forecast two days, with and without simulated futures? The naive forecast of the season
// stands beside it. Histories are those of additive_load.hpp.

#include "additive_load.hpp"

#include <foreshift/forecast/additive.hpp>
#include <foreshift/forecast/naive.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr std::chrono::hours hour{1};

telemetry::series_view hourly(const std::vector<double>& y) { return {{}, hour, y}; }

template <class Model>
void check(const Model& m) {  // outside the timed part: it did learn something
  std::vector<double> out(48);
  predict_mean(m, {}, out);
  for (const double v : out)
    if (!(v > 0 && v < 120)) std::abort();
}

template <class Spec>
void fitting(benchmark::State& state, const Spec& spec) {
  const auto y = additive_load(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(fit(spec, hourly(y), {}));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  check(*fit(spec, hourly(y), {}));
}

template <class Spec>
void updating(benchmark::State& state, const Spec& spec) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto y = additive_load(n + 4096);
  auto m = *fit(spec, hourly(y).first(n), {});
  std::size_t t = n;
  for (auto _ : state) {
    update(m, y[t], {});
    if (++t == y.size()) t = n;
  }
  state.SetItemsProcessed(state.iterations());
}

void forecasting(benchmark::State& state, bool simulate) {
  const auto y = additive_load(1000);
  const auto m = *fit(additive{}, hourly(y), {});
  std::vector<double> out(48);
  for (auto _ : state) {
    if (simulate)
      benchmark::DoNotOptimize(predict_uncertainty(m, {.horizon = out.size()}));
    else
      predict_mean(m, {}, out);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * 48);
  check(m);
}

additive logistic() { return {.growth = trend_growth::logistic, .cap = 120}; }
additive multiplied() { return {.seasonality_mode = effect_mode::multiplicative}; }
additive yearly() { return {.yearly_seasonality = 10}; }
additive straight() { return {.n_changepoints = 0}; }
additive events() {
  additive_holiday sale{.name = "sale", .lower_window = -1, .upper_window = 1};
  for (int day = 3; day < 4000; day += 9) sale.days.push_back(time_point{day * 24 * hour});
  return {.holidays = {sale}};
}

}  // namespace

#define FOR_LENGTHS ->Arg(300)->Arg(700)->Arg(1000)->Arg(4000)->Unit(benchmark::kMicrosecond)
BENCHMARK_CAPTURE(fitting, seasonal_naive, seasonal_naive{24}) FOR_LENGTHS;
BENCHMARK_CAPTURE(fitting, defaults, additive{}) FOR_LENGTHS;
BENCHMARK_CAPTURE(fitting, no_changepoints, straight()) FOR_LENGTHS;
BENCHMARK_CAPTURE(fitting, events, events()) FOR_LENGTHS;
BENCHMARK_CAPTURE(fitting, yearly_too, yearly()) FOR_LENGTHS;
BENCHMARK_CAPTURE(fitting, multiplicative, multiplied()) FOR_LENGTHS;
BENCHMARK_CAPTURE(fitting, logistic, logistic()) FOR_LENGTHS;
BENCHMARK_CAPTURE(updating, seasonal_naive, seasonal_naive{24})->Arg(1000);
BENCHMARK_CAPTURE(updating, defaults, additive{})->Arg(700)->Arg(4000);
BENCHMARK_CAPTURE(updating, multiplicative, multiplied())->Arg(1000);
BENCHMARK_CAPTURE(updating, yearly_too, yearly())->Arg(1000);
BENCHMARK_CAPTURE(forecasting, mean, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(forecasting, with_1000_futures, true)->Unit(benchmark::kMicrosecond);
