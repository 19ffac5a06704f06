#pragma once
/// @file
/// Who holds which place of a host, and up to which price each would stay.

#include <foreshift/core/config.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Of each host a heap of its holders, the lowest limit first, all in one array. A regular value.
class held_places {
 public:
  using index = std::uint32_t;
  struct holder {
    double limit = 0;  ///< at a higher price it is better off elsewhere
    index workload = 0;
    friend bool operator>(const holder& a, const holder& b) { return a.limit > b.limit; }
  };

  /// All are free. @param places by host
  explicit held_places(std::span<const index> places) : begin_(places.size() + 1), held_(places.size()) {
    std::partial_sum(places.begin(), places.end(), begin_.begin() + 1);
    all_.resize(begin_.back());
  }

  [[nodiscard]] index places(index h) const { return begin_[h + 1] - begin_[h]; }
  [[nodiscard]] index held(index h) const { return held_[h]; }
  [[nodiscard]] index free(index h) const { return places(h) - held_[h]; }
  [[nodiscard]] bool full(index h) const { return free(h) == 0; }
  /// @pre somebody holds a place there
  [[nodiscard]] double lowest_limit(index h) const { return all_[begin_[h]].limit; }

  /// O(log places). @pre one is free
  void hold(index h, const holder& who) {
    hold_unordered(h, who);
    std::ranges::push_heap(of(h), std::greater{});
  }
  /// Who it was. O(log places). @pre somebody holds a place there
  index drop_lowest(index h) {
    std::ranges::pop_heap(of(h), std::greater{});
    return all_[begin_[h] + --held_[h]].workload;
  }
  /// O(places). @pre the workload holds a place there
  void drop(index h, index workload) {
    const auto there = of(h);
    *std::ranges::find(there, workload, &holder::workload) = there.back();
    --held_[h];
    order(h);
  }
  /// O(places). @pre the workload holds a place there
  void set_limit(index h, index workload, double limit) {
    std::ranges::find(of(h), workload, &holder::workload)->limit = limit;
    order(h);
  }

  /// Nobody holds a place.
  void clear() { std::ranges::fill(held_, index{0}); }
  /// O(1). `order_all` comes before anything is asked of limits. @pre one is free
  void hold_unordered(index h, const holder& who) { all_[begin_[h] + held_[h]++] = who; }
  void order_all() {
    for (index h = 0; h < held_.size(); ++h) order(h);
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
  [[nodiscard]] std::span<holder> of(index h) { return {all_.data() + begin_[h], held_[h]}; }
  void order(index h) { std::ranges::make_heap(of(h), std::greater{}); }

  std::vector<index> begin_, held_;  ///< by host
  std::vector<holder> all_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::placement
