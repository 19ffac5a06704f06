// 100,000 workloads with 20 offers each for places on 10,000 hosts: the auction from scratch and after
// changes, with the gap that it certifies, beside LEMON's network simplex (exact) where that is installed.
//
// easy: costs of each pair by themselves, a fifth of the places left over. crowded: the same, but hosts are
// offered by the square of a uniform number, so that the first are short. contested: a host is cheap or dear
// for everybody (the pair's own part is a fifth of that), and 3 % of the places are left over.

#include <foreshift/core/random.hpp>
#include <foreshift/placement/auction.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

#ifdef FORESHIFT_BENCH_LEMON
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>
#endif

using namespace foreshift;
using namespace foreshift::placement;

namespace {

enum class kind : int { easy, crowded, contested };
constexpr std::uint32_t workloads = 100'000, hosts = 10'000, candidates = 20;

/// Costs are whole numbers, since the peer computes in them.
batch_problem make_batch(kind what) {
  random_stream random{1};
  batch_problem p;
  const double slack = what == kind::contested ? 1.03 : 1.2;
  std::vector<double> base(hosts);
  for (std::uint32_t h = 0; h < hosts; ++h) {
    base[h] = 100'000 * random.uniform();
    const double per_host = slack * workloads / hosts;
    p.places.push_back(static_cast<std::uint32_t>((h + 1) * per_host) -
                       static_cast<std::uint32_t>(h * per_host));
  }
  std::vector<std::uint32_t> last(hosts, nowhere);
  p.first.push_back(0);
  for (std::uint32_t w = 0; w < workloads; ++w) {
    while (p.offers.size() < std::size_t{candidates} * (w + 1)) {
      const double u = random.uniform();
      const auto h = static_cast<std::uint32_t>(hosts * (what == kind::crowded ? u * u : u));
      if (std::exchange(last[h], w) == w) continue;
      const double own = random.uniform();
      p.offers.push_back({std::floor(what == kind::contested ? base[h] + 20'000 * own : 100'000 * own), h});
    }
    p.first.push_back(static_cast<std::uint32_t>(p.offers.size()));
  }
  p.unplaced_cost.assign(workloads, 1e7);
  return p;
}
const batch_problem& batch(kind what) {
  static const batch_problem all[] = {make_batch(kind::easy), make_batch(kind::crowded),
                                      make_batch(kind::contested)};
  return all[static_cast<int>(what)];
}
void check(const batch_problem& p, const auction& a) {
  const auto cost = cost_of(p, a.where());
  if (!cost || std::abs(*cost - a.cost()) > 1 || std::abs(dual_bound(p, a.prices()) - a.bound()) > 1)
    std::abort();
}

void from_scratch(benchmark::State& state, kind what) {
  const auto& p = batch(what);
  for (auto _ : state) {
    state.PauseTiming();
    auto copy = p;
    state.ResumeTiming();
    auction a{std::move(copy)};
    a.solve();
    state.counters["gap_percent"] = 100 * a.gap();
    state.counters["cost"] = a.cost();
    state.PauseTiming();
    check(p, a);
    state.ResumeTiming();
  }
}

/// A hundredth of the workloads has other costs, by up to 30 % either way.
void after_changes(benchmark::State& state, kind what) {
  auto p = batch(what);
  random_stream random{2};
  auction a{p};
  a.solve();
  std::vector<std::uint32_t> changed(workloads / 100);
  const auto change = [&] {
    for (auto& w : changed) {
      w = static_cast<std::uint32_t>(random.below(workloads));
      for (auto i = p.first[w]; i < p.first[w + 1]; ++i)
        p.offers[i].cost = std::floor(p.offers[i].cost * (0.7 + 0.6 * random.uniform()));
    }
  };
  const auto solve = [&] {
    for (const auto w : changed) a.change(w, p.offers_of(w), p.unplaced_cost[w]);
    a.solve();
  };
  change(), solve();  // the hosts' lists of their offers are made once
  for (auto _ : state) {
    state.PauseTiming();
    change();
    state.ResumeTiming();
    solve();
  }
  state.counters["gap_percent"] = 100 * a.gap();
  check(p, a);
}

#ifdef FORESHIFT_BENCH_LEMON
void network_simplex(benchmark::State& state, kind what) {
  using graph = lemon::SmartDigraph;
  const auto& p = batch(what);
  for (auto _ : state) {
    state.PauseTiming();
    graph net;
    std::vector<graph::Node> nodes;
    for (std::uint32_t i = 0; i < workloads + hosts; ++i) nodes.push_back(net.addNode());
    const auto outside = net.addNode(), sink = net.addNode();
    graph::ArcMap<std::int64_t> cost{net}, upper{net};
    graph::NodeMap<std::int64_t> supply{net, 0};
    const auto arc = [&](graph::Node a, graph::Node b, double price, std::int64_t most) {
      const auto made = net.addArc(a, b);
      cost[made] = static_cast<std::int64_t>(price), upper[made] = most;
    };
    for (std::uint32_t w = 0; w < workloads; ++w) {
      for (const auto& o : p.offers_of(w)) arc(nodes[w], nodes[workloads + o.host], o.cost, 1);
      arc(nodes[w], outside, p.unplaced_cost[w], 1);
      supply[nodes[w]] = 1;
    }
    for (std::uint32_t h = 0; h < hosts; ++h) arc(nodes[workloads + h], sink, 0, p.places[h]);
    arc(outside, sink, 0, workloads);
    supply[sink] = -std::int64_t{workloads};
    state.ResumeTiming();
    lemon::NetworkSimplex<graph, std::int64_t, std::int64_t> simplex{net};
    simplex.upperMap(upper).costMap(cost).supplyMap(supply);
    if (simplex.run() != simplex.OPTIMAL) std::abort();
    state.counters["cost"] = static_cast<double>(simplex.totalCost<std::int64_t>());
  }
}
BENCHMARK_CAPTURE(network_simplex, easy, kind::easy)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(network_simplex, crowded, kind::crowded)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(network_simplex, contested, kind::contested)->Unit(benchmark::kMillisecond)->Iterations(1);
#endif

}  // namespace

BENCHMARK_CAPTURE(from_scratch, easy, kind::easy)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(from_scratch, crowded, kind::crowded)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(from_scratch, contested, kind::contested)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(after_changes, easy, kind::easy)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(after_changes, crowded, kind::crowded)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(after_changes, contested, kind::contested)->Unit(benchmark::kMillisecond);
