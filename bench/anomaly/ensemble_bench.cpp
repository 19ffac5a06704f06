// What does a sample cost? The plain detector, range novelty, stands beside the ensemble, and the dearest
// measure beside both.

#include <foreshift/anomaly/pattern_novelty.hpp>
#include <foreshift/anomaly/range_novelty.hpp>
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

}  // namespace
