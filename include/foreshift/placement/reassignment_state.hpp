#pragma once
/// @file
/// An assignment that knows what every change of it would cost.
///
/// A change moves one workload (shift) or exchanges two (swap). Whether it is admitted and what it costs is
/// told from the hosts and services it touches, in O(resources) and in the dependencies of a service, without
/// allocation; nothing is computed anew.

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/reassignment.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Refers to its problem, which outlives it. A copy goes on alone.
/// Memory: O(hosts x (resources + services) + services x (locations + neighbourhoods) + workloads).
class reassignment_state {
 public:
  using index = std::uint32_t;

  /// Begins at the problem's start. @pre the problem is well formed and its start breaks no rule
  explicit reassignment_state(const reassignment& problem);

  [[nodiscard]] const assignment& where() const { return where_; }
  [[nodiscard]] std::int64_t cost() const { return cost_; }
  /// 1 if going there takes it from its first host, -1 if it brings it back, else 0.
  [[nodiscard]] int away_delta(index w, index to) const {
    return static_cast<int>(to != p_->start[w]) - static_cast<int>(where_[w] != p_->start[w]);
  }

  /// Whether the host has room, and none of the service; the cheap half of the rules. @pre it is elsewhere
  [[nodiscard]] bool has_room(index w, index to) const { return !runs(p_->service[w], to) && fits(w, to); }
  /// The other half: spread and dependencies.
  [[nodiscard]] bool keeps_service(index w, index to) const {
    const index s = p_->service[w], from = where_[w];
    return keeps_spread(s, from, to) && keeps_dependencies(s, from, to);
  }
  /// What would be added to the cost.
  [[nodiscard]] std::int64_t shift_delta(index w, index to) const;

  // The same for two workloads on different hosts that change places.
  [[nodiscard]] bool have_room(index v, index w) const;
  [[nodiscard]] bool keep_services(index v, index w);
  [[nodiscard]] std::int64_t swap_delta(index v, index w);

  /// Puts a workload somewhere, whether or not that is admitted: a swap takes two such steps.
  void put(index w, index to) {
    if (where_[w] != to) cost_ += shift_delta(w, to), place(w, to);
  }

 private:
  using amount = reassignment::amount;

  [[nodiscard]] bool runs(index service, index host) const { return running_[service * hosts_ + host] > 0; }
  [[nodiscard]] bool fits(index w, index to) const {
    const amount* need = &p_->demand[w * kinds_];
    const amount* free = &free_[to * kinds_];
    const bool home = p_->start[w] == to;  // there it still holds what is transient
    for (std::size_t r = 0; r < kinds_; ++r)
      if (need[r] > free[r] && !(home && p_->resources[r].transient)) return false;
    return true;
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
      if (other != s && in_neighbourhood_[other * neighbourhoods_ + b] == 0) return false;
    if (in_neighbourhood_[s * neighbourhoods_ + a] > 1) return true;
    return std::ranges::none_of(
        needed_by_[s], [&](index other) { return in_neighbourhood_[other * neighbourhoods_ + a] > 0; });
  }
  /// What a host's load and balances cost more when `change(r)` is added to it.
  template <class Change>
  [[nodiscard]] amount host_delta(index host, Change change) const {
    const amount* over = &over_[host * kinds_];
    amount sum = 0;
    for (std::size_t r = 0; r < kinds_; ++r)
      sum += p_->resources[r].overload_cost *
             (std::max<amount>(0, over[r] + change(r)) - std::max<amount>(0, over[r]));
    const amount* rest = &rest_[host * kinds_];
    for (const auto& b : p_->balances) {
      const amount missing = b.target * rest[b.first] - rest[b.second];
      sum += b.cost * (std::max<amount>(0, missing - b.target * change(b.first) + change(b.second)) -
                       std::max<amount>(0, missing));
    }
    return sum;
  }
  /// Of being at `to` instead of where it is: its own move alone.
  [[nodiscard]] amount own_delta(index w, index to) const {
    const index home = p_->start[w];
    const auto way = [&](index host) { return host == home ? 0 : p_->distance[home * hosts_ + host]; };
    return p_->distance_weight * (way(to) - way(where_[w])) +
           p_->move_weight * p_->move_cost[w] * away_delta(w, to);
  }
  void place(index w, index to);
  /// The service has one moved workload more, or less.
  void count_moved(index service, int change) {
    if (change == 0) return;
    index& n = moved_[service];
    --services_with_[n];
    n = change > 0 ? n + 1 : n - 1;
    ++services_with_[n];
    most_moved_ = std::max(most_moved_, n);
    while (most_moved_ > 0 && services_with_[most_moved_] == 0) --most_moved_;
  }

  const reassignment* p_;
  std::size_t kinds_, hosts_, locations_, neighbourhoods_;
  assignment where_;
  amount cost_ = 0;
  // hosts x resources: capacity less what is held, load less safety, capacity less load
  std::vector<amount> free_, over_, rest_;
  std::vector<std::uint8_t> running_;    // services x hosts
  std::vector<index> in_location_;       // services x locations
  std::vector<index> in_neighbourhood_;  // services x neighbourhoods
  std::vector<index> spread_;            // by service
  std::vector<std::vector<index>> needed_by_;
  std::vector<index> moved_;          // by service
  std::vector<index> services_with_;  // by number of moved workloads
  index most_moved_ = 0;
};

inline reassignment_state::reassignment_state(const reassignment& problem)
    : p_(&problem),
      kinds_(problem.kinds()),
      hosts_(problem.hosts()),
      locations_(std::size_t{1} + std::ranges::max(problem.location)),
      neighbourhoods_(std::size_t{1} + std::ranges::max(problem.neighbourhood)),
      where_(problem.start),
      cost_(cost_of(problem, problem.start).total()),
      free_(problem.capacity),
      over_(hosts_ * kinds_),
      rest_(problem.capacity),
      running_(problem.services() * hosts_),
      in_location_(problem.services() * locations_),
      in_neighbourhood_(problem.services() * neighbourhoods_),
      spread_(problem.services()),
      needed_by_(problem.services()),
      moved_(problem.services()),
      services_with_(problem.workloads() + 1) {
  FORESHIFT_EXPECT(!violation_of(problem, problem.start));
  services_with_[0] = static_cast<index>(problem.services());
  for (std::size_t i = 0; i < over_.size(); ++i) over_[i] = -problem.safety[i];
  for (std::size_t w = 0; w < problem.workloads(); ++w) {
    const std::size_t h = where_[w], s = problem.service[w];
    for (std::size_t r = 0; r < kinds_; ++r) {
      const amount need = problem.demand[w * kinds_ + r];
      free_[h * kinds_ + r] -= need, rest_[h * kinds_ + r] -= need, over_[h * kinds_ + r] += need;
    }
    ++running_[s * hosts_ + h];
    spread_[s] += in_location_[s * locations_ + problem.location[h]]++ == 0 ? 1 : 0;
    ++in_neighbourhood_[s * neighbourhoods_ + problem.neighbourhood[h]];
  }
  for (index s = 0; s < problem.services(); ++s)
    for (const index other : problem.depends_on[s])
      if (other != s) needed_by_[other].push_back(s);
}

inline void reassignment_state::place(index w, index to) {
  const index from = where_[w], home = p_->start[w], s = p_->service[w];
  const amount* need = &p_->demand[w * kinds_];
  for (std::size_t r = 0; r < kinds_; ++r) {
    const std::size_t a = from * kinds_ + r, b = to * kinds_ + r;
    const bool stays = p_->resources[r].transient;
    over_[a] -= need[r], rest_[a] += need[r];
    over_[b] += need[r], rest_[b] -= need[r];
    if (!(stays && from == home)) free_[a] += need[r];
    if (!(stays && to == home)) free_[b] -= need[r];
  }
  --running_[s * hosts_ + from], ++running_[s * hosts_ + to];
  index* in = &in_location_[s * locations_];
  if (--in[p_->location[from]] == 0) --spread_[s];
  if (in[p_->location[to]]++ == 0) ++spread_[s];
  --in_neighbourhood_[s * neighbourhoods_ + p_->neighbourhood[from]];
  ++in_neighbourhood_[s * neighbourhoods_ + p_->neighbourhood[to]];
  count_moved(s, away_delta(w, to));
  where_[w] = to;
}

inline std::int64_t reassignment_state::shift_delta(index w, index to) const {
  const amount* need = &p_->demand[w * kinds_];
  amount sum = host_delta(where_[w], [&](std::size_t r) { return -need[r]; }) +
               host_delta(to, [&](std::size_t r) { return need[r]; }) + own_delta(w, to);
  const index n = moved_[p_->service[w]];
  const int away = away_delta(w, to);
  if (away > 0 && n == most_moved_) sum += p_->service_weight;
  if (away < 0 && n == most_moved_ && services_with_[n] == 1) sum -= p_->service_weight;
  return sum;
}

inline bool reassignment_state::have_room(index v, index w) const {
  const index a = where_[v], b = where_[w], sv = p_->service[v], sw = p_->service[w];
  if (sv != sw && (runs(sv, b) || runs(sw, a))) return false;
  const amount* need_v = &p_->demand[v * kinds_];
  const amount* need_w = &p_->demand[w * kinds_];
  const amount* free_a = &free_[a * kinds_];
  const amount* free_b = &free_[b * kinds_];
  const index home_v = p_->start[v], home_w = p_->start[w];
  for (std::size_t r = 0; r < kinds_; ++r) {
    const bool stays = p_->resources[r].transient;
    const amount frees_a = stays && home_v == a ? 0 : need_v[r],
                 takes_a = stays && home_w == a ? 0 : need_w[r];
    const amount frees_b = stays && home_w == b ? 0 : need_w[r],
                 takes_b = stays && home_v == b ? 0 : need_v[r];
    if (takes_a - frees_a > free_a[r] || takes_b - frees_b > free_b[r]) return false;
  }
  return true;
}

inline bool reassignment_state::keep_services(index v, index w) {
  const index a = where_[v], b = where_[w], sv = p_->service[v], sw = p_->service[w];
  if (sv == sw) return true;
  if (!keeps_spread(sv, a, b) || !keeps_spread(sw, b, a)) return false;
  const index na = p_->neighbourhood[a], nb = p_->neighbourhood[b];
  if (na == nb) return true;
  index* of_v = &in_neighbourhood_[sv * neighbourhoods_];
  index* of_w = &in_neighbourhood_[sw * neighbourhoods_];
  const auto present = [&](index s, index n) { return in_neighbourhood_[s * neighbourhoods_ + n] > 0; };
  // As it will be: what one needs the other may bring or take away.
  --of_v[na], ++of_v[nb], --of_w[nb], ++of_w[na];
  const auto kept = [&](index s, index left, index entered) {
    return std::ranges::all_of(p_->depends_on[s], [&](index o) { return present(o, entered); }) &&
           (present(s, left) ||
            std::ranges::none_of(needed_by_[s], [&](index o) { return present(o, left); }));
  };
  const bool out = kept(sv, na, nb) && kept(sw, nb, na);
  ++of_v[na], --of_v[nb], ++of_w[nb], --of_w[na];
  return out;
}

inline std::int64_t reassignment_state::swap_delta(index v, index w) {
  const index a = where_[v], b = where_[w], sv = p_->service[v], sw = p_->service[w];
  const amount* need_v = &p_->demand[v * kinds_];
  const amount* need_w = &p_->demand[w * kinds_];
  amount sum = host_delta(a, [&](std::size_t r) { return need_w[r] - need_v[r]; }) +
               host_delta(b, [&](std::size_t r) { return need_v[r] - need_w[r]; }) + own_delta(v, b) +
               own_delta(w, a);
  const int away_v = away_delta(v, b), away_w = away_delta(w, a);
  if ((away_v != 0 || away_w != 0) && p_->service_weight != 0) {
    const amount before = most_moved_;
    count_moved(sv, away_v), count_moved(sw, away_w);
    const amount after = most_moved_;
    count_moved(sw, -away_w), count_moved(sv, -away_v);
    sum += p_->service_weight * (after - before);
  }
  return sum;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
