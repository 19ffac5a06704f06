#pragma once
/// @file
/// Phase 1 of a ballot: gather promises, and find out what must be proposed.
///
/// Once a quorum has promised, no lower ballot can choose anything any more, and whatever one may have chosen
/// has been reported. So in every slot the value reported under the highest ballot is adopted, certificate
/// and header included, and slots in which nothing was reported below one in which something was are filled
/// with no-ops.
///
/// Promises are kept as promises and not as a sum: whether they are a quorum is asked anew under every epoch
/// whose slots the ballot opens. A promise gathered under one epoch counts under the next, because it
/// reported every value above its slot without an upper bound; a set that was a quorum of one epoch may be
/// none of the next (S3).
///
/// Source: L. Lamport, "Paxos made simple", 2001, sections 2.2 and 3.

#include <foreshift/consensus/message.hpp>
#include <foreshift/consensus/quorum.hpp>
#include <foreshift/core/flat_map.hpp>

#include <algorithm>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A regular value.
class phase_one {
 public:
  phase_one() = default;
  explicit phase_one(prepare asked) : asked_(asked) {}

  [[nodiscard]] const prepare& asked() const { return asked_; }

  /// Takes a promise for this ballot; any other and a second one from a site change nothing.
  void record(site_id from, const promise& given) {
    if (given.number != asked_.number || has_answered(from)) return;
    promised_.insert(std::lower_bound(promised_.begin(), promised_.end(), from), from);
    if (given.chosen_through > chosen_through_) {
      chosen_through_ = given.chosen_through;
      best_informed_ = from;
    }
    for (const auto& reported : given.accepted) {
      auto& best = adopted_[reported.at];
      if (best.number < reported.number) best = reported;
    }
  }

  /// Whether those who have promised are a phase-1 quorum of these members.
  [[nodiscard]] bool complete(const electorate& members) const {
    tally held;
    for (const site_id site : promised_) held.record(members.electors, site);
    return held.won_promises(members);
  }
  [[nodiscard]] bool has_answered(site_id site) const {
    return std::binary_search(promised_.begin(), promised_.end(), site);
  }
  /// Forgets the promises of sites that have left: should one come back without its memory, it is asked anew.
  template <class Stays>
  void retire(Stays stays) {
    std::erase_if(promised_, [&](site_id site) { return !stays(site); });
  }
  /// Slots up to here are chosen and known: what was reported there does not matter any more.
  void release_through(slot through) {
    adopted_.erase_if([&](slot at, const accepted_value&) { return at <= through; });
  }

  /// Up to here slots are chosen; a promise does not report them and this ballot must not propose there.
  [[nodiscard]] slot chosen_through() const { return chosen_through_; }
  /// Who knows the chosen entries up to `chosen_through`.
  [[nodiscard]] site_id best_informed() const { return best_informed_; }
  /// The last slot in which anything was reported.
  [[nodiscard]] slot last_reported() const { return adopted_.empty() ? slot{} : (adopted_.end() - 1)->first; }
  /// The value that must be proposed at `at`; null: free, or a gap if below `last_reported`.
  [[nodiscard]] const entry* adopted(slot at) const {
    const auto* best = adopted_.find(at);
    return best != nullptr ? &best->value : nullptr;
  }
  friend bool operator==(const phase_one&, const phase_one&) = default;

 private:
  prepare asked_;
  std::vector<site_id> promised_;  // sorted
  slot chosen_through_;
  site_id best_informed_;
  flat_map<slot, accepted_value> adopted_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
