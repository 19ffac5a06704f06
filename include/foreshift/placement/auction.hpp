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
#include <foreshift/placement/bid_scale.hpp>
#include <foreshift/placement/market.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

struct auction_options {
  /// The least step of a bid, as a share of what those who want a place would pay on the average if every
  /// place were free (bid_scale.hpp), or what doubles can tell apart at these prices, if that is more. Above
  /// 0. The gap stays below it (times cost over that average; after changes below twice it), and is a tenth
  /// of it mostly.
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
  /// No assignment costs less, with what rounding may have hidden taken off. But for that the same as
  /// `dual_bound` of these prices, which loses more to rounding where prices are far above costs.
  [[nodiscard]] double bound() const { return bound_; }
  /// (cost - bound) / |cost|; 0 where both are 0.
  [[nodiscard]] double gap() const { return cost_ > bound_ ? (cost_ - bound_) / std::abs(cost_) : 0; }
  [[nodiscard]] std::uint64_t bids() const { return market_.bids(); }

  /// Other offers for a workload, or another price of leaving it out. @pre as of a well-formed problem
  void change(index w, std::span<const offer> offers, double unplaced_cost) {
    FORESHIFT_EXPECT(w < market_.workloads());
    market_.change(w, offers, unplaced_cost);
    unsure_.add(w);
    rescaled_.add(w);
  }
  /// Other places on a host: 0 drains it. O(all places). @pre all places together stay below 2^32
  void resize(index h, index places) {
    FORESHIFT_EXPECT(h < market_.hosts());
    if ((places == 0) != (market_.places(h) == 0))
      for (const auto& a : market_.asked_on(h)) rescaled_.add(a.workload);
    market_.resize(h, places);
  }

 private:
  /// The least step, as of the offers and places that there are.
  void rescale();
  /// Below this, steps would be lost beside prices and costs as they are now.
  [[nodiscard]] double finest() const;
  /// Of cost and bound, where prices or offers have changed since the last time.
  void certify();
  void mend_certificate();

  auction_options options_;
  market market_;
  double epsilon_ = 1;  ///< the least step
  double content_ = 0;  ///< nobody pays more than this above its best
  bid_scale scale_;
  bid_scale::measure measure_{};
  detail::index_set rescaled_;  ///< workloads that `scale_` has to look at
  std::vector<double> least_;   ///< by workload, as of `known_`
  std::vector<double> known_;   ///< prices at the last certificate
  detail::index_set unsure_;    ///< workloads whose `least_` has to be looked for
  double cost_ = 0, bound_ = 0;
};

inline auction::auction(batch_problem p, auction_options options)
    : options_(options),
      market_(std::move(p)),
      scale_(market_.workloads()),
      rescaled_(market_.workloads()),
      unsure_(market_.workloads()) {
  FORESHIFT_EXPECT(options.tolerance > 0 && options.growth >= 1 && options.decline > 1);
  for (index w = 0; w < market_.workloads(); ++w) rescaled_.add(w);
}

inline void auction::rescale() {
  const auto changed = rescaled_.take();
  if (changed.empty()) return;
  const auto is_open = [&](index h) { return market_.places(h) > 0; };
  for (const index w : changed) scale_.look(w, market_.offers_of(w), market_.unplaced_cost(w), is_open);
  measure_ = scale_.measured();
  epsilon_ = std::max(options_.tolerance * measure_.typical, std::numeric_limits<double>::min());
}

inline double auction::finest() const {
  double most = measure_.largest;
  for (const double price : market_.prices())
    if (std::isfinite(price)) most = std::max(most, price);
  return market::grain * most;
}

inline void auction::solve() {
  const std::uint64_t patience = std::max<std::uint64_t>(2 * market_.workloads(), 1000);
  rescale();
  double epsilon = std::max(epsilon_, finest());
  if (content_ > 2 * epsilon) market_.look_again(content_ = epsilon);  // costs have come down
  market_.sell(epsilon, options_.growth, patience);
  market_.lower(epsilon = std::max(epsilon, finest()), options_.growth, patience);
  content_ = std::max(content_, epsilon);
  while (epsilon > epsilon_) {
    const double next = std::max(epsilon / options_.decline, epsilon_);
    if (next < finest()) break;
    epsilon = next;
    market_.look_again(epsilon);
    market_.sell(epsilon, 1, patience);
    market_.lower(epsilon = std::max(epsilon, finest()), 1, patience);
    content_ = epsilon;
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

  // By how much everybody is off its best at these prices, and what free places would earn: the difference of
  // cost and bound, without that of two large numbers.
  double cost = 0, excess = 0, rounded = 0;
  for (index w = 0; w < market_.workloads(); ++w) {
    const index h = market_.where()[w];
    const double paid = market_.paid()[w], price = h == nowhere ? 0 : known_[h];
    cost += paid;
    excess += paid + price - least_[w];
    if (h != nowhere || scale_.bids(w)) rounded += std::abs(paid) + price;
  }
  for (index h = 0; h < market_.hosts(); ++h)
    if (market_.free_places(h) > 0) excess += known_[h] * market_.free_places(h);
  cost_ = cost;
  bound_ = cost - excess - std::numeric_limits<double>::epsilon() * rounded;
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
