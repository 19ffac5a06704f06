// How fast does the simulated world replay a fleet in which nobody moves anything? The plain sum over the
// same demand stands beside it.

#include <foreshift/sim/workload.hpp>
#include <foreshift/sim/world.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <numeric>

using namespace foreshift;

namespace {

const sim::demand_table& two_days() {
  static const auto fleet = sim::generate_fleet({.days = 2});
  static const sim::demand_table demand{fleet.trace};
  return demand;
}
sim::millionths total(const sim::demand_table& demand) {
  sim::millionths sum = 0;
  for (std::size_t w = 0; w < demand.workloads(); ++w)
    for (const auto d : demand.exact(workload_id{w})) sum += d;
  return sum;
}

void plain_sum(benchmark::State& state) {
  const auto& demand = two_days();
  for (auto _ : state) benchmark::DoNotOptimize(total(demand));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(demand.steps()));
}
BENCHMARK(plain_sum);

void world(benchmark::State& state) {
  const auto& demand = two_days();
  sim::millionths sum = 0;
  for (auto _ : state) {
    sim::world w{demand, {.hosts = 24}};
    while (!w.done()) w.advance();
    const auto& record = w.record().host_demand;
    benchmark::DoNotOptimize(sum = std::accumulate(record.begin(), record.end(), sim::millionths{0}));
  }
  if (sum != total(demand)) std::abort();
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(demand.steps()));
}
BENCHMARK(world);

}  // namespace
