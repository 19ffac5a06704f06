#pragma once
/// @file
/// What only the distinguished proposer does: it serves reads, and hands the lead over.

#include <foreshift/consensus/replica.hpp>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A round begins only when an entry of the own ballot is chosen in the epoch of the next slot. One chosen in
/// an earlier epoch is not enough: a lower ballot with a phase-1 quorum of the newest one may have chosen
/// values there that this ballot has not heard of, and its members would confirm this higher ballot all the
/// same. And that epoch has to be the one in force here, whose members confirm: what is chosen and not
/// applied may bring another, in which a higher ballot has chosen something already.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::serve_reads(duties& out) {
  if (reads_.empty()) return;
  auto* own = std::get_if<leading<P2>>(&role_);
  if (own == nullptr) return reads_.refuse_all(out.reads);
  reads_.take_confirmed(members().voters(), config_.self, out.reads);
  const slot open = next(log_.through());
  if (!reads_.may_begin() || leased() || !epochs_.knows(open, applied_) ||
      epochs_.of(open).number() != members().number() ||
      !own->settled(epochs_.first_slot_of(open), log_.through()))
    return;
  const auto number = own->beat(now_, duration{});
  reads_.begin(log_.through(), *number);
  beat_all(*number, out);
  reads_.take_confirmed(members().voters(), config_.self, out.reads);  // a site alone is its own quorum
}

/// The grants have to come from a quorum of the epoch of the next slot, so that nobody can choose there.
template <class A, class P1, class P2>
bool basic_replica<A, P1, P2>::leased() const {
  const auto* own = std::get_if<leading<P2>>(&role_);
  const slot open = next(log_.through());
  return own != nullptr && config_.lease.length > duration{} && epochs_.knows(open, applied_) &&
         own->settled(epochs_.first_slot_of(open), log_.through()) &&
         own->lease.holds(epochs_.of(open).voters(), now_);
}

/// In the step of a tick alone: the site may have slept since the one before, and the lease with it.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::serve_leased_reads(duties& out) {
  if (!reads_.empty() && leased()) reads_.serve_all(log_.through(), out.reads);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::on(const step_aside& in, duties&) {
  auto* own = std::get_if<leading<P2>>(&role_);
  if (own == nullptr || in.to == config_.self || !members().is_elector(in.to)) return;
  own->handing_over = {in.to, now_ + config_.times.election_timeout};
}

/// The successor is told when it holds everything that is chosen and nothing is under way; until then nothing
/// new is begun. One that does not come so far in time does not get the lead.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hand_over_due(duties& out) {
  auto* own = std::get_if<leading<P2>>(&role_);
  if (own == nullptr || !own->handing_over) return;
  const site_id to = own->handing_over->to;
  if (now_ >= own->handing_over->until) return own->handing_over.reset();
  if (!own->proposing.idle() || own->progress(to) < log_.through()) return;
  send(to, hand_over{own->proposing.number()}, {}, out);
  step_down();
}

/// Any site may open a ballot of its own at any time; this one need not ask around before.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id, const hand_over& m, duties& out) {
  highest_seen_ = std::max(highest_seen_, m.number);
  if (m.number < acceptor_.promised() || leads() || !members().is_elector(config_.self)) return;
  open_ballot(out);
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
