#pragma once
/// @file
/// The replica's recovery, its inputs, and what every step ends with.

#include <foreshift/consensus/replica.hpp>

#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

template <class A, class P1, class P2>
basic_replica<A, P1, P2>::basic_replica(replica_config config)
    : config_(std::move(config)),
      epochs_(config_.members),
      election_(config_.times, config_.seed, config_.self.value, config_.deference),
      acceptor_(acceptor_window(config_.members)),
      submitted_(config_.submitted_max) {
  config_.batch_count = std::clamp<std::size_t>(config_.batch_count, 1, batch_count_max);
  config_.chunk_size = std::clamp<std::size_t>(config_.chunk_size, 1, blob_size_max);
  config_.lease.length = std::clamp(config_.lease.length, duration{}, config_.times.election_timeout / 2);
  grant_ = lease_grant{config_.lease.length};
}

template <class A, class P1, class P2>
auto basic_replica<A, P1, P2>::recover(replica_config config, byte_span snapshot,
                                       std::span<const stored_record> records)
    -> result<basic_replica, recovery_error> {
  basic_replica made{std::move(config)};
  lsn last;
  if (!snapshot.empty()) {
    auto kept = decode_snapshot(snapshot);
    if (!kept) return failure{recovery_error::malformed_snapshot};
    last = kept->covers;
    if (!made.restore(std::move(*kept))) return failure{recovery_error::other_replica};
  }
  for (const auto& stored : records) {
    if (stored.at != next(last)) return failure{recovery_error::lsn_gap};
    last = stored.at;
    const auto kept = from_canonical<record>(stored.bytes);
    if (!kept) return failure{recovery_error::malformed_record};
    if (!made.restore(*kept)) return failure{recovery_error::other_replica};
  }
  made.journal_ = journal{last};
  made.incarnation_ += 1;
  return made;
}

/// False if the record is somebody else's, or makes no sense after those before it.
template <class A, class P1, class P2>
bool basic_replica<A, P1, P2>::restore(const record& kept) {
  if (const auto* run = std::get_if<run_record>(&kept)) {
    incarnation_ = run->incarnation;
    return run->self == config_.self && run->epoch == config_.members.number() &&
           run->epoch_digest == config_.members.identity();
  }
  if (incarnation_ == 0) return false;
  if (const auto* own = std::get_if<ballot_record>(&kept)) {
    highest_seen_ = std::max(highest_seen_, own->opened);
  } else if (const auto* promised = std::get_if<promise_record>(&kept)) {
    acceptor_.restore(*promised);
  } else if (const auto* held = std::get_if<accept_record>(&kept)) {
    acceptor_.restore(*held);
  } else if (const auto* chosen = std::get_if<chosen_record>(&kept)) {
    const entry* value = chosen->value ? &*chosen->value : acceptor_.accepted_at(chosen->at);
    if (value == nullptr || chosen->at < first_slot) return false;
    log_.learn(chosen->at, *value);
    acceptor_.release_through(log_.through());
  } else if (const auto* paper = std::get_if<vote_record>(&kept)) {
    voter_.restore(paper->cast);
  }
  highest_seen_ = std::max(highest_seen_, acceptor_.promised());
  return true;
}

template <class A, class P1, class P2>
run_record basic_replica<A, P1, P2>::this_run() const {
  return {config_.self, config_.members.number(), config_.members.identity(), incarnation_};
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::step(const input& in, duties& out) noexcept {
  out.clear();
  if (const auto* command = std::get_if<submit>(&in); halted_ && command != nullptr)
    out.refused.push_back(command->command);
  if (const auto* asked = std::get_if<ask_read>(&in); halted_ && asked != nullptr)
    out.reads.push_back({asked->id, {}, false});
  if (halted_) return;
  if (run_at_ == lsn{} && !abstention_.holds()) run_at_ = journal_.write(this_run(), out);
  const slot before = log_.through();
  std::visit([&](const auto& what) { this->on(what, out); }, in);
  if (!halted_ && abstention_.over(log_.through())) speak_again(out);
  if (!halted_) settle(before, out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::on(const received& in, duties& out) {
  if (in.from == config_.self) return;
  const epoch* named = epochs_.find(in.what.epoch);
  if (named == nullptr || named->identity() != in.what.epoch_digest) return hear_other_epoch(in, out);
  if (!knows(in.from)) return hear_stranger(in, out);
  if (!slot_agrees(in.what)) return;
  std::visit([&](const auto& body) { this->hear(in.from, body, out); }, in.what.body);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::on(const submit& in, duties& out) {
  if (abstention_.holds() || in.command.empty() || in.command.size() > entry_limit() ||
      !submitted_.add(in.command))
    out.refused.push_back(in.command);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::on(const cast& in, duties& out) {
  if (abstention_.holds() || in.ballot_paper.voter != config_.self ||
      in.ballot_paper.text.size() > text_size_max)
    return;
  bool fresh = false;
  const vote* standing = voter_.cast(in.ballot_paper, fresh);
  if (standing == nullptr) return;
  if (fresh) journal_.write(vote_record{*standing}, out);
  // The sponsor hears it too, and a site may be its own proposer: the driver hands a vote to self to its
  // ballot box.
  const site_id sponsor = standing->proposal.sponsor;
  out.send.push_back({sponsor, envelope(*standing), journal_.last()});
  if (const auto leader = distinguished_proposer(); leader && *leader != sponsor)
    out.send.push_back({*leader, envelope(*standing), journal_.last()});
}

template <class A, class P1, class P2>
std::optional<site_id> basic_replica<A, P1, P2>::distinguished_proposer() const {
  if (leads()) return config_.self;
  const auto* obeying = std::get_if<following>(&role_);
  if (obeying == nullptr || obeying->leader.round == 0 || election_.willing(now_)) return std::nullopt;
  return obeying->leader.site;
}

template <class A, class P1, class P2>
template <class Body>
void basic_replica<A, P1, P2>::send(site_id to, Body body, lsn after, duties& out) {
  if (abstention_.holds() && !said_by_learners(body)) return;
  if (to == config_.self) return journal_.post(std::move(body), after);
  const epoch& named = named_by(body);
  auto& due = out.send.emplace_back();
  due.to = to, due.after = after;
  due.what.epoch = named.number(), due.what.epoch_digest = named.identity();
  due.what.body = std::move(body);
}

/// What follows from the input: own mail that has become durable, commands to offer, slots to open, entries
/// to deliver. `before` is how far the chosen prefix reached before the input.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::settle(slot before, duties& out) {
  const auto read_mail = [&] {
    while (const auto own = journal_.collect())  // nothing, most of the time
      std::visit([&](const auto& body) { this->hear(config_.self, body, out); }, *own);
  };
  read_mail();
  offer(out);
  read_mail();  // a proposer's own commands, on their way to itself
  const std::size_t sent = out.send.size();
  propose_due(out);
  hand_over_due(out);
  read_mail();
  // Nothing proposed that would carry the news of what was chosen: say it with a beat instead.
  if (leads() && log_.through() > before && out.send.size() == sent) beat(out);
  serve_reads(out);
  deliver_due(out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::deliver_due(duties& out) {
  while (delivered_ < log_.through()) {
    delivered_ = next(delivered_);
    for (const auto command : log_[delivered_].commands) submitted_.seen(command);
    out.deliver.push_back({delivered_, log_[delivered_]});
  }
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
