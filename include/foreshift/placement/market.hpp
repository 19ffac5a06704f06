#pragma once
/// @file
/// The state of an auction of places: prices, who holds which place, and what would make a holder leave.
///
/// All places of a host have one price. Buyers raise it: a workload without a place bids for the host that is
/// cheapest to it, up to the price at which its second choice would be as good, and the holder with the
/// lowest such limit goes when the places do not suffice. Sellers lower it: a host with a free place and a
/// price above zero goes down until somebody gains by coming. Throughout nobody pays more than `epsilon`
/// above what is best for it at these prices, so that a state in which everybody has chosen and no free place
/// has a price costs at most epsilon times the workloads more than the optimum.
///
/// Source: D. P. Bertsekas, D. A. Castanon, The auction algorithm for the transportation problem, Annals of
/// Operations Research 20 (1989); for the sellers' steps the same with H. Tsaknakis, Reverse auction and the
/// solution of inequality constrained assignment problems, SIAM J. Optimization 3 (1993).

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/batch_problem.hpp>
#include <foreshift/placement/held_places.hpp>
#include <foreshift/placement/offer_book.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

namespace detail {

/// Indices, each once, in the order in which they came.
class index_set {
 public:
  explicit index_set(std::size_t below) : has_(below) {}
  void add(std::uint32_t i) {
    if (!has_[i]) list_.push_back(i);
    has_[i] = true;
  }
  [[nodiscard]] std::vector<std::uint32_t> take() {
    for (const auto i : list_) has_[i] = false;
    return std::exchange(list_, {});
  }

 private:
  std::vector<std::uint32_t> list_;
  std::vector<bool> has_;
};

}  // namespace detail

class market {
 public:
  using index = std::uint32_t;
  using asked = offer_book::asked;
  /// Steps below this share of a price are lost in rounding: some units in the last place.
  static constexpr double grain = 16 * std::numeric_limits<double>::epsilon();

  /// Everybody waits, every price is 0. @pre the problem is well formed
  explicit market(batch_problem p);

  [[nodiscard]] std::size_t hosts() const { return price_.size(); }
  [[nodiscard]] std::size_t workloads() const { return place_.size(); }
  [[nodiscard]] std::span<const index> where() const { return place_; }
  [[nodiscard]] std::span<const double> prices() const { return price_; }
  [[nodiscard]] index places(index h) const { return held_.places(h); }
  [[nodiscard]] index free_places(index h) const { return held_.free(h); }
  [[nodiscard]] std::span<const offer> offers_of(index w) const { return offers_.offers_of(w); }
  [[nodiscard]] double unplaced_cost(index w) const { return offers_.unplaced_cost(w); }
  /// What each pays, without the price of the place.
  [[nodiscard]] std::span<const double> paid() const { return paid_; }
  [[nodiscard]] std::uint64_t bids() const { return made_; }
  /// Those that are offered a place on the host. Valid until the next change.
  [[nodiscard]] std::span<const asked> asked_on(index h) { return offers_.asked_on(h); }

  /// The workload has other offers. It leaves its place and waits. @pre as of a well-formed problem
  void change(index w, std::span<const offer> offers, double unplaced_cost);
  /// The host has other places. Whoever has the lowest limits leaves and waits.
  void resize(index h, index places);
  /// Hands out places until nobody waits.
  /// @param epsilon above 0; grows by `growth` whenever so many bids were made: `patience`, then a quarter of
  /// it. Where prices are beyond 1 / `grain` times it, steps are `grain` times the price.
  void sell(double& epsilon, double growth, std::uint64_t patience);
  /// Lowers prices until no free place has one; epsilon grows as in `sell`, by how often a price was lowered.
  /// @pre nobody waits; epsilon is at least `grain` of each price
  void lower(double& epsilon, double growth, std::uint64_t patience);
  /// Whoever would gain more than epsilon by leaving does and waits; all limits are as of now. O(offers).
  void look_again(double epsilon);
  /// Limits follow the prices that `lower` has lowered. O(offers of those hosts).
  void lower_limits(double epsilon);
  /// The least that the workload could pay at these prices.
  [[nodiscard]] double least(index w) const { return choose(w).value; }

 private:
  static constexpr index waits = nowhere - 1;
  struct choice {
    index host = nowhere;
    double cost = 0;    ///< of the offer
    double value = 0;   ///< with the price
    double second = 0;  ///< of the next best
  };
  [[nodiscard]] choice choose(index w) const {
    const double without = offers_.unplaced_cost(w);
    choice best{nowhere, without, without, std::numeric_limits<double>::infinity()};
    for (const auto& o : offers_.offers_of(w)) {
      const double value = o.cost + price_[o.host];
      if (value >= best.second) continue;
      if (value < best.value)
        best = {o.host, o.cost, value, best.value};
      else
        best.second = value;
    }
    return best;
  }
  void settle(index w, index h, double cost) { place_[w] = h, paid_[w] = cost; }
  /// @pre the host has a free place
  void take_place(index w, index h, double cost, double limit) {
    held_.hold(h, {limit, w});
    limit_[w] = limit;
    settle(w, h, cost);
  }
  /// Gives its place back, if it has one, and waits.
  void leave(index w);
  /// Bids for its best choice. @return whoever is without a place now: nobody, the workload or another
  index buy(index w, double epsilon);
  void offer_down(index h, double epsilon, std::vector<index>& open);

  offer_book offers_;
  std::vector<double> price_;
  held_places held_;
  std::vector<index> place_, waiting_;
  std::vector<double> paid_, limit_;
  detail::index_set lowered_;  ///< hosts since the limits were as of now
  std::vector<std::pair<double, asked>> comers_;
  std::uint64_t made_ = 0;
};

inline market::market(batch_problem p)
    : offers_(batch_problem{{}, {0}, {}, {}}),
      price_(p.hosts()),
      held_(p.places, p.workloads()),
      place_(p.workloads(), waits),
      waiting_(p.workloads()),
      paid_(p.workloads()),
      limit_(p.workloads()),
      lowered_(p.hosts()) {
  for (std::size_t h = 0; h < p.hosts(); ++h)
    if (p.places[h] == 0) price_[h] = std::numeric_limits<double>::infinity();
  std::iota(waiting_.rbegin(), waiting_.rend(), index{0});
  offers_ = offer_book{std::move(p)};
}

inline market::index market::buy(index w, double epsilon) {
  const choice best = choose(w);
  if (best.host == nowhere) {
    settle(w, nowhere, best.cost);
    return nowhere;
  }
  const index h = best.host;
  // However high prices have gone, the limit is above the price: otherwise a tie would be bid for for ever.
  const double step = std::max(epsilon, grain * std::max(price_[h], std::abs(best.value)));
  const double limit = price_[h] + (best.second - best.value) + step;
  index out = nowhere;
  if (held_.full(h)) {
    if (limit <= held_.lowest_limit(h)) {  // every holder would pay more
      price_[h] = limit;
      return w;
    }
    out = held_.drop_lowest(h);
    place_[out] = waits;
  }
  take_place(w, h, best.cost, limit);
  if (held_.full(h)) price_[h] = std::max(price_[h], held_.lowest_limit(h));
  return out;
}

inline void market::sell(double& epsilon, double growth, std::uint64_t patience) {
  std::uint64_t until = made_ + patience;
  while (!waiting_.empty()) {
    index w = waiting_.back();
    waiting_.pop_back();
    for (; w != nowhere; w = buy(w, epsilon))
      if (++made_ == until) epsilon *= growth, until = made_ + patience / 4 + 1;
  }
}

inline void market::lower(double& epsilon, double growth, std::uint64_t patience) {
  FORESHIFT_EXPECT(waiting_.empty());
  const std::uint64_t again = patience / 4;
  std::vector<index> open, next;
  for (index h = 0; h < hosts(); ++h)
    if (!held_.full(h) && price_[h] > 0) open.push_back(h);
  for (; !open.empty(); open.swap(next)) {
    next.clear();
    for (const index h : open) {
      if (patience-- == 0) epsilon *= growth, patience = again;
      offer_down(h, epsilon, next);
    }
  }
}

/// Goes down to where the first who finds no room would gain no more than epsilon by coming.
inline void market::offer_down(index h, double epsilon, std::vector<index>& open) {
  const index room = held_.free(h);
  if (room == 0 || price_[h] <= 0) return;
  const auto dearer = [](const auto& a, const auto& b) {
    return a.first > b.first || (a.first == b.first && a.second.workload < b.second.workload);
  };
  comers_.clear();  // a heap of the room + 1 that gain most, the least of them first
  double least = epsilon;
  for (const auto& a : asked_on(h)) {
    const index at = place_[a.workload];
    const double gain =
        paid_[a.workload] + (at == nowhere ? 0 : price_[at]) - a.cost;  // if it were free here
    if (gain <= least || at == h) continue;
    if (comers_.size() > room) {
      std::ranges::pop_heap(comers_, dearer);
      comers_.pop_back();
    }
    comers_.emplace_back(gain, a);
    std::ranges::push_heap(comers_, dearer);
    if (comers_.size() > room) least = comers_.front().first;
  }
  double price = 0;
  if (comers_.size() > room) {
    price = std::min(price_[h], comers_.front().first - epsilon);
    std::ranges::pop_heap(comers_, dearer);
    comers_.pop_back();
  }
  price_[h] = price;
  lowered_.add(h);
  for (const auto& [gain, a] : comers_) {
    const index from = place_[a.workload];
    if (from != nowhere && price_[from] > 0) open.push_back(from);
    leave(a.workload);
    take_place(a.workload, h, a.cost, gain);
  }
}

inline void market::leave(index w) {
  const index h = std::exchange(place_[w], waits);
  if (h < waits) held_.drop(h, w);
}

inline void market::look_again(double epsilon) {
  held_.clear();
  static_cast<void>(lowered_.take());
  for (index w = 0; w < workloads(); ++w) {
    const index h = place_[w];
    if (h == waits) continue;
    double other = h == nowhere ? std::numeric_limits<double>::infinity() : offers_.unplaced_cost(w);
    for (const auto& o : offers_.offers_of(w))
      if (o.host != h) other = std::min(other, o.cost + price_[o.host]);
    const double limit = other - paid_[w] + epsilon;
    if ((h == nowhere ? 0 : price_[h]) > limit) {
      place_[w] = waits;
      waiting_.push_back(w);
    } else if (h != nowhere) {
      limit_[w] = limit;
      held_.hold_unordered(h, {limit, w});
    }
  }
  held_.order_all();
}

inline void market::lower_limits(double epsilon) {
  for (const index h : lowered_.take()) {
    for (const auto& a : asked_on(h)) {
      const index at = place_[a.workload];
      const double limit = a.cost + price_[h] - paid_[a.workload] + epsilon;
      if (at == nowhere || at == h || limit >= limit_[a.workload]) continue;
      held_.set_limit(at, a.workload, limit_[a.workload] = limit);
    }
  }
}

inline void market::change(index w, std::span<const offer> offers, double unplaced_cost) {
  if (place_[w] != waits) waiting_.push_back(w);
  leave(w);
  offers_.change(w, offers, unplaced_cost);
}

inline void market::resize(index h, index places) {
  while (held_.held(h) > places) {
    const index w = held_.drop_lowest(h);
    place_[w] = waits;
    waiting_.push_back(w);
  }
  if (places == 0)
    price_[h] = std::numeric_limits<double>::infinity();
  else if (held_.held(h) == places)
    price_[h] = std::max(price_[h], held_.lowest_limit(h));
  held_.resize(h, places);
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
