#pragma once
/// @file
/// How the state machine applies each kind of command.

#include <foreshift/consensus/state_machine.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Decisions are remembered this long, in log time, after a proposal's expiry; a verdict on an older one is
/// refused unread, so that the memory of decided proposals is bounded and yet none is decided twice.
inline constexpr duration decision_memory = std::chrono::hours{1};
/// Destination hosts whose reservations are counted; a proposal that could lead beyond is refused.
inline constexpr std::size_t ledger_count_max = std::size_t{1} << 20;

template <class D, class R>
basic_state_machine<D, R>::basic_state_machine(const genesis& start)
    : epochs_(start.members),
      credits_(start.credits),
      computes_credits_(start.computes_credits),
      clock_(start.log_time) {
  FORESHIFT_EXPECT(!blocked_by_silence(start.members, credits_));
  std::vector<effect> unheard;
  for (std::uint32_t i = 0; i < start.subsets.size(); ++i) {
    FORESHIFT_EXPECT(start.members.has(start.subsets[i].owner));
    const auto refused = authorities_.define(start.subsets[i], {slot{}, i + 1}, unheard);
    FORESHIFT_EXPECT(refused == refusal::none);
  }
}

template <class D, class R>
std::vector<effect> basic_state_machine<D, R>::apply(slot at, const entry& value) {
  FORESHIFT_EXPECT(at == next(applied_));
  applied_ = at;
  byte_writer link;
  wire_writer{link}(chain_, at, value);
  chain_ = digest_of(link.view());
  clock_.advance(value.header.proposed_at);
  forget_expired();

  std::vector<effect> out;
  log_position position{at, 0};
  for (const auto bytes : value.commands) {
    if (const auto asked = from_canonical<command>(bytes))
      run(*asked, position, out);
    else
      out.push_back(unreadable_command{position});
    ++position.index;
  }
  activate_pending(out);
  return out;
}

template <class D, class R>
void basic_state_machine<D, R>::run(const command& asked, log_position at, std::vector<effect>& out) {
  if (const auto before = duplicates_.find(asked.id)) {
    out.push_back(command_done{asked.id, before->at, before->reason, true});
    return;
  }
  // Strangers get no session: the table stays bounded by the members.
  if (!epochs_.of(at.at).has(asked.id.client)) {
    duplicates_.refuse(asked.id);
    return out.push_back(command_done{asked.id, at, refusal::not_a_member, false});
  }
  const command_context context{at, asked.id.client, clock_.now()};
  const refusal reason =
      std::visit([&](const auto& what) { return apply_one(what, context, out); }, asked.what);
  duplicates_.record(asked.id, {at, reason});
  out.push_back(command_done{asked.id, at, reason, false});
}

template <class D, class R>
refusal basic_state_machine<D, R>::apply_one(const define_subset& asked, const command_context& context,
                                             std::vector<effect>& out) {
  if (!stays(asked.owner, context.at.at)) return refusal::wrong_successor;
  return authorities_.define(asked, context.at, out);
}

template <class D, class R>
refusal basic_state_machine<D, R>::apply_one(const prepare_transfer& asked, const command_context& context,
                                             std::vector<effect>& out) {
  if (!stays(asked.to, context.at.at)) return refusal::wrong_successor;
  return authorities_.prepare(asked, context, out);
}

template <class D, class R>
refusal basic_state_machine<D, R>::apply_one(const decide& asked, const command_context& context,
                                             std::vector<effect>& out) {
  const auto& header = asked.header;
  if (!well_formed(header) || asked.evidence.header != canonical_digest(header))
    return refusal::ill_formed_proposal;
  if (decided_.contains(header.id)) return refusal::already_decided;
  if (context.log_time > later(header.expires_at, decision_memory)) return refusal::forgotten;
  if (header.expires_at > later(context.log_time, time_to_live_max)) return refusal::out_of_bounds;
  if (ledgers_.size() + header.hosts.size() > ledger_count_max) return refusal::out_of_bounds;

  const refusal reason =
      R::on(asked, {epochs_.of(context.at.at), credits_, authorities_, ledgers_, context.log_time});
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

template <class D, class R>
void basic_state_machine<D, R>::approve(const proposal_header& header, log_position at,
                                        std::vector<effect>& out) {
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

template <class D, class R>
refusal basic_state_machine<D, R>::apply_one(const credit_update& asked, const command_context& context,
                                             std::vector<effect>& out) {
  if (computes_credits_) return refusal::credits_computed;
  if (asked.from_version != credits_.version) return refusal::stale_version;
  const auto own = [&](const credit_entry& entry) { return entry.site == context.client; };
  if (std::any_of(asked.credits.begin(), asked.credits.end(), own)) return refusal::self_reported;
  return earn(asked.credits, context.at.at, out);
}

template <class D, class R>
refusal basic_state_machine<D, R>::compute_credits(std::span<const credit_entry> earned,
                                                   std::vector<effect>& out) {
  FORESHIFT_EXPECT(computes_credits_);
  return earn(earned, next(applied_), out);  // they weigh from there on
}

template <class D, class R>
refusal basic_state_machine<D, R>::earn(std::span<const credit_entry> earned, slot at,
                                        std::vector<effect>& out) {
  credit_table proposed = credits_;
  for (const auto& entry : earned) {
    if (!epochs_.of(at).has(entry.site)) return refusal::not_a_member;
    if (std::binary_search(frozen_.begin(), frozen_.end(), entry.site)) return refusal::site_frozen;
    if (entry.earned > credit_max) return refusal::out_of_bounds;
    proposed.earned.insert_or_assign({entry.site, entry.on}, entry.earned);
  }
  if (proposed.earned.size() > site_count_max * class_count_max) return refusal::out_of_bounds;
  // Those of the pending epoch too: it was let in under the credits of its time.
  const auto* pending = epochs_.pending(at);
  auto blocked = blocked_by_silence(epochs_.of(at), proposed);
  if (!blocked && pending != nullptr) blocked = blocked_by_silence(pending->members, proposed);
  if (blocked) {
    out.push_back(credits_refused{*blocked});
    return refusal::class_blocked;
  }
  proposed.version += 1;
  credits_ = std::move(proposed);
  out.push_back(credits_changed{credits_.version});
  return refusal::none;
}

template <class D, class R>
result<void, decode_error> basic_state_machine<D, R>::restore(byte_span saved) {
  auto kept = unseal<basic_state_machine>(saved_version, saved, no_wire_limits);
  if (!kept) return failure{kept.error()};
  *this = std::move(*kept);
  return {};
}

template <class D, class R>
bool basic_state_machine<D, R>::restored() const {
  constexpr std::uint64_t slot_end = std::uint64_t{1} << 44;  // of `mint_migration`
  const auto& granted = authorities_.authorities();
  const auto not_later = [&](const auto& held) { return held.second.token.at <= applied_; };
  const auto out_of_order = std::adjacent_find(frozen_.begin(), frozen_.end(), std::greater_equal{});
  return applied_.value < slot_end && std::all_of(granted.begin(), granted.end(), not_later) &&
         epochs_.newest().from.value <= applied_.value + epochs_.of(applied_).alpha() &&
         out_of_order == frozen_.end();
}

/// One epoch at a time: the next only when the last is in force and an entry has been chosen in it, whatever
/// it says and whoever's it was at first: it took quorums of this epoch, which is what the next one is to
/// build upon. What a wish leads to depends on nothing but the state it is applied to.
template <class D, class R>
refusal basic_state_machine<D, R>::apply_one(const change_epoch& asked, const command_context& context,
                                             std::vector<effect>& out) {
  const slot at = context.at.at;
  const epoch& in_force = epochs_.of(at);
  const auto refuse = [&](epoch_refused why) { return out.push_back(why), why.reason; };
  if (asked.from != in_force.identity()) return refuse({refusal::stale_epoch, {}, {}});
  if (epochs_.pending(at) != nullptr) return refuse({refusal::epoch_pending, {}, {}});
  if (epochs_.first_slot_of(at) == at) return refuse({refusal::epoch_unsettled, {}, {}});
  const auto made = next_epoch(asked.to, {in_force, credits_, frozen_});
  if (!made) return refuse(made.error());
  if (!duplicates_.has_room_for(made->electors().size() + made->learners().size()))
    return refuse({refusal::out_of_bounds, {}, {}});
  for (const auto& [what, held] : authorities_.authorities())
    if (!made->has(held.owner) || (held.state != authority_state::active && !made->has(held.pending.to)))
      return refuse({refusal::still_owner, {}, {}});
  epochs_.decide({slot{at.value + in_force.alpha()}, *made});
  out.push_back(epoch_decided{epochs_.newest()});
  return refusal::none;
}

template <class D, class R>
refusal basic_state_machine<D, R>::apply_one(const freeze& asked, const command_context& context,
                                             std::vector<effect>& out) {
  if (!epochs_.of(context.at.at).has(asked.what)) return refusal::not_a_member;
  const auto place = std::lower_bound(frozen_.begin(), frozen_.end(), asked.what);
  const bool is_held = place != frozen_.end() && *place == asked.what;
  if (asked.held == is_held) return refusal::none;
  if (asked.held)
    frozen_.insert(place, asked.what);
  else
    frozen_.erase(place);
  out.push_back(site_frozen{asked.what, asked.held});
  return refusal::none;
}

/// The entry just applied was the last of its epoch. What the tables hold of members that have left goes.
template <class D, class R>
void basic_state_machine<D, R>::activate_pending(std::vector<effect>& out) {
  if (epochs_.newest().from != next(applied_)) return;
  const auto& members = epochs_.newest().members;
  const auto leave = [&](site_id site) {
    if (!members.has(site)) duplicates_.retire(site);
  };
  for (const auto& member : epochs_.of(applied_).electors()) leave(member.site);
  for (const site_id site : epochs_.of(applied_).learners()) leave(site);
  credits_.earned.erase_if([&](const auto& key, credit) { return !members.has(key.first); });
  std::erase_if(frozen_, [&](site_id site) { return !members.has(site); });
  out.push_back(epoch_activated{epochs_.newest()});
}

template <class D, class R>
void basic_state_machine<D, R>::forget_expired() {
  decided_.erase_if(
      [&](proposal_id, time_point expires_at) { return clock_.now() > later(expires_at, decision_memory); });
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
