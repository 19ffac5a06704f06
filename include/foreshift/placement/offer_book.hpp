#pragma once
/// @file
/// The offers of a batch, seen from the workload and from the host.
///
/// A workload's offers lie side by side; a host's view is a list of its own, made when somebody first asks
/// and kept through changes: every offer knows where it stands in its host's list. A workload keeps its room
/// when it has fewer offers, and moves to the end when it has more than ever; when most of all room is
/// unused, everybody moves together.

#include <foreshift/core/config.hpp>
#include <foreshift/placement/batch_problem.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

class offer_book {
 public:
  using index = std::uint32_t;
  /// An offer as the host sees it.
  struct asked {
    double cost;
    index workload;
    index offer;  ///< where it lies among all
  };

  /// @pre the problem is well formed
  explicit offer_book(batch_problem p)
      : begin_(p.first.begin(), p.first.end() - 1),
        count_(p.workloads()),
        room_(p.workloads()),
        unplaced_(std::move(p.unplaced_cost)),
        hosts_(p.hosts()) {
    for (std::size_t w = 0; w < count_.size(); ++w) room_[w] = count_[w] = p.first[w + 1] - p.first[w];
    offers_ = std::move(p.offers);
    offered_ = offers_.size();
  }

  [[nodiscard]] std::size_t hosts() const { return hosts_; }
  [[nodiscard]] std::size_t workloads() const { return count_.size(); }
  [[nodiscard]] double unplaced_cost(index w) const { return unplaced_[w]; }
  [[nodiscard]] std::span<const offer> offers_of(index w) const {
    return {offers_.data() + begin_[w], count_[w]};
  }
  /// Room for offers, used or not: at most twice the most offers that there were at once, and as much again
  /// as there are workloads.
  [[nodiscard]] std::size_t room() const { return offers_.size(); }
  /// Valid until the next change. The first call is O(offers).
  [[nodiscard]] std::span<const asked> asked_on(index h) {
    if (asked_.empty()) list_all();
    return asked_[h];
  }

  /// O(offers of the workload, old and new), in the mean of many changes. @pre as of a well-formed problem
  void change(index w, std::span<const offer> offers, double unplaced_cost) {
    unplaced_[w] = unplaced_cost;
    const auto fresh = static_cast<index>(offers.size());
    if (fresh > room_[w]) move_to_end(w, fresh);
    const index first = begin_[w];
    const index common = fresh < count_[w] ? fresh : count_[w];
    for (index i = 0; i < common; ++i) {
      const bool elsewhere = offers_[first + i].host != offers[i].host;
      if (elsewhere) strike(first + i);
      offers_[first + i] = offers[i];
      if (elsewhere)
        list(w, first + i);
      else if (!asked_.empty())
        asked_[offers[i].host][listed_[first + i]].cost = offers[i].cost;
    }
    for (index i = common; i < count_[w]; ++i) strike(first + i);
    for (index i = common; i < fresh; ++i) offers_[first + i] = offers[i], list(w, first + i);
    offered_ = offered_ + fresh - count_[w];
    count_[w] = fresh;
  }

 private:
  void list(index w, index at) {
    if (asked_.empty()) return;
    auto& there = asked_[offers_[at].host];
    listed_[at] = static_cast<index>(there.size());
    there.push_back({offers_[at].cost, w, at});
  }
  void strike(index at) {
    if (asked_.empty()) return;
    auto& there = asked_[offers_[at].host];
    listed_[there.back().offer] = listed_[at];
    there[listed_[at]] = there.back();
    there.pop_back();
  }
  void move_to_end(index w, index places) {
    for (index i = 0; i < count_[w]; ++i) strike(begin_[w] + i);
    offered_ -= count_[w];
    count_[w] = room_[w] = 0;
    const std::size_t needed = offered_ + places, limit = std::numeric_limits<index>::max();
    if (offers_.size() + places > std::min(2 * needed + workloads(), limit)) close_up();
    begin_[w] = static_cast<index>(offers_.size());
    room_[w] = places;
    offers_.resize(offers_.size() + places);
    if (!asked_.empty()) listed_.resize(offers_.size());
  }
  /// Nobody has more room than offers.
  void close_up() {
    std::vector<offer> offers;
    std::vector<index> listed;
    offers.reserve(offered_);
    for (index w = 0; w < workloads(); ++w) {
      const index from = std::exchange(begin_[w], static_cast<index>(offers.size()));
      room_[w] = count_[w];
      for (index i = from; i < from + count_[w]; ++i) {
        if (!asked_.empty()) {
          asked_[offers_[i].host][listed_[i]].offer = static_cast<index>(offers.size());
          listed.push_back(listed_[i]);
        }
        offers.push_back(offers_[i]);
      }
    }
    offers_ = std::move(offers);
    listed_ = std::move(listed);
  }
  void list_all() {
    std::vector<index> count(hosts_);
    for (index w = 0; w < workloads(); ++w)
      for (const auto& o : offers_of(w)) ++count[o.host];
    asked_.resize(hosts_);
    listed_.resize(offers_.size());
    for (index h = 0; h < hosts_; ++h) asked_[h].reserve(count[h] + count[h] / 8 + 8);  // changes come
    for (index w = 0; w < workloads(); ++w)
      for (index i = 0; i < count_[w]; ++i) list(w, begin_[w] + i);
  }

  std::vector<offer> offers_;
  std::vector<index> begin_, count_, room_;  ///< by workload
  std::vector<double> unplaced_;
  std::vector<std::vector<asked>> asked_;  ///< by host; empty until somebody asks
  std::vector<index> listed_;              ///< by offer: where in its host's list; kept where there are lists
  std::size_t hosts_ = 0, offered_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::placement
