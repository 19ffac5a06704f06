#pragma once
/// @file
/// How the state machine applies each kind of command.

#include <foreshift/consensus/state_machine.hpp>

#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Decisions are remembered this long, in log time, after a proposal's expiry; a verdict on an older one is
/// refused unread, so that the memory of decided proposals is bounded and yet none is decided twice.
inline constexpr duration decision_memory = std::chrono::hours{1};

inline state_machine::state_machine(const genesis& start)
    : members_(start.members), credits_(start.credits), clock_(start.log_time) {
  FORESHIFT_EXPECT(!blocked_by_silence(members_, credits_));
  std::vector<effect> unheard;
  for (std::uint32_t i = 0; i < start.subsets.size(); ++i) {
    FORESHIFT_EXPECT(members_.has(start.subsets[i].owner));
    const auto refused = authorities_.define(start.subsets[i], {slot{}, i + 1}, unheard);
    FORESHIFT_EXPECT(refused == refusal::none);
  }
}

inline std::vector<effect> state_machine::apply(slot at, const entry& value) {
  FORESHIFT_EXPECT(at == next(applied_));
  applied_ = at;
  byte_writer link;
  wire_writer{link}(chain_, at, value);
  chain_ = digest_of(link.view());
  clock_.advance(value.header.proposed_at);
  forget_expired();

  std::vector<effect> out;
  for (std::uint32_t i = 0; i < value.commands.size(); ++i) {
    const log_position position{at, i};
    if (const auto asked = from_canonical<command>(value.commands[i]))
      run(*asked, position, out);
    else
      out.push_back(unreadable_command{position});
  }
  return out;
}

inline void state_machine::run(const command& asked, log_position at, std::vector<effect>& out) {
  if (const auto before = duplicates_.find(asked.id)) {
    out.push_back(command_done{asked.id, before->at, before->reason, true});
    return;
  }
  const command_context context{at, asked.id.client, clock_.now()};
  const refusal reason =
      !members_.has(asked.id.client)
          ? refusal::not_a_member
          : std::visit([&](const auto& what) { return apply_one(what, context, out); }, asked.what);
  // Strangers get no session: the table stays bounded by the members.
  if (reason != refusal::not_a_member) duplicates_.record(asked.id, {at, reason});
  out.push_back(command_done{asked.id, at, reason, false});
}

inline refusal state_machine::apply_one(const define_subset& asked, const command_context& context,
                                        std::vector<effect>& out) {
  if (!members_.has(asked.owner)) return refusal::wrong_successor;
  return authorities_.define(asked, context.at, out);
}

inline refusal state_machine::apply_one(const prepare_transfer& asked, const command_context&,
                                        std::vector<effect>& out) {
  if (!members_.has(asked.to)) return refusal::wrong_successor;
  return authorities_.prepare(asked, out);
}

inline refusal state_machine::apply_one(const decide& asked, const command_context& context,
                                        std::vector<effect>& out) {
  const auto& header = asked.header;
  if (!well_formed(header) || asked.evidence.header != canonical_digest(header))
    return refusal::ill_formed_proposal;
  if (decided_.contains(header.id)) return refusal::already_decided;
  if (context.log_time > later(header.expires_at, decision_memory)) return refusal::forgotten;

  const refusal reason = rule_on(asked, {members_, credits_, authorities_, ledgers_, context.log_time});
  if (leaves_undecided(reason)) {
    out.push_back(proposal_undecided{header.id, asked.evidence.attempt, reason});
    return reason;
  }
  // A refusal without evidence must not kill a proposal that may still be approved.
  if (reason == refusal::evidence_falls_short && asked.evidence.outcome != vote_outcome::approved)
    return reason;
  decided_.insert_or_assign(header.id, header.expires_at);
  if (reason == refusal::none)
    approve(header, context.at, out);
  else
    out.push_back(proposal_decided{header.id, reason, {}});
  return reason;
}

inline void state_machine::approve(const proposal_header& header, log_position at, std::vector<effect>& out) {
  proposal_decided verdict{header.id, refusal::none, {}};
  if (header.kind == proposal_kind::migrate)
    for (std::size_t i = 0; i < header.changes.size(); ++i)
      verdict.migrations.push_back(mint_migration(at, i));
  out.push_back(verdict);
  for (const auto& base : header.subsets) authorities_.touch(base.id, out);
  for (const auto& base : header.hosts) ledgers_[base.id] += 1;
  for (std::size_t i = 0; i < verdict.migrations.size(); ++i) {
    const auto& change = header.changes[i];
    authorities_.approve(
        verdict.migrations[i],
        {header.id, change.within, change.workload, change.destination, migration_state::approved, {}}, out);
  }
}

inline refusal state_machine::apply_one(const credit_update& asked, const command_context& context,
                                        std::vector<effect>& out) {
  if (asked.from_version != credits_.version) return refusal::stale_version;
  credit_table proposed = credits_;
  for (const auto& entry : asked.credits) {
    if (!members_.has(entry.site)) return refusal::not_a_member;
    if (entry.site == context.client) return refusal::self_reported;
    if (entry.earned > credit_max) return refusal::out_of_bounds;
    proposed.earned.insert_or_assign({entry.site, entry.on}, entry.earned);
  }
  if (proposed.earned.size() > site_count_max * class_count_max) return refusal::out_of_bounds;
  if (blocked_by_silence(members_, proposed)) return refusal::class_blocked;
  proposed.version += 1;
  credits_ = std::move(proposed);
  out.push_back(credits_changed{credits_.version});
  return refusal::none;
}

inline result<void, decode_error> state_machine::restore(byte_span saved) {
  auto kept = unseal<state_machine>(saved_version, saved, no_wire_limits);
  if (!kept) return failure{kept.error()};
  *this = std::move(*kept);
  return {};
}

inline bool state_machine::restored() const {
  constexpr std::uint64_t slot_end = std::uint64_t{1} << 44;  // of `mint_migration`
  const auto& granted = authorities_.authorities();
  return applied_.value < slot_end && std::all_of(granted.begin(), granted.end(), [&](const auto& held) {
           return held.second.token.at <= applied_;
         });
}

inline void state_machine::forget_expired() {
  decided_.erase_if(
      [&](proposal_id, time_point expires_at) { return clock_.now() > later(expires_at, decision_memory); });
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
