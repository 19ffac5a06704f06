#pragma once
/// @file
/// Who holds which place of a host, and up to which price each would stay.
///
/// Of each host a heap of its holders, the lowest limit first, all in one array. Every workload knows where
/// it stands in its host's heap, so that any of many holders leaves or gets another limit as fast as the
/// lowest.

#include <foreshift/core/config.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// A regular value. A workload holds one place at most.
class held_places {
 public:
  using index = std::uint32_t;
  struct holder {
    double limit = 0;  ///< at a higher price it is better off elsewhere
    index workload = 0;
    friend bool operator>(const holder& a, const holder& b) { return a.limit > b.limit; }
  };

  /// All are free.
  /// @param places    by host
  /// @param workloads all that may hold one have a lower index
  held_places(std::span<const index> places, std::size_t workloads)
      : begin_(places.size() + 1), held_(places.size()), slot_(workloads) {
    std::partial_sum(places.begin(), places.end(), begin_.begin() + 1);
    all_.resize(begin_.back());
  }

  [[nodiscard]] index places(index h) const { return begin_[h + 1] - begin_[h]; }
  [[nodiscard]] index held(index h) const { return held_[h]; }
  [[nodiscard]] index free(index h) const { return places(h) - held_[h]; }
  [[nodiscard]] bool full(index h) const { return free(h) == 0; }
  /// @pre somebody holds a place there
  [[nodiscard]] double lowest_limit(index h) const { return all_[begin_[h]].limit; }

  /// O(log places). @pre one is free, and the workload holds none
  void hold(index h, const holder& who) { rise(h, held_[h]++, who); }
  /// Who it was. O(log places). @pre somebody holds a place there
  index drop_lowest(index h) {
    const index lowest = all_[begin_[h]].workload;
    const index last = --held_[h];
    if (last > 0) sink(h, 0, holder{all_[begin_[h] + last]});
    return lowest;
  }
  /// O(log places). @pre the workload holds a place there
  void drop(index h, index workload) {
    const index last = --held_[h], at = slot_[workload];
    if (at != last) put_in_order(h, at, holder{all_[begin_[h] + last]});
  }
  /// O(log places). @pre the workload holds a place there
  void set_limit(index h, index workload, double limit) {
    put_in_order(h, slot_[workload], {limit, workload});
  }

  /// Nobody holds a place.
  void clear() { std::ranges::fill(held_, index{0}); }
  /// O(1). `order_all` comes before anything is asked of limits. @pre one is free
  void hold_unordered(index h, const holder& who) { put(h, held_[h]++, who); }
  void order_all() {
    for (index h = 0; h < held_.size(); ++h)
      for (index i = held_[h] / 2; i-- > 0;) sink(h, i, holder{all_[begin_[h] + i]});
  }

  /// O(all places + hosts). @pre no more are held
  void resize(index h, index places) {
    const auto before = this->places(h);
    if (places > before)
      all_.insert(all_.begin() + begin_[h + 1], places - before, holder{});
    else
      all_.erase(all_.begin() + begin_[h] + places, all_.begin() + begin_[h + 1]);
    for (std::size_t i = h + 1; i < begin_.size(); ++i) begin_[i] = begin_[i] + places - before;
  }

 private:
  void put(index h, index at, const holder& who) {
    all_[begin_[h] + at] = who;
    slot_[who.workload] = at;
  }
  /// Into the gap `at`, or above it.
  void rise(index h, index at, const holder& who) {
    const holder* const there = all_.data() + begin_[h];
    for (; at > 0 && there[(at - 1) / 2] > who; at = (at - 1) / 2) put(h, at, there[(at - 1) / 2]);
    put(h, at, who);
  }
  /// Into the gap `at`, or below it.
  void sink(index h, index at, const holder& who) {
    const holder* const there = all_.data() + begin_[h];
    for (const index n = held_[h];;) {
      std::size_t least = 2 * std::size_t{at} + 1;
      if (least >= n) break;
      if (least + 1 < n && there[least] > there[least + 1]) ++least;
      if (!(who > there[least])) break;
      put(h, at, there[least]);
      at = static_cast<index>(least);
    }
    put(h, at, who);
  }
  void put_in_order(index h, index at, const holder& who) {
    if (at > 0 && all_[begin_[h] + (at - 1) / 2] > who)
      rise(h, at, who);
    else
      sink(h, at, who);
  }

  std::vector<index> begin_, held_;  ///< by host
  std::vector<holder> all_;
  std::vector<index> slot_;  ///< by workload: where in its host's heap, if it holds a place
};

}  // namespace foreshift::inline FORESHIFT_ABI::placement
