#pragma once
/// @file
/// One annealing of an assignment: its state, who takes part at which temperature, and what is proposed.
///
/// A proposal is a shift, a swap, or an eviction: a workload comes to a host and smaller ones there make room
/// for it, until it fits and its coming pays. Hosts are drawn among those that the workload can ever be on,
/// partners among who is on such a host, or among all. `annealing.hpp` says what the rules are for, and runs
/// it.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/placement/annealing_ground.hpp>
#include <foreshift/placement/annealing_options.hpp>
#include <foreshift/placement/best_so_far.hpp>
#include <foreshift/placement/cooling.hpp>
#include <foreshift/placement/reassignment.hpp>
#include <foreshift/placement/reassignment_state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

namespace detail {

/// One run: the state, who takes part in it, and the three kinds of proposals.
class annealing_run {
 public:
  using index = std::uint32_t;

  /// Refers to the ground, which outlives it. @param options leave nothing open
  annealing_run(const annealing_ground& ground, const annealing_options& options, std::uint64_t seed);

  /// Places or partners that one workload is tried with before the next is drawn: what leaving its host
  /// saves is worked out once for all of them, and what is in the cache stays there.
  static constexpr int burst = 16;
  static constexpr std::size_t hopeless_tried_every = 16;

  /// @param position from the first temperature (0) to the last (1), evenly in their logarithm
  /// @param spent of the budget, in [0, 1]
  void cool(double position, double spent);
  /// The same once load and balance are as good as they get: all take part, and it is only as warm as moves
  /// are dear.
  void settle(double spent);
  /// From another assignment than the start. @pre it breaks no rule, and nothing has been proposed
  void begin_from(const assignment& where);
  /// A burst, or one eviction.
  void propose() {
    if (taking_part_ == 0) return void(++out_.proposals);
    const double kind = random_.uniform();
    if (kind < options_.swap_share)
      swap();
    else if (kind < options_.swap_share + *options_.eviction_share)
      evict();
    else
      shift();
    best_.shorten(state_.where());
  }
  [[nodiscard]] std::uint64_t proposals() const { return out_.proposals; }
  [[nodiscard]] std::int64_t cost() const { return state_.cost(); }
  [[nodiscard]] std::size_t taking_part() const { return taking_part_; }
  [[nodiscard]] std::int64_t least_cost() const { return best_.cost(); }
  [[nodiscard]] annealing_outcome take() {
    out_.cost = best_.cost(), out_.where = best_.take(state_.where());
    return std::move(out_);
  }

 private:
  [[nodiscard]] index draw(std::size_t n) {  // a product in place of a division; the bias is n / 2^32
    return static_cast<index>((random_() >> 32) * n >> 32);
  }
  [[nodiscard]] index draw_workload() { return ground_.order[draw(taking_part_)]; }
  /// Of those that it may ever be on, where these are few.
  [[nodiscard]] index draw_host(index w) {
    if (!ground_.reach.listed(w)) return draw(p_.hosts());
    const auto among = ground_.reach.of(w);
    return among[draw(among.size())];
  }
  /// What is paid for being away, besides the cost.
  [[nodiscard]] double away(index w, index to) const {
    return price_ * ground_.held[w] * state_.away_delta(w, to);
  }
  /// How much dearer a change may be: Metropolis' rule, the chance drawn first.
  [[nodiscard]] double threshold() { return temperature_ * ground_.exponential[random_() >> 52]; }
  void accepted() {
    ++out_.accepted;
    if (state_.cost() < best_.cost()) best_.met(state_.cost());
  }
  void put(index w, index to);
  [[nodiscard]] bool hopeless(index w, double most);
  void shift();
  void swap();
  void evict();
  [[nodiscard]] double mean_delta();

  const annealing_ground& ground_;
  const reassignment& p_;
  annealing_options options_;
  random_stream random_;
  reassignment_state state_;
  std::vector<std::vector<index>> residents_;
  std::vector<index> slot_;  ///< of each workload among its host's residents
  std::size_t taking_part_ = 0;
  temperature_range cooling_, settling_;
  double scale_ = 1, temperature_ = 0, price_ = 0;
  best_so_far best_;
  std::vector<std::pair<index, index>> undo_;  ///< of an eviction: who was put elsewhere, and from where
  annealing_outcome out_;
};

inline annealing_run::annealing_run(const annealing_ground& ground, const annealing_options& options,
                                    std::uint64_t seed)
    : ground_(ground),
      p_(*ground.problem),
      options_(options),
      random_(seed),
      state_(ground.state),
      residents_(ground.residents),
      slot_(ground.slot),
      cooling_(*options.hot, *options.cold),
      settling_(settling_hot, settling_cold) {
  best_.met(state_.cost());
  scale_ = mean_delta();
}

/// Of shifts that are admitted at the start; 1 where there are none.
inline double annealing_run::mean_delta() {
  double sum = 0;
  int found = 0;
  for (int tries = 0; tries < 100'000 && found < 2'000 && !ground_.order.empty(); ++tries) {
    const index w = ground_.order[draw(ground_.order.size())], to = draw_host(w);
    if (state_.where()[w] == to || !state_.has_room(w, to) || !state_.keeps_service(w, to)) continue;
    sum += std::abs(static_cast<double>(state_.shift_delta(w, to)));
    ++found;
  }
  return sum > 0 ? sum / found : 1;
}

inline void annealing_run::cool(double position, double spent) {
  temperature_ = scale_ * cooling_.at(position);
  price_ = options_.away_price * (1 - spent);
  const double least = *options_.size_floor * temperature_;
  const auto end =
      std::ranges::partition_point(ground_.order, [&](index w) { return ground_.size[w] >= least; });
  // Two a host at least, whatever their size: somebody has to be there to make room.
  const auto large = static_cast<std::size_t>(end - ground_.order.begin());
  taking_part_ = std::min(ground_.order.size(), std::max(large, 2 * p_.hosts()));
}

inline void annealing_run::settle(double spent) {
  temperature_ = ground_.move_cost * settling_.at(spent);
  price_ = 0, taking_part_ = ground_.order.size();
}

inline void annealing_run::begin_from(const assignment& where) {
  for (index w = 0; w < p_.workloads(); ++w)
    if (state_.where()[w] != where[w]) put(w, where[w]);
  best_.met(state_.cost());
}

inline void annealing_run::put(index w, index to) {
  const index from = state_.where()[w];
  state_.put(w, to);
  auto& left = residents_[from];
  slot_[left.back()] = slot_[w];
  left[slot_[w]] = left.back();
  left.pop_back();
  slot_[w] = static_cast<index>(residents_[to].size());
  residents_[to].push_back(w);
}

/// Whether a workload gains so little by leaving that no place makes up for what its move costs.
inline bool annealing_run::hopeless(index w, double most) {
  const double least =
      static_cast<double>(state_.least_moving_delta(w)) + std::min(0.0, away(w, p_.start[w]));
  if (most - static_cast<double>(state_.leaving_delta(w)) >= least) return false;
  return p_.balances.empty() || draw(hopeless_tried_every) != 0;  // balances may gain where it comes to
}

inline void annealing_run::shift() {
  const index w = draw_workload(), from = state_.where()[w];
  double most = threshold();
  if (hopeless(w, most)) return void(++out_.proposals);
  most -= static_cast<double>(state_.leaving_delta(w));
  const auto least_moving = static_cast<double>(state_.least_moving_delta(w));
  const auto among = ground_.reach.listed(w) ? ground_.reach.of(w) : std::span<const index>{};
  const bool each = !among.empty() && among.size() <= burst;  // then none is tried twice
  std::size_t next = each ? draw(among.size()) : 0;
  for (std::size_t tries = each ? among.size() : burst; tries > 0; --tries) {
    const index to = each ? among[next] : draw_host(w);
    if (each) next = next + 1 == among.size() ? 0 : next + 1;
    ++out_.proposals;
    if (from == to || !state_.has_room(w, to)) continue;
    const double delta = static_cast<double>(state_.arriving_delta(w, to)) + away(w, to);
    if (delta + least_moving > most) continue;
    if (delta + static_cast<double>(state_.moving_delta(w, to)) > most) continue;
    if (!state_.keeps_service(w, to)) continue;
    best_.leaves(w, from);
    put(w, to);
    return accepted();
  }
}

inline void annealing_run::swap() {
  const index v = draw_workload(), a = state_.where()[v];
  const double most = threshold();
  if (!p_.balances.empty() && hopeless(v, most)) return void(++out_.proposals);
  const std::int64_t least_moving = state_.least_moving_delta(v);
  // Where it can go nearly anywhere, anybody; else somebody on a host that it can go to.
  const bool anybody = !ground_.reach.listed(v);
  const auto& there = residents_[anybody ? a : draw_host(v)];
  ++out_.proposals;
  if (there.empty()) return;
  std::size_t at = draw(there.size());
  for (std::size_t tries = anybody ? burst : std::min<std::size_t>(burst, there.size()); tries > 0; --tries) {
    const index w = anybody ? draw_workload() : there[at], b = state_.where()[w];
    at = at + 1 == there.size() ? 0 : at + 1;
    if (a == b || ground_.rank[w] >= taking_part_) continue;
    ++out_.proposals;
    if (!state_.have_room(v, w)) continue;
    const double delta = static_cast<double>(state_.exchange_delta(v, w)) + away(v, b) + away(w, a);
    if (delta + static_cast<double>(least_moving + state_.least_moving_delta(w)) > most) continue;
    if (delta + static_cast<double>(state_.moving_deltas(v, w)) > most) continue;
    if (!state_.keep_services(v, w)) continue;
    best_.leaves(v, a), best_.leaves(w, b);
    put(v, b), put(w, a);
    return accepted();
  }
}

/// One comes, and smaller ones make room for it until that pays.
inline void annealing_run::evict() {
  const index w = draw_workload(), to = draw_host(w);
  const double most = threshold();
  ++out_.proposals;
  if (state_.where()[w] == to || hopeless(w, most)) return;
  const std::int64_t before = state_.cost();
  undo_.clear();
  double paid = away(w, to);
  const auto go = [&](index who, index where) {
    undo_.push_back({who, state_.where()[who]});
    put(who, where);
  };
  bool admitted = false;
  for (int left = options_.evicted_max;; --left) {
    if (state_.has_room(w, to)) {
      const auto delta = static_cast<double>(state_.cost() - before + state_.shift_delta(w, to)) + paid;
      if (delta <= most) {
        admitted = state_.keeps_service(w, to);
        break;
      }
    }
    const auto& there = residents_[to];
    if (left == 0 || there.empty()) break;
    const index v = there[draw(there.size())];
    if (ground_.size[v] > ground_.size[w]) continue;
    index best = to;
    double least = 0;
    for (int tries = 0; tries < 4; ++tries) {
      const index other = draw_host(v);
      if (other == to || !state_.has_room(v, other) || !state_.keeps_service(v, other)) continue;
      const double delta = static_cast<double>(state_.shift_delta(v, other)) + away(v, other);
      if (best == to || delta < least) best = other, least = delta;
    }
    if (best != to) paid += away(v, best), go(v, best);
  }
  if (admitted) {
    go(w, to);
    for (const auto& [who, from] : undo_) best_.leaves(who, from);
    return accepted();
  }
  for (auto one = undo_.rbegin(); one != undo_.rend(); ++one) put(one->first, one->second);
}

}  // namespace detail

}  // namespace foreshift::inline FORESHIFT_ABI::placement
