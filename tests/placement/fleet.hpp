#pragma once
// A small fleet for the placement tests: two sites, seeded paths that are sums of their workloads', and the
// views.

#include <foreshift/core/random.hpp>
#include <foreshift/placement/best_fit.hpp>
#include <foreshift/risk/risk.hpp>

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace fleet {

using namespace foreshift;
using namespace foreshift::placement;
using forecast::sample_paths;

/// Constant paths.
inline sample_paths flat_paths(double value, std::size_t count = 2, std::size_t horizon = 4) {
  sample_paths p{count, horizon};
  for (auto& x : p.flat()) x = value;
  return p;
}

struct world {
  std::vector<host_record> host_records;
  std::vector<workload_record> workload_records;
  std::deque<sample_paths> paths;  // stable addresses
  std::vector<host_outlook> hosts;
  std::vector<workload_outlook> workloads;
  std::vector<workload_id> moving;
  inventory known;
  std::size_t count, horizon;

  explicit world(std::size_t path_count = 2, std::size_t steps = 4) : count(path_count), horizon(steps) {}

  /// A host of capacity 10 and limit 8 whose paths are the sum of those of its workloads, and `other` on top.
  void host(std::uint64_t id, std::uint64_t site, double other = 0) {
    host_records.push_back(
        {.id = {id}, .site = {site}, .name = "h" + std::to_string(id), .capacity = {{10, 100, 100, 100}}});
    paths.push_back(flat_paths(other, count, horizon));
    hosts.push_back({.host = {id}, .site = {site}, .limit = 8, .paths = &paths.back()});
  }
  void workload(std::uint64_t id, std::uint64_t on, const sample_paths& demand, double requested_memory = 1) {
    workload_records.push_back({.id = {id},
                                .workload_class = {id % 3},
                                .requested = {{1, requested_memory, 1, 1}},
                                .host = {on},
                                .subset = {on}});
    paths.push_back(demand);
    workloads.push_back({.workload = {id}, .paths = &paths.back(), .demand = demand.flat()[0]});
    for (auto& h : hosts)
      if (h.host == host_id{on}) *const_cast<sample_paths*>(h.paths) += demand;
  }
  void build() {
    auto made = inventory::make(host_records, workload_records);
    known = std::move(made.value());
    for (auto& h : hosts) h = outlook_of(h.host, h.site, h.limit, *h.paths, h.pending, h.busy);
  }
  [[nodiscard]] site_view view() const {
    return {.known = &known, .hosts = hosts, .workloads = workloads, .moving = moving};
  }
};

/// Host 1 is hot and has `own` workloads, the other hosts are filled to random degrees.
inline world random_world(std::uint64_t seed, std::size_t own, std::size_t others, std::size_t count,
                          std::size_t horizon) {
  random_stream random{seed};
  world w{count, horizon};
  w.host(1, 1);
  for (std::size_t h = 0; h < others; ++h) w.host(h + 2, h % 3 + 1);
  for (std::size_t h = 0; h < others; ++h) {
    const double level = 3 + 5 * random.uniform();
    for (auto& x : const_cast<sample_paths*>(w.hosts[h + 1].paths)->flat()) x = level + 0.7 * random.normal();
  }
  for (std::size_t k = 0; k < own; ++k) {
    const double level = 2 * (8.0 / static_cast<double>(own)) * random.uniform();
    auto p = flat_paths(0, count, horizon);
    for (auto& x : p.flat()) x = std::max(0.0, level * (1 + 0.3 * random.normal()));
    w.workload(100 + k, 1, p, 1 + 30 * random.uniform());
  }
  w.build();
  return w;
}

}  // namespace fleet
