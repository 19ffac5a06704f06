#pragma once
/// @file
/// How a replica cuts its log behind a snapshot, keeps one of its own, and gives and takes images.

#include <foreshift/consensus/replica.hpp>

#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A snapshot is passed over while another site fetches the one that is here, and with it whatever lies
/// between the two: that site would have to begin anew, and if snapshots come faster than it fetches, for
/// ever. A log that has grown far is cut all the same.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::on(const snapshotted& in, duties& out) {
  if (in.through > applied_ || in.through <= image_.through()) return;
  const bool patient = log_.through().value - image_.through().value < 16 * (config_.log_kept + 1024);
  if (patient && image_.wanted(now_, config_.times.election_timeout)) return;
  image_.keep({in.through, in.machine, epochs_.as_of(in.through)});
  log_.compact(cut_behind(log_, in.through, config_.log_kept));
  write_snapshot(out);
}

/// Everything that the records up to now say, unless some of that is lost. What later records say about open
/// slots goes on from there.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::write_snapshot(duties& out) {
  if (abstention_.holds()) return;
  replica_snapshot what;
  what.covers = journal_.last();
  what.run = this_run();
  what.highest_seen = highest_seen_;
  what.promised = acceptor_.promised();
  what.accepted = acceptor_.held();
  what.image = image_.what();
  voter_.forget(image_.through());
  what.votes = voter_.votes();
  what.spoiled = voter_.spoiled();
  log_.for_each_above(what.image.through, [&](slot at, const entry& value) {
    what.chosen.push_back({at, value});
  });
  out.snapshot = snapshot_duty{what.covers, encode(what)};
}

/// False if it is somebody else's.
template <class A, class P1, class P2>
bool basic_replica<A, P1, P2>::restore(replica_snapshot kept) {
  if (!restore(record{kept.run})) return false;
  acceptor_.restore(promise_record{kept.promised});
  delivered_ = kept.image.through;
  log_ = chosen_log{delivered_};
  if (delivered_ != slot{}) {
    image_.keep(kept.image);
    epochs_ = kept.image.epochs;
    applied_ = delivered_;
    acceptor_.take_window(acceptor_window(epochs_.newest().members));
  }
  for (auto& one : kept.chosen) {
    if (one.at < first_slot) return false;
    log_.learn(one.at, std::move(one.value));
  }
  acceptor_.release_through(log_.through());
  for (auto& one : kept.accepted) acceptor_.restore(accept_record{std::move(one)});
  for (const auto& paper : kept.votes) voter_.restore(paper);
  for (const auto& [proposal, attempt] : kept.spoiled) voter_.spoil(proposal, attempt);
  highest_seen_ = std::max(kept.highest_seen, acceptor_.promised());
  return true;
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const snapshot_offer& m, duties& out) {
  catch_up_.on_reply();
  if (const auto ask = transfer_.on_offer(from, m, log_.through(), now_)) send(ask->to, ask->what, {}, out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const snapshot_request& m, duties& out) {
  if (image_.through() != slot{}) send(from, image_.answer(m, config_.chunk_size, now_), {}, out);
}

template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::hear(site_id from, const snapshot_chunk& m, duties& out) {
  if (const auto ask = transfer_.on_chunk(m, now_)) send(ask->to, ask->what, {}, out);
  const auto image = transfer_.take();
  if (!image) return;
  install(*image, out);
  send(from, catch_up_request{next(log_.through())}, {}, out);
}

/// Takes over what another site has applied, and cuts the own log there.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::install(const log_image& image, duties& out) {
  if (image.through <= log_.through()) return;
  log_.install(image.through);
  delivered_ = applied_ = image.through;
  epochs_ = image.epochs;
  begin_epoch(out);
  acceptor_.release_through(log_.through());
  if (auto* own = std::get_if<leading<P2>>(&role_)) own->proposing.release_through(log_.through());
  image_.keep(image);
  out.install = install_duty{image.through, image.machine};
  write_snapshot(out);
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
