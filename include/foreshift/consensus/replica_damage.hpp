#pragma once
/// @file
/// How a replica starts on a storage that has lost records, and how it comes to speak again.

#include <foreshift/consensus/record_identity.hpp>
#include <foreshift/consensus/replica.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

template <class A, class P1, class P2>
auto basic_replica<A, P1, P2>::recover_damaged(replica_config config, damaged_log kept)
    -> result<basic_replica, recovery_error> {
  auto began = recover(config, kept.snapshot, {});
  if (!began && began.error() != recovery_error::malformed_snapshot) return began;
  if (!began) kept.snapshot_lost = true, began = recover(std::move(config), {});
  basic_replica made = *began;
  --made.incarnation_;  // the records count on
  const auto until = kept.snapshot_lost ? std::nullopt : made.patch(kept);
  // Where anything is uncertain no record counts: one of them may rest on one that is lost.
  // How often it has started is not known either, so it counts above every time that may have been: a
  // command's id is never used twice.
  if (!until) made = std::move(*began);
  made.incarnation_ = until ? made.incarnation_ + 1 : std::numeric_limits<std::uint32_t>::max();
  made.journal_ = journal{kept.last};
  made.abstention_ = abstention::lasting(until);
  return made;
}

/// Takes back the records, the beginnings of the lost ones in their places. Gives the slot through which the
/// log must be known before this replica may speak; nothing if that is not enough.
template <class A, class P1, class P2>
std::optional<slot> basic_replica<A, P1, P2>::patch(const damaged_log& kept) {
  slot needed;
  auto whole = kept.records.begin();
  auto lost = kept.lost.begin();
  for (lsn at = next(journal_.last()); at <= kept.last; at = next(at)) {
    if (whole != kept.records.end() && whole->at == at) {
      const auto what = from_canonical<record>((whole++)->bytes);
      if (!what) return std::nullopt;
      if (restore(*what)) continue;
      // It names an accepted value that is lost.
      const auto* chosen = std::get_if<chosen_record>(&*what);
      if (chosen == nullptr || chosen->value) return std::nullopt;
      needed = std::max(needed, chosen->at);
      continue;
    }
    if (lost == kept.lost.end() || lost->at != at) return std::nullopt;
    const auto head = identify((lost++)->beginning);
    if (!head) return std::nullopt;
    needed = std::max(needed, head->at);
    if (head->is<run_record>()) ++incarnation_;
    if (head->is<ballot_record>()) highest_seen_ = std::max(highest_seen_, head->number);
    if (head->is<promise_record>()) acceptor_.restore(promise_record{head->number});
    if (head->is<accept_record>()) acceptor_.lose(head->at, head->number);
    if (head->is<vote_record>()) voter_.spoil(head->proposal, head->attempt);
    highest_seen_ = std::max(highest_seen_, acceptor_.promised());
  }
  return needed;
}

/// Everything is known again that was ever said: a snapshot of it takes the place of the damage, and the
/// records that follow come after it.
template <class A, class P1, class P2>
void basic_replica<A, P1, P2>::speak_again(duties& out) {
  abstention_ = {};
  write_snapshot(out);
  run_at_ = journal_.write(this_run(), out);
  election_.rest(now_);
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
