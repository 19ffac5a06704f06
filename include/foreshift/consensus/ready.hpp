#pragma once
/// @file
/// What goes into a replica and what comes out: inputs and duties.
///
/// The replica never calls out. A driver feeds it inputs one at a time and performs the duties of each step
/// in the order in which `duties` declares them. It may batch: several steps, one sync, as long as no message
/// leaves before the record it names is durable.

#include <foreshift/consensus/epoch_table.hpp>
#include <foreshift/consensus/message.hpp>
#include <foreshift/consensus/record.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>

#include <optional>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A message arrived.
struct received {
  site_id from;
  message what;
};
/// Time has passed. Steps take their time from the last tick; a clock that went back is taken as standing
/// still.
struct tick {
  time_point now;
};
/// Every record up to and including `through` survives a crash.
struct durable {
  lsn through;
};
/// A write or a sync failed. Final: the replica halts and does nothing any more.
struct io_failed {};
/// A client's command, encoded. Kept and forwarded until it is seen in the log.
struct submit {
  shared_bytes command;
};
/// This site's vote. Persisted before it is sent; a second, different vote on the same (proposal, attempt) is
/// not cast, the first is sent again.
struct cast {
  vote ballot_paper;
};
/// What has been applied decides a proposal: its votes need not be kept once a snapshot covers that.
struct closed {
  proposal_id proposal;
};
/// The state machine has applied the log up to `through` and was saved: the log may be cut there. Of a slot
/// that was not said to be `applied`, or is behind a snapshot that is here, it means nothing.
struct snapshotted {
  slot through;
  byte_string machine;
};
/// The state machine has applied what was delivered up to `through`, and the entry of that slot decided
/// `decided`, if anything. The replica never reads a command; this is how it learns of epochs. No slot is
/// proposed in before alpha slots below it have been applied: without this input nothing goes on.
struct applied {
  slot through;
  std::optional<decided_epoch> decided{};
};
/// A linearizable read. Answered once with a `read_duty` of this id; refused where this site does not lead.
struct ask_read {
  std::uint64_t id = 0;
};
/// Hand the lead over. Within an election timeout this site leads no more and the other has been told to open
/// a ballot without asking around, or it goes on leading as if nothing had been asked.
struct step_aside {
  site_id to;
};
using input = std::variant<received, tick, durable, io_failed, submit, cast, closed, snapshotted, applied,
                           ask_read, step_aside>;

/// Append the record's canonical bytes under this lsn. Lsns count from 1 without gaps. Records are small and
/// many: append all, sync once.
struct persist_duty {
  lsn at;
  record what;
  friend bool operator==(const persist_duty&, const persist_duty&) = default;
};
/// Once every record up to `covers` is durable, put `bytes` in their place, durably. Later records stay.
struct snapshot_duty {
  lsn covers;
  byte_string bytes;
  friend bool operator==(const snapshot_duty&, const snapshot_duty&) = default;
};
/// Send once everything up to `after` is durable; lsn 0 means at once. Loss, repetition and reordering are
/// fine.
struct send_duty {
  site_id to;
  message what;
  lsn after;
  friend bool operator==(const send_duty&, const send_duty&) = default;
};
/// Become the state machine that was saved after `through`: the entries up to there will not be delivered any
/// more. Before the deliveries of the same step, after those of the steps before.
struct install_duty {
  slot through;
  byte_string machine;
  friend bool operator==(const install_duty&, const install_duty&) = default;
};
/// Apply. Comes once per slot and run, in slot order; after recovery again from the slot after the snapshot
/// on.
struct deliver_duty {
  slot at;
  entry value;
  friend bool operator==(const deliver_duty&, const deliver_duty&) = default;
};

/// Serve the read from what has been applied, as soon as that is everything up to `through`; or refuse it.
struct read_duty {
  std::uint64_t id = 0;
  slot through;
  bool ready = false;
  friend bool operator==(const read_duty&, const read_duty&) = default;
};

/// The duties of one step, in the order in which they are to be performed.
struct duties {
  std::vector<persist_duty> persist;
  std::optional<snapshot_duty> snapshot;
  std::vector<send_duty> send;
  std::optional<install_duty> install;
  std::vector<deliver_duty> deliver;
  std::vector<shared_bytes>
      refused;  ///< submitted commands that were not taken: malformed size, queue full, halted
  std::vector<read_duty> reads;
  [[nodiscard]] bool empty() const {
    return persist.empty() && !snapshot && send.empty() && !install && deliver.empty() && refused.empty() &&
           reads.empty();
  }
  /// Keeps the room for the next ones.
  void clear() {
    persist.clear(), snapshot.reset(), send.clear(), install.reset();
    deliver.clear(), refused.clear(), reads.clear();
  }
  friend bool operator==(const duties&, const duties&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
