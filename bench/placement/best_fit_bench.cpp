// What does best fit save over pricing every pair of workload and destination? Both have to find the same
// cost.

#include <foreshift/core/random.hpp>
#include <foreshift/placement/best_fit.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::placement;

namespace {

/// Host 1 is over its limit with 20 workloads; the others carry between 3 and 8 of their 10 cores, by so many
/// workloads of other sites, of which nobody here has paths.
struct fleet {
  explicit fleet(std::uint64_t others, std::uint64_t residents = 0) {
    random_stream random{1};
    const auto around = [&](double level) -> forecast::sample_paths& {
      auto& p = paths.emplace_back(std::size_t{64}, std::size_t{6});
      for (double& x : p.flat()) x = level + 0.1 * random.normal();
      return p;
    };
    std::vector<host_record> host_records;
    std::vector<workload_record> records;
    forecast::sample_paths hot;
    for (std::uint64_t w = 1; w <= 20; ++w) {
      auto& p = around(0.2 + 0.5 * random.uniform());
      hot += p;
      workload_record one;
      one.id = {w}, one.subset = {w}, one.host = {1};
      records.push_back(one);
      workloads.push_back({one.id, &p, p.flat()[0], {}});
    }
    paths.push_back(hot);
    hosts.push_back(outlook_of({1}, {1}, 8, paths.back()));
    for (std::uint64_t h = 2; h < others + 2; ++h)
      hosts.push_back(outlook_of({h}, {h % 3 + 1}, 8, around(3 + 5 * random.uniform())));
    for (std::uint64_t h = 2; h < others + 2; ++h)
      for (std::uint64_t r = 0; r < residents; ++r) {
        workload_record one;
        one.id = {1000 + h * residents + r}, one.subset = {one.id.value}, one.host = {h};
        records.push_back(one);
      }
    for (const auto& h : hosts) host_records.push_back({h.host, h.site, {}, {{10, 0, 0, 0}}, 0.8});
    known = inventory::make(std::move(host_records), std::move(records)).value();
    view.known = &known, view.hosts = hosts, view.workloads = workloads;
  }
  fleet(const fleet&) = delete;
  fleet& operator=(const fleet&) = delete;

  std::deque<forecast::sample_paths> paths;
  std::vector<host_outlook> hosts;
  std::vector<workload_outlook> workloads;
  inventory known;
  site_view view;
};

double cheapest_of_all(const fleet& f) {
  const overload_minutes price;
  const usual_rules rules;
  const auto& from = f.hosts.front();
  const exceedance before = as_it_is(from);
  double best = std::numeric_limits<double>::infinity();
  for (const auto& leaving : candidates(f.view, from, 64).candidates)
    for (const auto& host : f.hosts) {
      if (host.host == from.host) continue;
      const arrival to{host, f.known};
      const candidate pair{leaving, from, before, to, f.view.moves};
      if (!first_refusal(rules, pair, f.view)) best = std::min(best, price.cost(pair, f.view));
    }
  return best;
}

// Argument: destinations.
void exhaustive(benchmark::State& state) {
  const fleet f{static_cast<std::uint64_t>(state.range(0))};
  for (auto _ : state) benchmark::DoNotOptimize(cheapest_of_all(f));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(exhaustive)->Arg(24)->Arg(500);

void best_first(benchmark::State& state) {
  const fleet f{static_cast<std::uint64_t>(state.range(0))};
  const best_fit<> selector;
  const selection_request request{f.view, {1}};
  for (auto _ : state) benchmark::DoNotOptimize(selector.select(request));
  const auto chosen = selector.select(request);
  if (!chosen || chosen->cost != cheapest_of_all(f)) std::abort();
  state.SetItemsProcessed(state.iterations());
  state.counters["evaluated"] = static_cast<double>(chosen->evaluated);
}
BENCHMARK(best_first)->Arg(24)->Arg(500);

/// 10,000 hosts with 100,000 workloads, one host in danger.
void best_first_of_a_large_fleet(benchmark::State& state) {
  const fleet f{9'999, 10};
  const best_fit<> selector;
  const selection_request request{f.view, {1}};
  for (auto _ : state) benchmark::DoNotOptimize(selector.select(request));
  const auto chosen = selector.select(request);
  if (!chosen || chosen->gap != 0) std::abort();
  state.counters["evaluated"] = static_cast<double>(chosen->evaluated);
}
BENCHMARK(best_first_of_a_large_fleet)->Unit(benchmark::kMillisecond);

}  // namespace
