#pragma once
/// @file
/// What a replica whose records were damaged may still say.
///
/// A record that cannot be read may have been a promise, so the replica says nothing as an acceptor: an
/// answer as if nothing had been there could let a second value be chosen. It follows and learns, for chosen
/// entries can be had from others. A promise cannot; but a record begins with what it is about, and where
/// that much of every lost record is known, the ballots are known again, and a value that was accepted and is
/// lost is needed no more once its slot is known to be chosen. Then the replica speaks again. Otherwise it
/// never does: the site comes back as a new member, through an epoch.
///
/// Source: R. Alagappan et al., "Protocol-aware recovery for consensus-based storage", FAST 2018.

#include <foreshift/consensus/message.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>

#include <optional>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A record as storage gives it back.
struct stored_record {
  lsn at;
  byte_string bytes;
  friend bool operator==(const stored_record&, const stored_record&) = default;
};
/// A record that cannot be read. `beginning` is what is known of its bytes, empty if nothing is.
struct lost_record {
  lsn at;
  byte_string beginning;
  friend bool operator==(const lost_record&, const lost_record&) = default;
};

/// What a damaged storage gives back.
struct damaged_log {
  byte_string snapshot;                ///< the newest one, whole; empty: there was none, or it is lost
  bool snapshot_lost = false;          ///< or what else says whose log this is
  std::vector<stored_record> records;  ///< what can be read behind the snapshot, ascending
  std::vector<lost_record> lost;       ///< ascending
  lsn last;                            ///< no record behind this one was acknowledged
};

/// A regular value; the default speaks.
class abstention {
 public:
  /// Says nothing as an acceptor until the log is known through `until`; without a slot, for good.
  [[nodiscard]] static abstention lasting(std::optional<slot> until) {
    abstention made;
    made.holds_ = true;
    made.until_ = until;
    return made;
  }
  [[nodiscard]] bool holds() const { return holds_; }
  [[nodiscard]] bool for_good() const { return holds_ && !until_; }
  /// True when what was lost is needed no more.
  [[nodiscard]] bool over(slot chosen_through) const { return holds_ && until_ && chosen_through >= *until_; }
  friend bool operator==(const abstention&, const abstention&) = default;

 private:
  bool holds_ = false;
  std::optional<slot> until_;
};

/// What a replica that abstains may say: what a learner says. Chosen entries are chosen whoever tells them.
[[nodiscard]] inline bool said_by_learners(const message_body& body) {
  return std::holds_alternative<catch_up_request>(body) || std::holds_alternative<catch_up_reply>(body) ||
         std::holds_alternative<snapshot_offer>(body) || std::holds_alternative<snapshot_request>(body) ||
         std::holds_alternative<snapshot_chunk>(body) || std::holds_alternative<epoch_notice>(body);
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
