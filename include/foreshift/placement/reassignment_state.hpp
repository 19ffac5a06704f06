#pragma once
/// @file
/// An assignment that knows what every change of it would cost.
///
/// A change moves one workload (shift) or exchanges two (swap). Whether it is admitted and what it costs is
/// told from the hosts and services it touches, in O(resources) and in the dependencies of a service, without
/// allocation; nothing is computed anew.

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/reassignment.hpp>
#include <foreshift/placement/service_map.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Refers to its problem, which outlives it. A copy goes on alone.
/// Memory: O(hosts x resources + workloads x resources) and what `service_map` takes.
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

  /// Whether the host has room: the cheapest of the rules. @pre it is elsewhere
  [[nodiscard]] bool has_room(index w, index to) const;
  /// The others: no other one of the service there, spread and dependencies.
  [[nodiscard]] bool keeps_service(index w, index to) const {
    return services_.admits(p_->service[w], where_[w], to);
  }
  /// What would be added to the cost: the sum of the three that follow.
  [[nodiscard]] std::int64_t shift_delta(index w, index to) const {
    return leaving_delta(w) + arriving_delta(w, to) + moving_delta(w, to);
  }
  /// Of load and balance at the host it is on, once it has gone.
  [[nodiscard]] std::int64_t leaving_delta(index w) const {
    const amount* price = &price_[w * kinds_];
    const amount* need = &p_->demand[w * kinds_];
    return host_delta(
        where_[w], [&](std::size_t r) { return -price[r]; }, [&](std::size_t r) { return -need[r]; });
  }
  /// Of load and balance at the host it comes to. @pre it is elsewhere
  [[nodiscard]] std::int64_t arriving_delta(index w, index to) const {
    const amount* price = &price_[w * kinds_];
    const amount* need = &p_->demand[w * kinds_];
    return host_delta(
        to, [&](std::size_t r) { return price[r]; }, [&](std::size_t r) { return need[r]; });
  }
  /// Of the moves.
  [[nodiscard]] std::int64_t moving_delta(index w, index to) const {
    return own_cost(w, to) - own_[w] + service_delta(p_->service[w], away_delta(w, to));
  }

  /// Nowhere else does `moving_delta` come to less; nor do `moving_deltas` to less than the sum of two of it.
  [[nodiscard]] std::int64_t least_moving_delta(index w) const {
    if (where_[w] == p_->start[w]) return nearest_[where_[w]] + p_->move_weight * p_->move_cost[w];
    // One of two services may go down with the other, and then the most that any of them has moved.
    const index n = moved_[p_->service[w]];
    const bool may_save = n == most_moved_ && services_with_[n] <= 2;
    return (may_save ? -p_->service_weight : 0) - own_[w];
  }

  // The same for two workloads on different hosts that change places.
  [[nodiscard]] bool have_room(index v, index w) const;
  [[nodiscard]] bool keep_services(index v, index w) {
    return services_.admits_exchange(p_->service[v], where_[v], p_->service[w], where_[w]);
  }
  [[nodiscard]] std::int64_t swap_delta(index v, index w) {
    return exchange_delta(v, w) + moving_deltas(v, w);
  }
  [[nodiscard]] std::int64_t exchange_delta(index v, index w) const;  ///< of load and balance at both hosts
  [[nodiscard]] std::int64_t moving_deltas(index v, index w);

  /// Puts a workload somewhere, whether or not that is admitted: a swap takes two such steps.
  void put(index w, index to) {
    if (where_[w] != to) cost_ += shift_delta(w, to), place(w, to);
  }

 private:
  using amount = reassignment::amount;

  [[nodiscard]] static amount above(amount x) { return std::max<amount>(0, x); }
  /// Four at a time: which of them is too much is hard to foresee, and a processor pays for that.
  template <class Need>
  [[nodiscard]] bool all_within(Need need, const amount* free) const {
    std::size_t r = 0;
    for (; r + 4 <= kinds_; r += 4)
      if (((free[r] - need(r)) | (free[r + 1] - need(r + 1)) | (free[r + 2] - need(r + 2)) |
           (free[r + 3] - need(r + 3))) < 0)
        return false;
    for (; r < kinds_; ++r)
      if (need(r) > free[r]) return false;
    return true;
  }
  /// What a host's load and balances cost more when `change(r)` is added to its load; `priced(r)` is the
  /// same, weighted.
  template <class Priced, class Change>
  [[nodiscard]] amount host_delta(index host, Priced priced, Change change) const {
    const amount* over = &over_[host * kinds_];
    amount sum = -paid_[host];
    for (std::size_t r = 0; r < kinds_; ++r) sum += above(over[r] + priced(r));
    if (p_->balances.empty()) return sum;
    const amount* rest = &rest_[host * kinds_];
    for (const auto& b : p_->balances)
      sum +=
          b.cost * above(b.target * (rest[b.first] - change(b.first)) - (rest[b.second] - change(b.second)));
    return sum;
  }
  /// Of being there: its own move alone.
  [[nodiscard]] amount own_cost(index w, index there) const {
    const index home = p_->start[w];
    if (there == home) return 0;
    return p_->distance_weight * p_->distance[home * hosts_ + there] + p_->move_weight * p_->move_cost[w];
  }
  /// Of one more moved workload of a service, or one less.
  [[nodiscard]] amount service_delta(index service, int away) const {
    const index n = moved_[service];
    if (away > 0 && n == most_moved_) return p_->service_weight;
    if (away < 0 && n == most_moved_ && services_with_[n] == 1) return -p_->service_weight;
    return 0;
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
  std::size_t kinds_, hosts_;
  assignment where_;
  amount cost_ = 0;
  std::vector<amount> nearest_;  // by host: the least that the way to another costs
  std::vector<amount> own_;      // by workload, for its move
  std::vector<amount> price_;    // workloads x resources: demand weighted by what overload costs
  // hosts x resources: capacity less what is held; load less safety, weighted alike; capacity less load
  std::vector<amount> free_, over_, rest_;
  std::vector<amount> paid_;  // by host, for load and balances
  detail::service_map services_;
  std::vector<index> moved_;          // by service
  std::vector<index> services_with_;  // by number of moved workloads
  index most_moved_ = 0;
};

inline reassignment_state::reassignment_state(const reassignment& problem)
    : p_(&problem),
      kinds_(problem.kinds()),
      hosts_(problem.hosts()),
      where_(problem.start),
      cost_(cost_of(problem, problem.start).total()),
      nearest_(hosts_),
      own_(problem.workloads()),
      price_(problem.demand),
      free_(problem.capacity),
      over_(hosts_ * kinds_),
      rest_(problem.capacity),
      paid_(hosts_),
      services_(problem),
      moved_(problem.services()),
      services_with_(problem.workloads() + 1) {
  FORESHIFT_EXPECT(!violation_of(problem, problem.start));
  services_with_[0] = static_cast<index>(problem.services());
  constexpr amount far = std::numeric_limits<amount>::max();
  const auto least = [](amount a, amount b) { return std::min(a, b); };
  const auto weight = [&](std::size_t i) { return problem.resources[i % kinds_].overload_cost; };
  for (std::size_t i = 0; i < over_.size(); ++i) over_[i] = -weight(i) * problem.safety[i];
  for (std::size_t i = 0; i < price_.size(); ++i) price_[i] *= weight(i);
  for (std::size_t w = 0; w < problem.workloads(); ++w) {
    const std::size_t h = where_[w];
    for (std::size_t r = 0; r < kinds_; ++r) {
      const amount need = problem.demand[w * kinds_ + r];
      free_[h * kinds_ + r] -= need, rest_[h * kinds_ + r] -= need;
      over_[h * kinds_ + r] += price_[w * kinds_ + r];
    }
  }
  for (std::size_t h = 0; h < hosts_; ++h) {
    const auto row = problem.distance.begin() + static_cast<std::ptrdiff_t>(h * hosts_);
    const auto here = row + static_cast<std::ptrdiff_t>(h), end = row + static_cast<std::ptrdiff_t>(hosts_);
    const amount way = std::accumulate(here + 1, end, std::accumulate(row, here, far, least), least);
    nearest_[h] = hosts_ > 1 ? way * problem.distance_weight : 0;
  }
  const auto nothing = [](std::size_t) { return amount{0}; };
  for (index h = 0; h < hosts_; ++h) paid_[h] = host_delta(h, nothing, nothing);
}

inline void reassignment_state::place(index w, index to) {
  const index from = where_[w], home = p_->start[w], s = p_->service[w];
  const amount* need = &p_->demand[w * kinds_];
  const amount* price = &price_[w * kinds_];
  paid_[from] += leaving_delta(w), paid_[to] += arriving_delta(w, to);
  for (std::size_t r = 0; r < kinds_; ++r) {
    const std::size_t a = from * kinds_ + r, b = to * kinds_ + r;
    const bool stays = p_->resources[r].transient;
    over_[a] -= price[r], rest_[a] += need[r];
    over_[b] += price[r], rest_[b] -= need[r];
    if (!(stays && from == home)) free_[a] += need[r];
    if (!(stays && to == home)) free_[b] -= need[r];
  }
  services_.move(s, from, to);
  count_moved(s, away_delta(w, to));
  own_[w] = own_cost(w, to);
  where_[w] = to;
}

inline bool reassignment_state::has_room(index w, index to) const {
  const amount* need = &p_->demand[w * kinds_];
  const amount* free = &free_[to * kinds_];
  if (p_->start[w] != to) {
    return all_within([&](std::size_t r) { return need[r]; }, free);
  }
  for (std::size_t r = 0; r < kinds_; ++r)  // at home it still holds what is transient
    if (need[r] > free[r] && !p_->resources[r].transient) return false;
  return true;
}

inline bool reassignment_state::have_room(index v, index w) const {
  const index a = where_[v], b = where_[w];
  const amount* need_v = &p_->demand[v * kinds_];
  const amount* need_w = &p_->demand[w * kinds_];
  const amount* free_a = &free_[a * kinds_];
  const amount* free_b = &free_[b * kinds_];
  const index home_v = p_->start[v], home_w = p_->start[w];
  if (home_v != a && home_v != b && home_w != a && home_w != b) {
    return all_within([&](std::size_t r) { return need_w[r] - need_v[r]; }, free_a) &&
           all_within([&](std::size_t r) { return need_v[r] - need_w[r]; }, free_b);
  } else {
    for (std::size_t r = 0; r < kinds_; ++r) {
      const bool stays = p_->resources[r].transient;
      const amount frees_a = stays && home_v == a ? 0 : need_v[r],
                   takes_a = stays && home_w == a ? 0 : need_w[r];
      const amount frees_b = stays && home_w == b ? 0 : need_w[r],
                   takes_b = stays && home_v == b ? 0 : need_v[r];
      if (takes_a - frees_a > free_a[r] || takes_b - frees_b > free_b[r]) return false;
    }
  }
  return true;
}

inline std::int64_t reassignment_state::exchange_delta(index v, index w) const {
  const index a = where_[v], b = where_[w];
  const amount* need_v = &p_->demand[v * kinds_];
  const amount* need_w = &p_->demand[w * kinds_];
  const amount* price_v = &price_[v * kinds_];
  const amount* price_w = &price_[w * kinds_];
  const auto change_a = [&](std::size_t r) { return need_w[r] - need_v[r]; };
  const auto change_b = [&](std::size_t r) { return need_v[r] - need_w[r]; };
  return host_delta(
             a, [&](std::size_t r) { return price_w[r] - price_v[r]; }, change_a) +
         host_delta(
             b, [&](std::size_t r) { return price_v[r] - price_w[r]; }, change_b);
}

inline std::int64_t reassignment_state::moving_deltas(index v, index w) {
  const index a = where_[v], b = where_[w], sv = p_->service[v], sw = p_->service[w];
  amount sum = own_cost(v, b) - own_[v] + own_cost(w, a) - own_[w];
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
