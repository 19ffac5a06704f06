#pragma once
/// @file
/// How a replica follows, asks around, gathers promises and leads.

#include <foreshift/consensus/replica.hpp>

#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::on(const tick& in, duties& out) {
  now_ = std::max(now_, in.now);
  grant_.on_tick(now_);
  if (!first_tick_) {
    first_tick_ = now_;
    election_.rest(now_);
  }
  const auto& times = config_.times;
  const time_point overdue = now_ - times.retransmit;
  if (const auto ask = transfer_.on_tick(log_.through(), now_, times.retransmit, times.election_timeout))
    send(ask->to, ask->what, {}, out);
  if (auto* own = std::get_if<leading<P2>>(&role_)) {
    if (!own->supported(members().voters(), config_.self, now_, times.election_timeout)) return step_down();
    if (const auto number = own->beat(now_, times.heartbeat)) beat_all(*number, out);
    serve_leased_reads(out);
    own->proposing.retransmit(log_.through(), overdue, now_, [&](const accept& again, const tally& done) {
      const auto electors = epochs_.of(again.at).electors();
      for (const auto& member : electors)
        if (tally{done}.record(electors, member.site)) send(member.site, again, opened_at_, out);
    });
    if (own->promises_asked_at <= overdue && promises_fall_short(own->proposing)) {
      own->promises_asked_at = now_;
      ask_for_promises(own->proposing.promises(), out);
    }
  } else if (auto* asking = std::get_if<preparing<P1>>(&role_)) {
    if (now_ - asking->since >= times.election_timeout) return step_down();
    if (asking->asked_at > overdue) return;
    asking->asked_at = now_;
    ask_for_promises(asking->promises, out);
  } else if (!members().is_elector(config_.self)) {
    if (leaving() && !may_leave() && departure_.ask(now_, times.retransmit)) return ask_how_far(out);
    if (!election_.due(now_)) return;
    election_.retry(now_);
    ask_how_far(out);
  } else if (election_.due(now_) && !abstention_.holds()) {
    role_ = probing{};
    election_.retry(now_);
    const probe question = election_.ask(config_.self, log_.through());
    for (const auto& member : members().electors())
      if (member.site != config_.self) send(member.site, question, {}, out);
    if (election_.supported(members().voters())) open_ballot(out);
  }
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const probe& m, duties& out) {
  const bool willing = !leads() && first_tick_ && election_.willing(now_);
  send(from, probe_answer{m.number, willing, acceptor_.promised(), log_.through()}, {}, out);
  on_news(from, m.chosen_through, out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const probe_answer& m, duties& out) {
  highest_seen_ = std::max(highest_seen_, m.promised);
  on_news(from, m.chosen_through, out);
  election_.on_answer(from, m);
  if (std::holds_alternative<probing>(role_) && election_.supported(members().voters())) open_ballot(out);
}

/// The ballot is durable before anybody hears of it: a restarted site never uses it for another value.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::open_ballot(duties& out) {
  if (!epochs_.knows(next(log_.through()), applied_)) return;  // whose promises count?
  highest_seen_ = next_ballot(std::max(highest_seen_, acceptor_.promised()), config_.self);
  opened_at_ = journal_.write(ballot_record{highest_seen_}, out);
  const prepare asked{highest_seen_, next(log_.through())};
  auto& asking = role_.template emplace<preparing<P1>>(P1{asked}, now_, now_);
  ask_for_promises(asking.promises, out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const promise& m, duties& out) {
  if (auto* own = std::get_if<leading<P2>>(&role_)) {
    own->proposing.on_promise(from, m);
    return on_news(from, m.chosen_through, out);
  }
  auto* asking = std::get_if<preparing<P1>>(&role_);
  if (asking == nullptr) return;
  asking->promises.record(from, m);
  if (asking->promises.complete(epochs_.of(next(log_.through())).voters())) lead(out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::lead(duties& out) {
  P1 done = std::move(std::get<preparing<P1>>(role_).promises);
  const slot chosen = done.chosen_through();
  const site_id informed = done.best_informed();
  role_ = leading<P2>{P2{std::move(done), log_.through()}, now_};
  submitted_.offer_all_again();
  on_news(informed, chosen, out);
  beat(out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::beat(duties& out) {
  auto& own = std::get<leading<P2>>(role_);
  if (const auto number = own.beat(now_, duration{})) beat_all(*number, out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::step_down() {
  role_ = following{};
  election_.rest(now_);
}

/// Somebody leads under a ballot that is not below what was promised here.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::obey(ballot leader) {
  highest_seen_ = std::max(highest_seen_, leader);
  if (leader.site == config_.self) return;
  const auto* obeying = std::get_if<following>(&role_);
  if (obeying == nullptr || obeying->leader != leader) {
    role_ = following{leader};
    submitted_.offer_all_again();
  }
  election_.rest(now_);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id, const nack& m, duties&) {
  highest_seen_ = std::max(highest_seen_, m.promised);
  const auto* asking = std::get_if<preparing<P1>>(&role_);
  const auto* own = std::get_if<leading<P2>>(&role_);
  if ((asking != nullptr && asking->promises.asked().number == m.refused) ||
      (own != nullptr && own->proposing.number() == m.refused))
    step_down();
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::answer(site_id to, acceptor_answer said, duties& out) {
  if (said.persist) journal_.write(std::move(*said.persist), out);
  if (said.reply) send(to, std::move(*said.reply), journal_.last(), out);
  // A promise to a higher ballot ends the own one; without this a proposer would lead on, refused by itself.
  const auto* own = std::get_if<leading<P2>>(&role_);
  if (own != nullptr && own->proposing.number() < acceptor_.promised()) step_down();
  const auto* asking = std::get_if<preparing<P1>>(&role_);
  if (asking != nullptr && asking->promises.asked().number < acceptor_.promised()) step_down();
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const accept& m, duties& out) {
  if (m.number >= acceptor_.promised()) obey(m.number);
  if (!abstention_.holds()) answer(from, acceptor_.on_accept(m), out);
  if (m.at <= log_.through() && from != config_.self)
    hear(from, catch_up_request{m.at}, out);  // it proposes what is chosen already: tell it
  learn_under(m.number, m.chosen_through, out);
  on_news(from, m.chosen_through, out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const accepted& m, duties& out) {
  auto* own = std::get_if<leading<P2>>(&role_);
  if (own == nullptr) return;
  if (m.number == own->proposing.number()) own->hear(from, now_);
  if (auto chosen = own->proposing.on_accepted(epochs_.of(m.at).voters(), from, m))
    learn(m.at, std::move(*chosen), out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const heartbeat& m, duties& out) {
  if (m.number < acceptor_.promised())
    return send(from, nack{m.number, acceptor_.promised()}, journal_.last(), out);
  obey(m.number);
  learn_under(m.number, m.chosen_through, out);
  const duration granted = grant_.grant(m.number, m.lease, config_.lease.length);
  send(from, heartbeat_answer{m.number, m.beat, log_.through(), granted, m.sent}, {}, out);
  on_news(from, m.chosen_through, out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const heartbeat_answer& m, duties& out) {
  if (auto* own = std::get_if<leading<P2>>(&role_); own != nullptr && m.number == own->proposing.number()) {
    own->hear(from, now_);
    own->on_progress(from, m.chosen_through);
    own->lease.hear(from, std::min(m.sent, now_), config_.lease.dependable(m.granted));
    reads_.hear(from, m.beat);
  }
  on_news(from, m.chosen_through, out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const catch_up_request& m, duties& out) {
  if (auto reply = answer_catch_up(log_, m))
    send(from, std::move(*reply), {}, out);
  else if (m.from <= log_.base() && image_.through() != slot{})
    send(from, image_.offer(), {}, out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const catch_up_reply& m, duties& out) {
  if (m.from < first_slot) return;
  slot at = m.from;
  for (const auto& value : m.entries) {
    learn(at, value, out);
    at = next(at);
  }
  catch_up_.on_reply();
  on_news(from, m.chosen_through, out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const forward& m, duties&) {
  auto* own = std::get_if<leading<P2>>(&role_);
  if (own == nullptr || !members().has(from) || m.command.empty() || m.command.size() > entry_limit()) return;
  if (!own->proposing.carries(m.command)) own->queue.add(m.command);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::on_news(site_id from, slot through, duties& out) {
  if (from == config_.self || transfer_.under_way()) return;
  if (const auto ask = catch_up_.on_news(from, log_.through(), through, now_, config_.times.retransmit))
    send(from, *ask, {}, out);
}

/// An entry is chosen: keep it, durably in time, and let go of what it replaces. A proposer that learns of
/// another value than its own has been overtaken, and must not say under its ballot that the slot is chosen:
/// who accepted the own value there would take it for the chosen one.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::learn(slot at, entry value, duties& out) {
  if (log_.has(at)) return;
  if (auto* own = std::get_if<leading<P2>>(&role_); own != nullptr && own->proposing.contradicts(at, value))
    step_down();
  const entry* held = acceptor_.accepted_at(at);
  const bool known = held != nullptr && *held == value;
  if (!abstention_.holds())
    journal_.write(chosen_record{at, known ? std::nullopt : std::optional{value}}, out);
  log_.learn(at, std::move(value));
  acceptor_.release_through(log_.through());
  if (auto* own = std::get_if<leading<P2>>(&role_)) own->proposing.release_through(log_.through());
}

/// What the leader of a ballot says to be chosen, as far as it was accepted here under that ballot.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::learn_under(ballot number, slot through, duties& out) {
  for_each_chosen_under(log_, acceptor_, number, through,
                        [&](slot at, entry value) { learn(at, std::move(value), out); });
}

/// Offers the commands submitted here to whoever leads.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::offer(duties& out) {
  const time_point since = now_ - config_.times.election_timeout;
  if (!submitted_.may_offer(since)) return;
  const auto leader = distinguished_proposer();
  if (!leader || !members().has(config_.self)) return;  // a stranger's command would be refused for good
  submitted_.offer_due(since, now_,
                       [&](const shared_bytes& command) { send(*leader, forward{command}, run_at_, out); });
}

/// Opens slots while it is known who governs them, the promises held are a quorum there, and there is
/// something to say: first what phase 1 found, then new batches, then no-ops up to the first slot of a new
/// epoch.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::propose_due(duties& out) {
  while (auto* own = std::get_if<leading<P2>>(&role_)) {
    auto& proposing = own->proposing;
    const slot at = proposing.next_slot();
    const bool to_say = proposing.recovering() || !own->queue.empty() || reads_.waits();
    if (!to_say && at > epochs_.newest().from) return;
    const epoch& governing = epochs_.of(at);
    if (!epochs_.knows(at, applied_) || !governing.is_elector(config_.self)) return;
    if (!proposing.covers(governing.voters())) return;
    entry value{{governing.number(), now_}, {}};
    if (proposing.recovering()) {
      if (const entry* adopted = proposing.recovered(); adopted != nullptr) value = *adopted;
    } else if (own->handing_over) {
      return;
    } else if (!own->queue.empty()) {
      value.commands = own->queue.take(config_.batch_count, entry_limit());
    } else if (at > epochs_.newest().from &&
               (!reads_.waits() || own->settled(epochs_.first_slot_of(at), at))) {
      return;
    }
    if (!proposing.recovering()) own->on_own_entry(at, epochs_.first_slot_of(at));
    send_to_electors(at, proposing.propose(std::move(value), log_.through(), now_), out);
  }
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
