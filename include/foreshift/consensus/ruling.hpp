#pragma once
/// @file
/// Whether a certificate holds at the moment it is applied: a pure function of replicated state.

#include <foreshift/consensus/authority_table.hpp>
#include <foreshift/consensus/merit.hpp>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// What a proposal is held against when its verdict is applied.
struct ruling_state {
  const epoch& members;
  const credit_table& credits;
  const authority_table& authorities;
  const flat_map<host_id, std::uint64_t>& ledgers;  ///< version per destination host; absent means 0
  time_point log_time;
};

[[nodiscard]] inline credit_basis basis_of(const epoch& members, const credit_table& credits) {
  return {members.number(), members.identity(), credits.version};
}

/// True when the proposal stays open after this refusal; any other reason decides it.
[[nodiscard]] constexpr bool leaves_undecided(refusal reason) {
  return reason == refusal::stale_epoch || reason == refusal::stale_credit;
}

/// True when the evidence proves the outcome that it claims.
[[nodiscard]] inline bool recomputes(const decide& asked, const ruling_state& now) {
  const auto count = count_merit(asked.evidence.votes, asked.header.stakes, now.members, now.credits);
  if (!count) return false;
  switch (asked.evidence.outcome) {
    case vote_outcome::approved:
      return count->passes();
    case vote_outcome::rejected:
      return count->fails();
    case vote_outcome::deadline:
      return now.log_time > asked.header.expires_at;
  }
  return false;
}

/// None: approved. The order of the checks is part of the rule, since the reason is replicated.
[[nodiscard]] inline refusal rule_on(const decide& asked, const ruling_state& now) {
  const auto& header = asked.header;
  if (asked.evidence.basis.epoch != now.members.number() ||
      asked.evidence.basis.epoch_digest != now.members.identity())
    return refusal::stale_epoch;
  if (asked.evidence.basis.credit_version != now.credits.version) return refusal::stale_credit;
  if (!recomputes(asked, now)) return refusal::evidence_falls_short;
  if (asked.evidence.outcome == vote_outcome::rejected) return refusal::voted_down;
  if (asked.evidence.outcome == vote_outcome::deadline || now.log_time > header.expires_at)
    return refusal::deadline_passed;
  for (const auto& base : header.subsets) {
    const auto* held = now.authorities.find(base.id);
    if (held == nullptr) return refusal::unknown_subset;
    if (held->version != base.version) return refusal::subset_moved_on;
  }
  for (const auto& base : header.hosts) {
    const auto* ledger = now.ledgers.find(base.id);
    if ((ledger != nullptr ? *ledger : 0) != base.version) return refusal::host_reserved;
  }
  for (const auto& change : header.changes) {
    const auto& workloads = now.authorities.find_subset(change.within)->workloads;
    if (!std::binary_search(workloads.begin(), workloads.end(), change.workload))
      return refusal::ill_formed_proposal;
    // Two moves of one workload know nothing of each other: places keep records by migration, and what one
    // has stopped the other may start.
    if (now.authorities.moving(change.workload)) return refusal::workload_moving;
  }
  return refusal::none;
}

/// The rule as a part of the state machine, so that a test can put a broken one in.
struct ruling {
  [[nodiscard]] static refusal on(const decide& asked, const ruling_state& now) {
    return rule_on(asked, now);
  }
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
