#pragma once
/// @file
/// Where each service runs, and whether a change of hosts keeps what it is bound to.
///
/// No two of a service on one host, enough locations, and no neighbourhood without the services it depends
/// on. What decides is counted by service, location and neighbourhood, for those services alone that have a
/// spread or a dependency; who runs on a host is a bit, for those alone that are more than one, so that the
/// map of a large fleet stays in the cache.
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
/// Memory: a bit for each host and service of more than one workload, 4 bytes for each part of the fleet and
/// service that is bound (both bounded by `ill_formed`), and the dependencies.
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
    if (several_[s] == none) return false;
    const std::size_t bit = several_[s] * hosts_ + host;
    return (running_[bit / 64] >> (bit % 64) & 1U) != 0;
  }
  void toggle(index s, index host) {
    if (several_[s] == none) return;
    const std::size_t bit = several_[s] * hosts_ + host;
    running_[bit / 64] ^= std::uint64_t{1} << (bit % 64);
  }
  [[nodiscard]] bool keeps_spread(index s, index from, index to) const {
    const index a = p_->location[from], b = p_->location[to];
    if (p_->spread_min[s] <= 1 || a == b) return true;
    const index* in = &in_location_[bound_[s] * locations_];
    return spread_[s] - (in[a] == 1 ? 1U : 0U) + (in[b] == 0 ? 1U : 0U) >= p_->spread_min[s];
  }
  [[nodiscard]] bool keeps_dependencies(index s, index from, index to) const {
    const index a = p_->neighbourhood[from], b = p_->neighbourhood[to];
    if (a == b || bound_[s] == none) return true;
    for (const index other : p_->depends_on[s])
      if (other != s && !present(other, b)) return false;
    return in_neighbourhood_[bound_[s] * neighbourhoods_ + a] > 1 || !needed(s, a);
  }
  /// @pre the service is bound
  [[nodiscard]] bool present(index s, index neighbourhood) const {
    return in_neighbourhood_[bound_[s] * neighbourhoods_ + neighbourhood] > 0;
  }
  /// Whether a service that depends on this one runs there.
  [[nodiscard]] bool needed(index s, index neighbourhood) const {
    return std::ranges::any_of(needed_by_[s], [&](index other) { return present(other, neighbourhood); });
  }

  const reassignment* p_;
  std::size_t hosts_, locations_, neighbourhoods_;
  static constexpr std::size_t none = ~std::size_t{0};
  std::vector<std::size_t> several_;     // by service: its row of bits, none where it is one workload or none
  std::vector<std::size_t> bound_;       // by service: its row of counts, none where nothing binds it
  std::vector<std::uint64_t> running_;   // a bit for each of rows x hosts: an odd number runs there
  std::vector<index> in_location_;       // rows x locations
  std::vector<index> in_neighbourhood_;  // rows x neighbourhoods
  std::vector<index> spread_;            // by service
  std::vector<std::vector<index>> needed_by_;
};

inline service_map::service_map(const reassignment& problem)
    : p_(&problem),
      hosts_(problem.hosts()),
      locations_(std::size_t{1} + std::ranges::max(problem.location)),
      neighbourhoods_(std::size_t{1} + std::ranges::max(problem.neighbourhood)),
      several_(problem.services(), none),
      bound_(problem.services(), none),
      spread_(problem.services()),
      needed_by_(problem.services()) {
  std::vector<index> members(problem.services());
  for (const index s : problem.service) ++members[s];
  const auto bound = bound_services(problem);
  std::size_t several_rows = 0, bound_rows = 0;
  for (index s = 0; s < problem.services(); ++s) {
    if (members[s] > 1) several_[s] = several_rows++;
    if (bound[s] != 0) bound_[s] = bound_rows++;
  }
  running_.resize((several_rows * hosts_ + 63) / 64);
  in_location_.resize(bound_rows * locations_), in_neighbourhood_.resize(bound_rows * neighbourhoods_);
  for (std::size_t w = 0; w < problem.workloads(); ++w) {
    const index h = problem.start[w], s = problem.service[w];
    toggle(s, h);
    if (bound_[s] == none) continue;
    spread_[s] += in_location_[bound_[s] * locations_ + problem.location[h]]++ == 0 ? 1 : 0;
    ++in_neighbourhood_[bound_[s] * neighbourhoods_ + problem.neighbourhood[h]];
  }
  for (index s = 0; s < problem.services(); ++s)
    for (const index other : problem.depends_on[s])
      if (other != s) needed_by_[other].push_back(s);
}

inline void service_map::move(index s, index from, index to) {
  toggle(s, from), toggle(s, to);
  if (bound_[s] == none) return;
  index* in = &in_location_[bound_[s] * locations_];
  if (--in[p_->location[from]] == 0) --spread_[s];
  if (in[p_->location[to]]++ == 0) ++spread_[s];
  --in_neighbourhood_[bound_[s] * neighbourhoods_ + p_->neighbourhood[from]];
  ++in_neighbourhood_[bound_[s] * neighbourhoods_ + p_->neighbourhood[to]];
}

inline bool service_map::admits_exchange(index s, index on, index other, index other_on) {
  if (s == other) return true;
  if (runs(s, other_on) || runs(other, on)) return false;
  if (!keeps_spread(s, on, other_on) || !keeps_spread(other, other_on, on)) return false;
  const index a = p_->neighbourhood[on], b = p_->neighbourhood[other_on];
  if (a == b) return true;
  if (bound_[s] == none) return keeps_dependencies(other, other_on, on);
  if (bound_[other] == none) return keeps_dependencies(s, on, other_on);
  index* of = &in_neighbourhood_[bound_[s] * neighbourhoods_];
  index* of_other = &in_neighbourhood_[bound_[other] * neighbourhoods_];
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
