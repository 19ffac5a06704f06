#pragma once
/// @file
/// What applying a log entry did: the state machine's answers to the floors above.

#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/epoch_table.hpp>

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Why a command changed nothing, or a proposal was not approved. The same on every site.
enum class refusal : std::uint8_t {
  none,
  malformed,            ///< the bytes are no command
  forgotten,            ///< too old to tell whether it has been applied; not run again
  ill_formed_proposal,  ///< or its digest is not the one voted on
  already_decided,
  voted_down,
  deadline_passed,
  evidence_falls_short,  ///< the certificate does not recompute
  stale_epoch,
  stale_credit,
  subset_moved_on,  ///< a subset's version is not the one the proposal was made from
  host_reserved,    ///< a destination's ledger has moved on
  unknown_subset,
  unknown_migration,
  subset_exists,
  workload_taken,  ///< it belongs to another subset
  not_a_member,
  not_the_owner,
  stale_token,
  wrong_state,  ///< the step does not follow from the state of the subset or the migration
  wrong_successor,
  too_early,  ///< the transfer's deadline has not passed, nor has its owner said that it has stopped
  stale_version,
  self_reported,  ///< a site does not report its own credit
  out_of_bounds,
  class_blocked,     ///< f silent voters could block a class for ever
  epoch_pending,     ///< an epoch has been decided and is not in force yet
  epoch_unsettled,   ///< nothing has been decided in the epoch in force yet
  epoch_invalid,     ///< the table makes no epoch; `epoch_refused` says why
  cap_out_of_reach,  ///< no step from the weights in force reaches a table that tolerates f silent members
  still_owner,       ///< a site that would leave owns a subset or is about to
  site_frozen,       ///< a site's credits were to change while it is away
  workload_moving,   ///< an earlier move of it is not settled
  credits_computed,  ///< credits follow from the log here; none are submitted
};
constexpr refusal last_of(refusal) { return refusal::credits_computed; }

[[nodiscard]] constexpr std::string_view name_of(refusal r) {
  constexpr std::string_view names[] = {"none",
                                        "malformed",
                                        "forgotten",
                                        "ill_formed_proposal",
                                        "already_decided",
                                        "voted_down",
                                        "deadline_passed",
                                        "evidence_falls_short",
                                        "stale_epoch",
                                        "stale_credit",
                                        "subset_moved_on",
                                        "host_reserved",
                                        "unknown_subset",
                                        "unknown_migration",
                                        "subset_exists",
                                        "workload_taken",
                                        "not_a_member",
                                        "not_the_owner",
                                        "stale_token",
                                        "wrong_state",
                                        "wrong_successor",
                                        "too_early",
                                        "stale_version",
                                        "self_reported",
                                        "out_of_bounds",
                                        "class_blocked",
                                        "epoch_pending",
                                        "epoch_unsettled",
                                        "epoch_invalid",
                                        "cap_out_of_reach",
                                        "still_owner",
                                        "site_frozen",
                                        "workload_moving",
                                        "credits_computed"};
  return names[static_cast<std::size_t>(r)];
}

/// A proposal has its verdict, for good. `reason` is none when it was approved.
struct proposal_decided {
  proposal_id proposal;
  refusal reason = refusal::none;
  std::vector<migration_id>
      migrations;  ///< minted, one per change, in the header's order; of an approved migrate
  friend bool operator==(const proposal_decided&, const proposal_decided&) = default;
};
/// The certificate was made under an epoch or credits of the past: ask again in the next attempt.
struct proposal_undecided {
  proposal_id proposal;
  std::uint32_t attempt = 0;
  refusal reason = refusal::none;
  friend bool operator==(const proposal_undecided&, const proposal_undecided&) = default;
};
/// A subset was defined, is being transferred, or has a new owner or token.
struct authority_changed {
  subset_id what;
  authority now;
  friend bool operator==(const authority_changed&, const authority_changed&) = default;
};
/// A migration was approved, started, committed, aborted or settled. When it says started, the owner may act
/// on it under the token: this is said once in the life of a migration.
struct migration_advanced {
  migration_id what;
  migration_intent intent;
  bool settled = false;
  friend bool operator==(const migration_advanced&, const migration_advanced&) = default;
};
struct credits_changed {
  std::uint64_t version = 0;
  friend bool operator==(const credits_changed&, const credits_changed&) = default;
};
/// Credits were not changed, since f silent voters could block every proposal on this class under them.
struct credits_refused {
  class_id blocked;
  friend bool operator==(const credits_refused&, const credits_refused&) = default;
};
/// The next epoch is decided and pending.
struct epoch_decided {
  decided_epoch what;
  friend bool operator==(const epoch_decided&, const epoch_decided&) = default;
};
/// The epoch of every slot from the next one on. Votes and certificates of the one before count no more.
struct epoch_activated {
  decided_epoch what;
  friend bool operator==(const epoch_activated&, const epoch_activated&) = default;
};
/// Why there is no next epoch.
struct epoch_refused {
  refusal reason = refusal::none;
  std::optional<epoch_error> error{};  ///< what is wrong with the table
  std::optional<class_id> blocked{};   ///< the class of workloads that f silent voters could block
  friend bool operator==(const epoch_refused&, const epoch_refused&) = default;
};
/// A member is away, or back.
struct site_frozen {
  site_id what;
  bool held = false;
  friend bool operator==(const site_frozen&, const site_frozen&) = default;
};
/// A remark was read, once. Whoever keeps a state of remarks that sites must agree on goes by this log time:
/// the state machine may have applied later entries before the effect is heard, on one site more than on
/// another.
struct remarked {
  site_id author;
  byte_string body;
  time_point log_time;  ///< when it was applied
  friend bool operator==(const remarked&, const remarked&) = default;
};
/// The answer to a command. Every command that can be read gets exactly one; a retry gets the first one
/// again.
struct command_done {
  command_id command;
  log_position at;  ///< where it was applied
  refusal reason = refusal::none;
  bool duplicate = false;
  friend bool operator==(const command_done&, const command_done&) = default;
};
/// Bytes that are no command stood in the log. They change nothing.
struct unreadable_command {
  log_position at;
  friend bool operator==(const unreadable_command&, const unreadable_command&) = default;
};

using effect = std::variant<proposal_decided, proposal_undecided, authority_changed, migration_advanced,
                            credits_changed, remarked, command_done, unreadable_command, epoch_decided,
                            epoch_activated, epoch_refused, site_frozen, credits_refused>;

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
