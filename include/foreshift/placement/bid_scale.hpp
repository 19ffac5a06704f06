#pragma once
/// @file
/// By what the steps of an auction's bids are measured: by what those who bid would pay if every place were
/// free.
///
/// A workload without an offer that is cheaper than leaving it out never bids, so that its price of being
/// unplaced, which may be any large number, says nothing about steps. Where all that is bid for costs
/// nothing, a step is measured by how much dearer the second choices are.

#include <foreshift/core/config.hpp>
#include <foreshift/placement/batch_problem.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// A regular value: one number or two for each workload, so that a change of some is not a look at all
/// offers.
class bid_scale {
 public:
  /// Nobody bids.
  explicit bid_scale(std::size_t workloads) : cheapest_(workloads, none), step_up_(workloads) {}

  /// The workload's offers as they are now. O(offers of the workload).
  /// @param is_open of a host's index, whether it has places at all
  void look(std::size_t workload, std::span<const offer> offers, double unplaced_cost, const auto& is_open) {
    double cheapest = unplaced_cost, next = unplaced_cost;
    for (const auto& o : offers) {
      if (o.cost >= next || o.cost == cheapest || !is_open(o.host)) continue;
      if (o.cost < cheapest)
        next = std::exchange(cheapest, o.cost);
      else
        next = o.cost;
    }
    bidders_ -= bids(workload);
    cheapest_[workload] = cheapest < unplaced_cost ? std::abs(cheapest) : none;
    bidders_ += bids(workload);
    step_up_[workload] = next - cheapest;
  }

  /// Whether it would rather have a place than none, were they free.
  [[nodiscard]] bool bids(std::size_t workload) const { return cheapest_[workload] >= 0; }
  struct measure {
    /// The mean magnitude of what those who bid would pay. Where that is 0, the median of how much dearer
    /// each one's second choice is, above 0; where nobody bids, 1.
    double typical = 1;
    double largest = 0;  ///< of these magnitudes
  };
  /// O(workloads).
  [[nodiscard]] measure measured() const;

 private:
  static constexpr double none = -1;
  std::size_t bidders_ = 0;
  std::vector<double> cheapest_;  ///< by workload; `none` of who does not bid
  std::vector<double> step_up_;   ///< to the next dearer price, at last that of none; 0 of who does not bid
};

inline bid_scale::measure bid_scale::measured() const {
  if (bidders_ == 0) return {};
  std::array<double, 4> sums{}, most{};  // four at a time: an addition need not wait for the last one
  for (std::size_t w = 0; w < cheapest_.size(); ++w) {
    const double x = std::max(cheapest_[w], 0.0);
    sums[w % 4] += x, most[w % 4] = std::max(most[w % 4], x);
  }
  const double sum = sums[0] + sums[1] + sums[2] + sums[3], largest = std::ranges::max(most);
  if (sum > 0) return {sum / static_cast<double>(bidders_), largest};
  std::vector<double> steps;
  for (const double up : step_up_)
    if (up > 0) steps.push_back(up);
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::ranges::nth_element(steps, middle);
  return {*middle, largest};
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
