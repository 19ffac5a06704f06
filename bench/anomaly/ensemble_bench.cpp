// What does a sample cost? The plain detector, range novelty, stands beside the ensemble, and the dearest
// measure beside both.

#include <foreshift/anomaly/change_points.hpp>
#include <foreshift/anomaly/half_space_trees.hpp>
#include <foreshift/anomaly/pattern_novelty.hpp>
#include <foreshift/anomaly/range_novelty.hpp>
#include <foreshift/anomaly/spectral_residual.hpp>
#include <foreshift/anomaly/standard_ensemble.hpp>
#include <foreshift/core/random.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <vector>

using namespace foreshift;

namespace {

/// Four weeks at five minutes with a day in them and a spike now and then.
std::vector<telemetry::sample> weeks() {
  std::vector<telemetry::sample> out;
  random_stream random{1};
  for (int i = 0; i < 28 * 288; ++i) {
    const double day = std::sin(static_cast<double>(i) * 2 * 3.14159265358979 / 288);
    const double spike = random.chance(0.002) ? 60 : 0;
    out.push_back({time_point{std::chrono::minutes{5 * i}}, 40 + 15 * day + 2 * random.normal() + spike});
  }
  return out;
}

/// Each pass is a new stream, so that its beginning counts too.
template <class Detector>
void score_stream(benchmark::State& state, const Detector& fresh) {
  const auto samples = weeks();
  std::size_t alerts = 0;
  for (auto _ : state) {
    Detector d = fresh;
    alerts = 0;
    for (const auto& s : samples) alerts += d.observe(s).alert ? 1U : 0U;
    benchmark::DoNotOptimize(alerts);
  }
  if (alerts == 0) std::abort();
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(samples.size()));
}

void range_novelty(benchmark::State& state) { score_stream(state, anomaly::range_novelty{}); }
BENCHMARK(range_novelty);

void standard_ensemble(benchmark::State& state) { score_stream(state, anomaly::make_standard_ensemble()); }
BENCHMARK(standard_ensemble);

void pattern_novelty(benchmark::State& state) {
  score_stream(state, anomaly::ensemble<anomaly::pattern_novelty>{});
}
BENCHMARK(pattern_novelty);

void half_space_trees(benchmark::State& state) {
  score_stream(state, anomaly::ensemble<anomaly::half_space_trees>{});
}
BENCHMARK(half_space_trees);

void spectral_residual(benchmark::State& state) {
  score_stream(state, anomaly::ensemble<anomaly::spectral_residual>{});
}
BENCHMARK(spectral_residual);

void change_points(benchmark::State& state) { score_stream(state, anomaly::change_points{}); }
BENCHMARK(change_points);

// A step of a fleet of 10,000 hosts with four metrics each: does it end within its minute?
void fleet_step(benchmark::State& state) {
  const auto samples = weeks();
  std::vector<decltype(anomaly::make_standard_ensemble())> fleet(static_cast<std::size_t>(state.range(0)),
                                                                 anomaly::make_standard_ensemble());
  std::size_t step = 0;
  const auto observe_all = [&] {
    std::size_t alerts = 0;
    for (std::size_t i = 0; i < fleet.size(); ++i)
      alerts +=
          fleet[i].observe({samples[step].at, samples[(step + i) % samples.size()].value}).alert ? 1U : 0U;
    ++step;
    return alerts;
  };
  while (step < 400) benchmark::DoNotOptimize(observe_all());
  for (auto _ : state) benchmark::DoNotOptimize(observe_all());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(fleet_step)->Arg(40'000)->Iterations(100)->Unit(benchmark::kMillisecond);

}  // namespace
