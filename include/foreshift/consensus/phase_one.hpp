#pragma once
/// @file
/// Phase 1 of a ballot: gather promises, and find out what must be proposed.
///
/// Once a quorum has promised, no lower ballot can choose anything any more, and whatever one may have chosen
/// has been reported. So in every slot the value reported under the highest ballot is adopted, certificate
/// and header included, and slots in which nothing was reported below one in which something was are filled
/// with no-ops.
///
/// Source: L. Lamport, "Paxos made simple", 2001, sections 2.2 and 3.

#include <foreshift/consensus/message.hpp>
#include <foreshift/consensus/quorum.hpp>
#include <foreshift/core/flat_map.hpp>

#include <algorithm>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A regular value.
class phase_one {
 public:
  phase_one() = default;
  explicit phase_one(prepare asked) : asked_(asked) {}

  [[nodiscard]] const prepare& asked() const { return asked_; }

  /// Counts a promise for this ballot; any other and a second one from a site change nothing.
  void record(std::span<const elector> electors, site_id from, const promise& given) {
    if (given.number != asked_.number || !promised_.record(electors, from)) return;
    if (given.chosen_through > chosen_through_) {
      chosen_through_ = given.chosen_through;
      best_informed_ = from;
    }
    for (const auto& reported : given.accepted) {
      auto& best = adopted_[reported.at];
      if (best.number < reported.number) best = reported;
    }
  }

  [[nodiscard]] bool complete(std::span<const elector> electors) const { return promised_.won(electors); }
  [[nodiscard]] bool has_answered(std::span<const elector> electors, site_id site) const {
    return !tally{promised_}.record(electors, site);
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
  tally promised_;
  slot chosen_through_;
  site_id best_informed_;
  flat_map<slot, accepted_value> adopted_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
