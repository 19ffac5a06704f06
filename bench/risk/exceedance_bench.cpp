// What does the risk of one host cost? The plain loop that counts values over the limit stands beside it.

#include <foreshift/core/random.hpp>
#include <foreshift/risk/exceedance.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

using namespace foreshift;

namespace {

forecast::sample_paths around(double level, std::size_t count, std::size_t horizon) {
  forecast::sample_paths p{count, horizon};
  random_stream random{1};
  for (double& x : p.flat()) x = level + random.normal();
  return p;
}
constexpr double limit = 8;
constexpr std::size_t horizon = 12;

// Argument: joint paths of 12 steps.
void plain_loop(benchmark::State& state) {
  const auto paths = around(6, static_cast<std::size_t>(state.range(0)), horizon);
  for (auto _ : state) {
    const auto over = std::ranges::count_if(paths.flat(), [](double x) { return x > limit; });
    benchmark::DoNotOptimize(over);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(plain_loop)->Arg(64)->Arg(1024);

void exceedance(benchmark::State& state) {
  const auto paths = around(6, static_cast<std::size_t>(state.range(0)), horizon);
  risk::overload_risk found;
  for (auto _ : state) {
    found = risk::exceedance(paths, {.limit = limit});
    benchmark::DoNotOptimize(found);
  }
  const auto over = std::ranges::count_if(paths.flat(), [](double x) { return x > limit; });
  const double minutes = 5.0 * static_cast<double>(over) / static_cast<double>(paths.count());
  if (std::abs(to_seconds(found.expected_overload) / 60 - minutes) > 1e-6) std::abort();
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(exceedance)->Arg(64)->Arg(1024);

void probability_only(benchmark::State& state) {
  const auto paths = around(6, static_cast<std::size_t>(state.range(0)), horizon);
  double p = 0;
  for (auto _ : state) benchmark::DoNotOptimize(p = risk::exceedance_probability(paths, limit));
  if (std::abs(p - risk::exceedance(paths, {.limit = limit}).probability) > 1e-12) std::abort();
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(probability_only)->Arg(64)->Arg(1024);

}  // namespace
