#pragma once
/// @file
/// What has to happen now and then for a simulated run to mean anything.
///
/// A checker that finds nothing has perhaps seen nothing. So every branch worth taking has a name and a count
/// here, filled from what can be seen from outside: messages on the wire, effects of the log, disks and
/// places. Over many seeds none of them may stay at zero.

#include <foreshift/consensus/effect.hpp>
#include <foreshift/consensus/message.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::sim {

enum class occasion : std::uint8_t {
  leader_elected,
  leader_stepped_down,
  probe_refused,
  ballot_refused,      ///< a nack
  value_reported,      ///< a promise with accepted values in it
  value_adopted,       ///< proposed again under a later ballot
  gap_filled,          ///< a no-op in a slot of which nothing was known
  batch,               ///< an entry with several commands
  pipelined,           ///< a slot proposed while the one before was not chosen
  caught_up,           ///< a catch-up reply with entries
  snapshot_installed,  ///< by a site that lagged behind the cut of the others' logs
  command_forwarded,
  command_repeated,  ///< in the log a second time, and not applied
  records_torn,
  restarted_whole,  ///< a site that came back from its disk
  restart_refused,  ///< a disk that was damaged or blank
  quorum_lost,      ///< to damaged disks: the sites stood still for good
  halted,           ///< by a failed write or sync
  proposal_approved,
  proposal_voted_down,
  proposal_expired,
  proposal_asked_again,  ///< in the next attempt
  proposal_overtaken,    ///< a subset or host had moved on
  vote_repeated,
  subset_defined,
  transfer_prepared,
  transfer_activated,
  transfer_aborted,
  owner_taken_for_lost,  ///< a successor activated without the owner's word
  migration_started,
  migration_committed,
  migration_aborted,
  migration_settled,
  stale_token_in_log,  ///< a step under a token of the past
  stale_token_at_place,
  place_unreachable,  ///< and said so of every call
  start_refused,      ///< by a place
  copy_failed,        ///< it never ends, until it is given up
  moved_in_one_step,  ///< served at the destination
  moved_in_two_steps,
  moves_resumed,      ///< by a site that started, or went on, from a snapshot
  authority_renewed,  ///< for a move that would have waited for a token for ever
  moved_nowhere,      ///< a move to where the workload stands was given up
  credits_changed,
  credit_refused,
  answer_given,    ///< a client's call was answered
  answer_unknown,  ///< and one was given up, for its site died or did not answer in time
  read_while_written,
  read_confirmed,  ///< without an entry of the log: by a quorum, or by lease
  read_by_lease,
  read_refused,  ///< by a site that did not lead, or led no more
  epoch_activated,
  quorums_flexible,  ///< in an epoch that was activated phase 1 needs more than phase 2, or less
  lead_handed_over,
  epoch_refused,
  promises_recounted,  ///< a proposer asked for more promises under its ballot: a new epoch's quorum lacks
  member_left,         ///< and was stopped as soon as it might leave
  member_cut_short,    ///< and was stopped before
  member_returned,
  vote_across_epochs,     ///< a proposal asked again, for its votes were given under an epoch of the past
  verdict_across_epochs,  ///< and one whose verdict came into the log under a later epoch
};
inline constexpr std::size_t occasion_count = 61;

[[nodiscard]] constexpr std::string_view name_of(occasion o) {
  constexpr std::string_view names[] = {"leader_elected",
                                        "leader_stepped_down",
                                        "probe_refused",
                                        "ballot_refused",
                                        "value_reported",
                                        "value_adopted",
                                        "gap_filled",
                                        "batch",
                                        "pipelined",
                                        "caught_up",
                                        "snapshot_installed",
                                        "command_forwarded",
                                        "command_repeated",
                                        "records_torn",
                                        "restarted_whole",
                                        "restart_refused",
                                        "quorum_lost",
                                        "halted",
                                        "proposal_approved",
                                        "proposal_voted_down",
                                        "proposal_expired",
                                        "proposal_asked_again",
                                        "proposal_overtaken",
                                        "vote_repeated",
                                        "subset_defined",
                                        "transfer_prepared",
                                        "transfer_activated",
                                        "transfer_aborted",
                                        "owner_taken_for_lost",
                                        "migration_started",
                                        "migration_committed",
                                        "migration_aborted",
                                        "migration_settled",
                                        "stale_token_in_log",
                                        "stale_token_at_place",
                                        "place_unreachable",
                                        "start_refused",
                                        "copy_failed",
                                        "moved_in_one_step",
                                        "moved_in_two_steps",
                                        "moves_resumed",
                                        "authority_renewed",
                                        "moved_nowhere",
                                        "credits_changed",
                                        "credit_refused",
                                        "answer_given",
                                        "answer_unknown",
                                        "read_while_written",
                                        "read_confirmed",
                                        "read_by_lease",
                                        "read_refused",
                                        "epoch_activated",
                                        "quorums_flexible",
                                        "lead_handed_over",
                                        "epoch_refused",
                                        "promises_recounted",
                                        "member_left",
                                        "member_cut_short",
                                        "member_returned",
                                        "vote_across_epochs",
                                        "verdict_across_epochs"};
  static_assert(std::size(names) == occasion_count);
  return names[static_cast<std::size_t>(o)];
}

/// Counts of occasions. A regular value.
class coverage {
 public:
  void note(occasion o, std::uint64_t times = 1) { counts_[static_cast<std::size_t>(o)] += times; }
  [[nodiscard]] std::uint64_t of(occasion o) const { return counts_[static_cast<std::size_t>(o)]; }
  coverage& operator+=(const coverage& other) {
    for (std::size_t i = 0; i < occasion_count; ++i) counts_[i] += other.counts_[i];
    return *this;
  }

  /// A message on its way.
  void sent(const consensus::message_body& body) {
    using namespace consensus;
    if (const auto* answer = std::get_if<probe_answer>(&body)) {
      if (!answer->willing) note(occasion::probe_refused);
    } else if (std::holds_alternative<nack>(body)) {
      note(occasion::ballot_refused);
    } else if (const auto* given = std::get_if<promise>(&body)) {
      if (!given->accepted.empty()) note(occasion::value_reported);
    } else if (const auto* asked = std::get_if<accept>(&body)) {
      if (asked->value.commands.size() > 1) note(occasion::batch);
      if (asked->at.value > asked->chosen_through.value + 1) note(occasion::pipelined);
      if (asked->value.commands.empty()) note(occasion::gap_filled);
    } else if (const auto* reply = std::get_if<catch_up_reply>(&body)) {
      if (!reply->entries.empty()) note(occasion::caught_up);
    } else if (std::holds_alternative<forward>(body)) {
      note(occasion::command_forwarded);
    } else if (std::holds_alternative<hand_over>(body)) {
      note(occasion::lead_handed_over);
    }
  }
  /// A command of the log and its answer; once for each place in the log.
  void applied(const consensus::command& asked, const consensus::command_done& answer) {
    using namespace consensus;
    if (answer.duplicate) return note(occasion::command_repeated);
    if (answer.reason == refusal::stale_token) note(occasion::stale_token_in_log);
    if (std::holds_alternative<credit_update>(asked.what))
      note(answer.reason == refusal::none ? occasion::credits_changed : occasion::credit_refused);
    if (answer.reason != refusal::none) return;
    if (std::holds_alternative<define_subset>(asked.what)) note(occasion::subset_defined);
    if (std::holds_alternative<prepare_transfer>(asked.what)) note(occasion::transfer_prepared);
    if (std::holds_alternative<activate>(asked.what)) note(occasion::transfer_activated);
    if (std::holds_alternative<abort_transfer>(asked.what)) note(occasion::transfer_aborted);
    if (std::holds_alternative<start>(asked.what)) note(occasion::migration_started);
    if (std::holds_alternative<commit>(asked.what)) note(occasion::migration_committed);
    if (std::holds_alternative<abort>(asked.what)) note(occasion::migration_aborted);
    if (std::holds_alternative<settled>(asked.what)) note(occasion::migration_settled);
  }
  /// What else an entry did; once for each slot.
  void applied(const consensus::effect& what) {
    using namespace consensus;
    if (const auto* now = std::get_if<epoch_activated>(&what)) {
      note(occasion::epoch_activated);
      const auto spec = now->what.members.spec();
      if (spec.promises != spec.accepts) note(occasion::quorums_flexible);
    }
    if (std::holds_alternative<epoch_refused>(what)) note(occasion::epoch_refused);
    if (const auto* open = std::get_if<proposal_undecided>(&what)) {
      note(occasion::proposal_asked_again);
      if (open->reason == refusal::stale_epoch) note(occasion::verdict_across_epochs);
    }
    const auto* decided = std::get_if<proposal_decided>(&what);
    if (decided == nullptr) return;
    if (decided->reason == refusal::none) note(occasion::proposal_approved);
    if (decided->reason == refusal::voted_down) note(occasion::proposal_voted_down);
    if (decided->reason == refusal::deadline_passed) note(occasion::proposal_expired);
    if (decided->reason == refusal::subset_moved_on || decided->reason == refusal::host_reserved)
      note(occasion::proposal_overtaken);
  }
  friend bool operator==(const coverage&, const coverage&) = default;

 private:
  std::array<std::uint64_t, occasion_count> counts_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
