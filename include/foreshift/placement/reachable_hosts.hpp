#pragma once
/// @file
/// Where a workload can ever go, whatever the others do.
///
/// What its first residents hold of a transient resource stays held at a host, so what may arrive there is
/// known in advance. And a workload that can go nowhere keeps all of its room for good, which may leave
/// others nowhere to go in turn. On full fleets the large workloads are left with a few hosts each, and a
/// search that draws among those alone draws in vain far less often. The idea is ours.

#include <foreshift/core/config.hpp>
#include <foreshift/placement/reassignment.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// For the workloads that few hosts have room for; the others' lists would be long, and help little.
/// Memory: O(hosts x resources + workloads), and up to `most_entries` and a list more.
class reachable_hosts {
 public:
  using index = std::uint32_t;

  /// A workload that more than one host in `few` takes in has no list.
  static constexpr std::size_t few = 2;
  /// So many hosts are looked at first: where too many of them have room, no list is begun.
  static constexpr std::size_t sampled = 64;
  /// No list is begun once all together have so many; the largest workloads, whose lists say most, come
  /// first.
  static constexpr std::size_t most_entries = std::size_t{1} << 24;

  /// @pre the problem is well formed
  /// Time: O(workloads x resources x sampled), and x hosts / few for those that get a list, a few times over.
  explicit reachable_hosts(const reassignment& problem);

  /// Whether `of` has all that it can ever be on.
  [[nodiscard]] bool listed(index w) const { return end_[w] != unlisted; }
  /// In order, with its first host among them. @pre it is listed
  [[nodiscard]] std::span<const index> of(index w) const {
    return {hosts_.data() + begin_[w], end_[w] - begin_[w]};
  }
  /// It can go nowhere.
  [[nodiscard]] bool stuck(index w) const { return listed(w) && end_[w] - begin_[w] == 1; }

 private:
  using amount = reassignment::amount;
  static constexpr std::size_t unlisted = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] bool fits(const reassignment& p, index w, index h) const {
    const amount* need = &p.demand[w * p.kinds()];
    const amount* room = &room_[h * p.kinds()];
    for (std::size_t r = 0; r < p.kinds(); ++r)
      if (need[r] > room[r]) return false;
    return true;
  }
  [[nodiscard]] bool fits_many(const reassignment& p, index w) const;
  [[nodiscard]] static std::vector<index> largest_first(const reassignment& p);

  std::vector<amount> room_;  ///< hosts x resources: what may arrive at most
  std::vector<std::size_t> begin_, end_;
  std::vector<index> hosts_;
};

/// By what is asked for of all capacity, summed over the resources.
inline std::vector<reachable_hosts::index> reachable_hosts::largest_first(const reassignment& p) {
  std::vector<double> share(p.kinds()), size(p.workloads());
  for (std::size_t i = 0; i < p.capacity.size(); ++i)
    share[i % p.kinds()] += static_cast<double>(p.capacity[i]);
  for (std::size_t i = 0; i < p.demand.size(); ++i)
    size[i / p.kinds()] += static_cast<double>(p.demand[i]) / std::max(1.0, share[i % p.kinds()]);
  std::vector<index> order(p.workloads());
  std::iota(order.begin(), order.end(), index{0});
  std::ranges::stable_sort(order, std::greater{}, [&](index w) { return size[w]; });
  return order;
}

inline bool reachable_hosts::fits_many(const reassignment& p, index w) const {
  const std::size_t n = p.hosts(), looked_at = std::min(n, sampled);
  std::size_t found = 0;
  for (std::size_t i = 0; i < looked_at; ++i)
    found += fits(p, w, static_cast<index>(i * n / looked_at)) ? 1 : 0;
  return found > looked_at / few;
}

inline reachable_hosts::reachable_hosts(const reassignment& p)
    : room_(p.capacity), begin_(p.workloads(), 0), end_(p.workloads(), unlisted) {
  for (std::size_t w = 0; w < p.workloads(); ++w)
    for (std::size_t r = 0; r < p.kinds(); ++r)
      if (p.resources[r].transient) room_[p.start[w] * p.kinds() + r] -= p.demand_of(w)[r];
  for (const index w : largest_first(p)) {
    if (hosts_.size() >= most_entries) break;
    if (fits_many(p, w)) continue;
    begin_[w] = hosts_.size();
    for (index h = 0; h < p.hosts(); ++h)
      if (h == p.start[w] || fits(p, w, h)) hosts_.push_back(h);
    end_[w] = hosts_.size();
  }
  // Who cannot go holds its room: until nobody else is held back by that.
  std::vector<std::uint8_t> settled(p.workloads());
  for (bool again = true; again;) {
    again = false;
    for (index w = 0; w < p.workloads(); ++w) {
      if (settled[w] != 0 || !stuck(w)) continue;
      settled[w] = 1, again = true;
      for (std::size_t r = 0; r < p.kinds(); ++r)
        if (!p.resources[r].transient) room_[p.start[w] * p.kinds() + r] -= p.demand_of(w)[r];
    }
    for (index w = 0; again && w < p.workloads(); ++w) {
      if (!listed(w)) continue;
      const auto first = hosts_.begin() + static_cast<std::ptrdiff_t>(begin_[w]);
      const auto last = hosts_.begin() + static_cast<std::ptrdiff_t>(end_[w]);
      const auto kept =
          std::remove_if(first, last, [&](index h) { return h != p.start[w] && !fits(p, w, h); });
      end_[w] = static_cast<std::size_t>(kept - hosts_.begin());
    }
  }
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
