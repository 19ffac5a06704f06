#pragma once
/// @file
/// Places for a whole batch of workloads by an auction, kept ready for the next change, with a proof of how
/// good the outcome is.
///
/// Bids go up in steps of epsilon; small steps give a good assignment and, where many want the same hosts,
/// long price wars. So epsilon grows while a war lasts, and afterwards comes down again by factors, each time
/// from the prices that there are: only those who are no longer content bid anew. A batch without contention
/// never leaves the first, smallest epsilon. When some workloads or hosts change, prices and places of all
/// others stay, and the certificate is mended where prices have changed.
///
/// Source: see market.hpp; scaling as D. P. Bertsekas, J. Eckstein, Dual coordinate step methods for linear
/// network flow problems, Mathematical Programming 42 (1988). That epsilon starts small and grows is ours.

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/batch_problem.hpp>
#include <foreshift/placement/market.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

struct auction_options {
  /// The least step of a bid, as a share of what the workloads would pay on the average if every place were
  /// free. Above 0. The gap stays below it (times cost over that average), and is a tenth of it mostly.
  double tolerance = 5e-3;
  double growth = 2;   ///< of the step while a price war lasts; at least 1
  double decline = 4;  ///< of the step afterwards; above 1
};

class auction {
 public:
  using index = market::index;

  /// @pre the problem is well formed
  explicit auction(batch_problem p, auction_options options = {});

  /// Places everybody, from scratch or after changes. Time: O(bids x offers of a workload); without
  /// contention there are little more bids than workloads.
  void solve();

  /// Host of each workload, or `nowhere`. As of the last `solve`, as are the others.
  [[nodiscard]] std::span<const index> where() const { return market_.where(); }
  /// Of a place at each host; infinite where there is none. They prove the bound: see `dual_bound`.
  [[nodiscard]] std::span<const double> prices() const { return market_.prices(); }
  [[nodiscard]] double cost() const { return cost_; }
  /// No assignment costs less. The same as `dual_bound` of these prices.
  [[nodiscard]] double bound() const { return bound_; }
  /// (cost - bound) / |cost|; 0 where both are 0.
  [[nodiscard]] double gap() const { return cost_ > bound_ ? (cost_ - bound_) / std::abs(cost_) : 0; }
  [[nodiscard]] std::uint64_t bids() const { return market_.bids(); }

  /// Other offers for a workload, or another price of leaving it out. @pre as of a well-formed problem
  void change(index w, std::span<const offer> offers, double unplaced_cost) {
    FORESHIFT_EXPECT(w < market_.workloads());
    market_.change(w, offers, unplaced_cost);
    unsure_.add(w);
  }
  /// Other places on a host: 0 drains it. O(all places). @pre all places together stay below 2^32
  void resize(index h, index places) {
    FORESHIFT_EXPECT(h < market_.hosts());
    market_.resize(h, places);
  }

 private:
  /// Of cost and bound, where prices or offers have changed since the last time.
  void certify();
  void mend_certificate();

  auction_options options_;
  market market_;
  double epsilon_ = 1;
  std::vector<double> least_;  ///< by workload, as of `known_`
  std::vector<double> known_;  ///< prices at the last certificate
  detail::index_set unsure_;   ///< workloads whose `least_` has to be looked for
  double cost_ = 0, bound_ = 0;
};

inline auction::auction(batch_problem p, auction_options options)
    : options_(options), market_(std::move(p)), unsure_(market_.workloads()) {
  FORESHIFT_EXPECT(options.tolerance > 0 && options.growth >= 1 && options.decline > 1);
  double sum = 0;
  for (index w = 0; w < market_.workloads(); ++w) sum += std::abs(market_.least(w));
  epsilon_ = sum > 0 ? options.tolerance * sum / static_cast<double>(market_.workloads()) : options.tolerance;
}

inline void auction::solve() {
  const std::uint64_t patience = std::max<std::uint64_t>(2 * market_.workloads(), 1000);
  double epsilon = epsilon_;
  market_.sell(epsilon, options_.growth, patience);
  market_.lower(epsilon);
  while (epsilon > epsilon_) {
    epsilon = std::max(epsilon / options_.decline, epsilon_);
    market_.look_again(epsilon);
    market_.sell(epsilon, 1, patience);
    market_.lower(epsilon);
  }
  market_.lower_limits(epsilon);
  certify();
}

inline void auction::certify() {
  const auto& prices = market_.prices();
  const bool first = known_.empty();
  if (first) known_.resize(market_.hosts()), least_.resize(market_.workloads());
  std::size_t changed = 0;
  for (index h = 0; h < market_.hosts(); ++h) changed += known_[h] != prices[h];
  if (first || changed > market_.hosts() / 8) {  // one pass over all offers is less than many lists
    for (index w = 0; w < market_.workloads(); ++w) least_[w] = market_.least(w);
    static_cast<void>(unsure_.take());
  } else {
    mend_certificate();
  }
  known_.assign(prices.begin(), prices.end());

  cost_ = std::accumulate(market_.paid().begin(), market_.paid().end(), 0.0);
  bound_ = std::accumulate(least_.begin(), least_.end(), 0.0);
  for (index h = 0; h < market_.hosts(); ++h)
    if (market_.places(h) > 0) bound_ -= known_[h] * market_.places(h);
}

/// Whoever paid least where it has become dearer has to look; the others at most gain where it is cheaper.
inline void auction::mend_certificate() {
  const auto& prices = market_.prices();
  for (index h = 0; h < market_.hosts(); ++h)
    if (prices[h] > known_[h])
      for (const auto& a : market_.asked_on(h))
        if (a.cost + known_[h] <= least_[a.workload]) unsure_.add(a.workload);
  for (index h = 0; h < market_.hosts(); ++h)
    if (prices[h] < known_[h])
      for (const auto& a : market_.asked_on(h))
        least_[a.workload] = std::min(least_[a.workload], a.cost + prices[h]);
  for (const index w : unsure_.take()) least_[w] = market_.least(w);
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
