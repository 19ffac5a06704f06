#pragma once
/// @file
/// Where each service runs, and whether a change of hosts keeps what it is bound to.
///
/// No two of a service on one host, enough locations, and no neighbourhood without the services it depends
/// on. What decides is counted by service, location and neighbourhood; who runs on a host is a bit, so that
/// the map of a large fleet stays in the cache.
///
/// Source: ROADEF/EURO challenge 2012, "Machine Reassignment", problem statement by Google.

#include <foreshift/core/config.hpp>
#include <foreshift/placement/reassignment.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement::detail {

/// Refers to its problem, which outlives it.
/// Memory: O(services x (hosts / 8 + locations + neighbourhoods)) bytes, and the dependencies.
class service_map {
 public:
  using index = std::uint32_t;

  /// Begins at the problem's start. @pre it is well formed
  explicit service_map(const reassignment& problem);

  /// Whether one of the service, now on `from`, may be on `to` instead. @pre these are two hosts
  [[nodiscard]] bool admits(index s, index from, index to) const {
    return !runs(s, to) && keeps_spread(s, from, to) && keeps_dependencies(s, from, to);
  }
  /// Whether one of a service and one of another may change places. @pre the hosts differ
  [[nodiscard]] bool admits_exchange(index s, index on, index other, index other_on);

  /// One more than one on a host is not told from none: no change is admitted on the word of this until each
  /// of them has moved on.
  void move(index s, index from, index to);

 private:
  [[nodiscard]] bool runs(index s, index host) const {
    const std::size_t bit = s * hosts_ + host;
    return (running_[bit / 64] >> (bit % 64) & 1U) != 0;
  }
  void toggle(index s, index host) {
    const std::size_t bit = s * hosts_ + host;
    running_[bit / 64] ^= std::uint64_t{1} << (bit % 64);
  }
  [[nodiscard]] bool keeps_spread(index s, index from, index to) const {
    const index a = p_->location[from], b = p_->location[to];
    if (p_->spread_min[s] <= 1 || a == b) return true;
    const index* in = &in_location_[s * locations_];
    return spread_[s] - (in[a] == 1 ? 1U : 0U) + (in[b] == 0 ? 1U : 0U) >= p_->spread_min[s];
  }
  [[nodiscard]] bool keeps_dependencies(index s, index from, index to) const {
    const index a = p_->neighbourhood[from], b = p_->neighbourhood[to];
    if (a == b) return true;
    for (const index other : p_->depends_on[s])
      if (other != s && !present(other, b)) return false;
    return in_neighbourhood_[s * neighbourhoods_ + a] > 1 || !needed(s, a);
  }
  [[nodiscard]] bool present(index s, index neighbourhood) const {
    return in_neighbourhood_[s * neighbourhoods_ + neighbourhood] > 0;
  }
  /// Whether a service that depends on this one runs there.
  [[nodiscard]] bool needed(index s, index neighbourhood) const {
    return std::ranges::any_of(needed_by_[s], [&](index other) { return present(other, neighbourhood); });
  }

  const reassignment* p_;
  std::size_t hosts_, locations_, neighbourhoods_;
  std::vector<std::uint64_t> running_;   // a bit for each of services x hosts: an odd number runs there
  std::vector<index> in_location_;       // services x locations
  std::vector<index> in_neighbourhood_;  // services x neighbourhoods
  std::vector<index> spread_;            // by service
  std::vector<std::vector<index>> needed_by_;
};

inline service_map::service_map(const reassignment& problem)
    : p_(&problem),
      hosts_(problem.hosts()),
      locations_(std::size_t{1} + std::ranges::max(problem.location)),
      neighbourhoods_(std::size_t{1} + std::ranges::max(problem.neighbourhood)),
      running_((problem.services() * hosts_ + 63) / 64),
      in_location_(problem.services() * locations_),
      in_neighbourhood_(problem.services() * neighbourhoods_),
      spread_(problem.services()),
      needed_by_(problem.services()) {
  for (std::size_t w = 0; w < problem.workloads(); ++w) {
    const index h = problem.start[w], s = problem.service[w];
    toggle(s, h);
    spread_[s] += in_location_[s * locations_ + problem.location[h]]++ == 0 ? 1 : 0;
    ++in_neighbourhood_[s * neighbourhoods_ + problem.neighbourhood[h]];
  }
  for (index s = 0; s < problem.services(); ++s)
    for (const index other : problem.depends_on[s])
      if (other != s) needed_by_[other].push_back(s);
}

inline void service_map::move(index s, index from, index to) {
  toggle(s, from), toggle(s, to);
  index* in = &in_location_[s * locations_];
  if (--in[p_->location[from]] == 0) --spread_[s];
  if (in[p_->location[to]]++ == 0) ++spread_[s];
  --in_neighbourhood_[s * neighbourhoods_ + p_->neighbourhood[from]];
  ++in_neighbourhood_[s * neighbourhoods_ + p_->neighbourhood[to]];
}

inline bool service_map::admits_exchange(index s, index on, index other, index other_on) {
  if (s == other) return true;
  if (runs(s, other_on) || runs(other, on)) return false;
  if (!keeps_spread(s, on, other_on) || !keeps_spread(other, other_on, on)) return false;
  const index a = p_->neighbourhood[on], b = p_->neighbourhood[other_on];
  if (a == b) return true;
  index* of = &in_neighbourhood_[s * neighbourhoods_];
  index* of_other = &in_neighbourhood_[other * neighbourhoods_];
  // As it will be: what one needs the other may bring or take away.
  --of[a], ++of[b], --of_other[b], ++of_other[a];
  const auto kept = [&](index who, index left, index entered) {
    return std::ranges::all_of(p_->depends_on[who], [&](index o) { return present(o, entered); }) &&
           (present(who, left) || !needed(who, left));
  };
  const bool out = kept(s, a, b) && kept(other, b, a);
  ++of[a], --of[b], ++of_other[b], --of_other[a];
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement::detail
