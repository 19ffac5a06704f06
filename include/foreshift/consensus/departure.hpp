#pragma once
/// @file
/// When a site that is no member any more may go.
///
/// What the former members know of the slots before the new epoch may be known to nobody else yet. So a
/// member that leaves stays and serves until a quorum of the new epoch holds the chosen prefix up to the
/// epoch's first slot (S8): then every later phase 1 meets a site that knows it.

#include <foreshift/consensus/epoch_table.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A regular value.
class departure {
 public:
  /// A member of the new epoch says that it holds the prefix up to `through`, durably.
  void on_news(site_id from, slot through, const decided_epoch& into) {
    if (next(through) < into.from) return;
    const auto place = std::lower_bound(holders_.begin(), holders_.end(), from);
    if (place == holders_.end() || *place != from) holders_.insert(place, from);
  }
  /// Whether a phase-2 quorum of the new epoch holds it.
  [[nodiscard]] bool over(const epoch& into) const {
    tally held;
    for (const site_id site : holders_) held.record(into.electors(), site);
    return held.won_accepts(into.voters());
  }
  /// True once in every `pause`.
  [[nodiscard]] bool ask(time_point now, duration pause) {
    if (asked_at_ && now - *asked_at_ < pause) return false;
    asked_at_ = now;
    return true;
  }
  friend bool operator==(const departure&, const departure&) = default;

 private:
  std::vector<site_id> holders_;  // sorted
  std::optional<time_point> asked_at_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
