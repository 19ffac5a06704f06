#pragma once
// Batches of workloads that want places, by seed: easy ones, ones in which all want the same hosts, and ones
// with fewer places than workloads.

#include <foreshift/core/random.hpp>
#include <foreshift/placement/batch_problem.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace placement_test {

using namespace foreshift;
using placement::batch_problem, placement::offer;

struct batch_shape {
  std::uint32_t workloads = 6, hosts = 3, offers_max = 3, places_max = 3;
  bool contested = false;  ///< costs are the host's own rather than the pair's
};

inline std::vector<offer> make_offers(random_stream& random, const batch_shape& shape) {
  const auto below = [&](std::uint64_t n) { return static_cast<std::uint32_t>(random.below(n)); };
  std::vector<offer> all;
  for (auto n = below(std::min(shape.offers_max, shape.hosts) + 1); all.size() < n;) {
    const auto h = below(shape.hosts);
    if (std::ranges::find(all, h, &offer::host) != all.end()) continue;
    all.push_back({shape.contested ? 7.0 * h + below(3) : static_cast<double>(below(50)), h});
  }
  return all;
}

inline batch_problem make_batch(std::uint64_t seed, const batch_shape& shape = {}) {
  random_stream random{seed};
  batch_problem p;
  for (std::uint32_t h = 0; h < shape.hosts; ++h)
    p.places.push_back(static_cast<std::uint32_t>(random.below(shape.places_max + 1)));
  p.first.push_back(0);
  for (std::uint32_t w = 0; w < shape.workloads; ++w) {
    for (const auto& o : make_offers(random, shape)) p.offers.push_back(o);
    p.first.push_back(static_cast<std::uint32_t>(p.offers.size()));
    p.unplaced_cost.push_back(20 + static_cast<double>(random.below(100)));
  }
  return p;
}

/// The same with other offers for one workload.
inline batch_problem with_offers(const batch_problem& p, std::size_t workload,
                                 const std::vector<offer>& offers, double unplaced_cost) {
  batch_problem q;
  q.places = p.places, q.unplaced_cost = p.unplaced_cost;
  q.unplaced_cost[workload] = unplaced_cost;
  q.first.push_back(0);
  for (std::size_t w = 0; w < p.workloads(); ++w) {
    const auto one = p.offers_of(w);
    if (w == workload)
      q.offers.insert(q.offers.end(), offers.begin(), offers.end());
    else
      q.offers.insert(q.offers.end(), one.begin(), one.end());
    q.first.push_back(static_cast<std::uint32_t>(q.offers.size()));
  }
  return q;
}

/// By trying them all: for seven workloads at most.
inline double least_cost_of(const batch_problem& p) {
  auto left = p.places;
  const auto best = [&](auto& self, std::size_t w) -> double {
    if (w == p.workloads()) return 0;
    double least = p.unplaced_cost[w] + self(self, w + 1);
    for (const auto& o : p.offers_of(w)) {
      if (left[o.host] == 0) continue;
      --left[o.host];
      least = std::min(least, o.cost + self(self, w + 1));
      ++left[o.host];
    }
    return least;
  };
  return best(best, 0);
}

}  // namespace placement_test
