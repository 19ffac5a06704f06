#pragma once
/// @file
/// How a replica follows the epochs: what it hears of them, whom it speaks to, and how it leaves.

#include <foreshift/consensus/replica.hpp>

#include <algorithm>

namespace foreshift::inline FORESHIFT_ABI::consensus {

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::on(const applied& in, duties& out) {
  if (in.through <= applied_ || in.through > delivered_) return;
  const epoch_number before = members().number();
  applied_ = in.through;
  if (in.decided && in.decided->from > epochs_.newest().from && in.decided->from > applied_ &&
      in.decided->members.number() == next(epochs_.newest().members.number())) {
    epochs_.decide(*in.decided);
    acceptor_.take_window(std::max(acceptor_window(members()), acceptor_window(in.decided->members)));
  }
  if (members().number() != before) begin_epoch(out);
  // The promises held may be no quorum of the next epoch: gather more before its first slot is due.
  if (auto* own = std::get_if<leading<P2>>(&role_);
      own != nullptr && (in.decided || members().number() != before) && promises_fall_short(own->proposing))
    ask_for_promises(own->proposing.promises(), out);
}

/// What was gathered from sites that have left counts no more, and a proposer that has left leads no more.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::begin_epoch(duties& out) {
  departure_ = {};
  reads_.restart();
  acceptor_.take_window(acceptor_window(members()));
  const auto stays = [&](site_id site) { return members().has(site); };
  if (auto* own = std::get_if<leading<P2>>(&role_)) own->begin_epoch(now_, stays);
  if (auto* asking = std::get_if<preparing<P1>>(&role_)) asking->promises.retire(stays);
  if (members().is_elector(config_.self) || std::holds_alternative<following>(role_)) return;
  if (const auto* own = std::get_if<leading<P2>>(&role_)) {  // whoever has come furthest need not wait
    const auto electors = members().electors();
    const auto less = [&](const elector& a, const elector& b) {
      return own->progress(a.site) < own->progress(b.site);
    };
    const site_id to = std::max_element(electors.begin(), electors.end(), less)->site;
    send(to, hand_over{own->proposing.number()}, {}, out);
  }
  step_down();
}

/// A message names its slot's epoch, or the newest in force at its sender; a slot whose epoch is not known
/// here yet may be any.
template <class A, class P1, class P2>
bool basic_replica<A, P1, P2>::slot_agrees(const message& what) const {
  const auto at = slot_of(what.body);
  return !at || *at <= log_.through() || !epochs_.knows(*at, applied_) ||
         epochs_.of(*at).number() == what.epoch;
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear_other_epoch(const received& in, duties& out) {
  const auto& body = in.what.body;
  if (in.what.epoch > epochs_.newest().members.number()) {
    // This site is the stale one. It takes no part before it knows who counts, and disturbs nobody.
    if (catch_up_.awaits(in.from)) {
      if (const auto* chosen = std::get_if<catch_up_reply>(&body)) return hear(in.from, *chosen, out);
      if (const auto* offered = std::get_if<snapshot_offer>(&body)) return hear(in.from, *offered, out);
    }
    if (const auto* chunk = std::get_if<snapshot_chunk>(&body)) return hear(in.from, *chunk, out);
    if (std::holds_alternative<heartbeat>(body) || std::holds_alternative<accept>(body)) election_.rest(now_);
    return on_news(in.from, next(log_.through()), out);
  }
  hear_stranger(in, out);
}

/// A site that left long ago, follows another log or was never a member: it may learn what is chosen and
/// which epoch is in force, and takes no part. No answer to an answer.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear_stranger(const received& in, duties& out) {
  const auto& newest = epochs_.newest().members;
  const auto* notice = std::get_if<epoch_notice>(&in.what.body);
  if (in.what.epoch == newest.number() && in.what.epoch_digest == newest.identity() && notice == nullptr)
    return;
  const epoch* named = epochs_.find(in.what.epoch);
  const bool same_log = named == nullptr || named->identity() == in.what.epoch_digest;
  if (same_log && in.what.epoch < newest.number()) {
    if (const auto* asked = std::get_if<catch_up_request>(&in.what.body)) return hear(in.from, *asked, out);
    if (const auto* asked = std::get_if<snapshot_request>(&in.what.body)) return hear(in.from, *asked, out);
  }
  if (notice == nullptr || notice->asks)
    send(in.from, epoch_notice{log_.through(), false}, journal_.last(), out);
}

/// Tells a member that leaves how far this site has come, durably.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const epoch_notice& m, duties& out) {
  if (m.asks) send(from, epoch_notice{log_.through(), false}, journal_.last(), out);
  if (leaving()) departure_.on_news(from, m.chosen_through, epochs_.row(next(applied_)));
  on_news(from, m.chosen_through, out);
}

/// Who has left, or only follows and hears nobody, asks the members it knows: they may be in a later epoch.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::ask_how_far(duties& out) {
  for (const auto& member : epochs_.newest().members.electors())
    send(member.site, epoch_notice{log_.through(), true}, {}, out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::send_to_electors(slot at, const accept& body, duties& out) {
  for (const auto& member : epochs_.of(at).electors()) send(member.site, body, opened_at_, out);
}

/// To every member in force or about to be: learners follow the beat, and who joins catches up before it
/// counts.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::beat_all(std::uint64_t number, duties& out) {
  const heartbeat said{std::get<leading<P2>>(role_).proposing.number(), number, log_.through(),
                       config_.lease.length, config_.lease.length > duration{} ? now_ : time_point{}};
  const epoch& in_force = members();
  const auto each = [&](const epoch& of, auto skip) {
    for (const auto& member : of.electors())
      if (!skip(member.site)) send(member.site, said, {}, out);
    for (const site_id site : of.learners())
      if (!skip(site)) send(site, said, {}, out);
  };
  each(in_force, [](site_id) { return false; });
  if (const auto* pending = epochs_.pending(next(applied_)))
    each(pending->members, [&](site_id site) { return in_force.has(site); });
}

/// Asks the electors of every epoch that governs an open slot, those who have answered aside.
template <class A, class P1, class P2>
template <class Promises>
void basic_replica<A, P1, P2>::ask_for_promises(const Promises& held, duties& out) {
  std::vector<site_id> asked;
  for (const auto& row : epochs_.rows()) {
    if (row.from < epochs_.first_slot_of(next(log_.through()))) continue;
    for (const auto& member : row.members.electors()) {
      if (held.has_answered(member.site)) continue;
      if (std::find(asked.begin(), asked.end(), member.site) != asked.end()) continue;
      asked.push_back(member.site);
      send(member.site, held.asked(), opened_at_, out);
    }
  }
}

template <class A, class P1, class P2>
bool basic_replica<A, P1, P2>::promises_fall_short(const P2& proposing) const {
  const auto rows = epochs_.rows();
  return std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
    return row.from >= epochs_.first_slot_of(next(log_.through())) && !proposing.covers(row.members.voters());
  });
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
