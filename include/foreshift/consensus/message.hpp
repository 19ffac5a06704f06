#pragma once
/// @file
/// What sites say to each other on the Resource Channel.
///
/// Every message carries an (epoch, digest) and never a weight: that of its slot in phase 2, else the newest
/// in force at the sender. The receiver counts with its own replicated table, and a mismatch makes the stale
/// side catch up.

#include <foreshift/consensus/ballot.hpp>
#include <foreshift/consensus/certificate.hpp>
#include <foreshift/consensus/entry.hpp>
#include <foreshift/consensus/proposal_header.hpp>

#include <cstdint>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// May I open a new ballot? Asked before, so that a returning site disrupts nobody.
struct probe {
  std::uint64_t number = 0;  ///< of the attempt; echoed
  slot chosen_through;       ///< every slot up to this one is known to be chosen
  friend bool operator==(const probe&, const probe&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.number, self.chosen_through); }
};
/// `willing` means: I hear no distinguished proposer either.
struct probe_answer {
  std::uint64_t number = 0;
  bool willing = false;
  ballot promised;
  slot chosen_through;
  friend bool operator==(const probe_answer&, const probe_answer&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.number, self.willing, self.promised, self.chosen_through);
  }
};

/// Phase 1 for every slot from `from` on, without an upper bound.
struct prepare {
  ballot number;
  slot from;
  friend bool operator==(const prepare&, const prepare&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.number, self.from); }
};
/// An accepted value. One value per (slot, ballot).
struct accepted_value {
  slot at;
  ballot number;
  entry value;
  friend bool operator==(const accepted_value&, const accepted_value&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.at, self.number, self.value); }
};
/// Nothing below `number` will be accepted any more. Reports every value accepted at any slot above
/// `chosen_through`; what is at or below is chosen, and the proposer must learn it, not propose there.
struct promise {
  ballot number;
  slot chosen_through;
  std::vector<accepted_value> accepted;
  friend bool operator==(const promise&, const promise&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.number, self.chosen_through, self.accepted); }
};
/// The only refusal there is: a higher ballot has been promised. Never a judgement of merit.
struct nack {
  ballot refused;
  ballot promised;
  friend bool operator==(const nack&, const nack&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.refused, self.promised); }
};

/// Phase 2.
struct accept {
  ballot number;
  slot at;
  slot chosen_through;
  entry value;
  friend bool operator==(const accept&, const accept&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.number, self.at, self.chosen_through, self.value);
  }
};
struct accepted {
  ballot number;
  slot at;
  friend bool operator==(const accepted&, const accepted&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.number, self.at); }
};

/// The distinguished proposer is alive, and what of its ballot is chosen.
struct heartbeat {
  ballot number;
  std::uint64_t beat = 0;
  slot chosen_through;
  duration lease{};   ///< asked for (lease.hpp)
  time_point sent{};  ///< by the sender's clock, or earlier; echoed with what was granted
  friend bool operator==(const heartbeat&, const heartbeat&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.number, self.beat, self.chosen_through, self.lease, self.sent);
  }
};
/// No higher ballot had been promised when the beat arrived.
struct heartbeat_answer {
  ballot number;
  std::uint64_t beat = 0;
  slot chosen_through;
  duration granted{};
  time_point sent{};
  friend bool operator==(const heartbeat_answer&, const heartbeat_answer&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.number, self.beat, self.chosen_through, self.granted, self.sent);
  }
};

struct catch_up_request {
  slot from;
  friend bool operator==(const catch_up_request&, const catch_up_request&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.from); }
};
/// Chosen entries of the slots from `from` on; `chosen_through` says how far the sender could go.
struct catch_up_reply {
  slot from;
  slot chosen_through;
  std::vector<entry> entries;
  friend bool operator==(const catch_up_reply&, const catch_up_reply&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.from, self.chosen_through, self.entries); }
};

/// The answer to a catch-up request from before the log's base: there is a snapshot instead, to be fetched in
/// chunks. Its digest is its name: sites that made it at the same slot have the same one.
struct snapshot_offer {
  slot through;  ///< it stands for every slot up to this one
  std::uint64_t size = 0;
  digest name;
  friend bool operator==(const snapshot_offer&, const snapshot_offer&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.through, self.size, self.name); }
};
struct snapshot_request {
  digest name;
  std::uint64_t offset = 0;
  friend bool operator==(const snapshot_request&, const snapshot_request&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.name, self.offset); }
};
struct snapshot_chunk {
  digest name;
  std::uint64_t offset = 0;
  byte_string bytes;
  friend bool operator==(const snapshot_chunk&, const snapshot_chunk&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.name, self.offset, self.bytes); }
};

/// The distinguished proposer leads no more: open a ballot above its own at once.
struct hand_over {
  ballot number;
  friend bool operator==(const hand_over&, const hand_over&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.number); }
};

/// A command on its way to the distinguished proposer.
struct forward {
  shared_bytes command;
  friend bool operator==(const forward&, const forward&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.command); }
};

/// The envelope says which epoch is in force here: the answer to a message of another one. A member that
/// leaves asks with it how far the members of the new epoch have come.
struct epoch_notice {
  slot chosen_through;  ///< durably
  bool asks = false;
  friend bool operator==(const epoch_notice&, const epoch_notice&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.chosen_through, self.asks); }
};

/// A proposal to be judged. The body is bound to the header by its digest.
struct propose {
  proposal_header header;
  std::uint32_t attempt = 0;
  byte_string body;
  friend bool operator==(const propose&, const propose&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.header, self.attempt, self.body); }
};

using message_body = std::variant<probe, probe_answer, prepare, promise, nack, accept, accepted, heartbeat,
                                  heartbeat_answer, catch_up_request, catch_up_reply, forward, epoch_notice,
                                  propose, vote, snapshot_offer, snapshot_request, snapshot_chunk, hand_over>;

/// A message; who sent it is the transport's word, not the message's.
struct message {
  epoch_number epoch;
  digest epoch_digest;
  message_body body;
  friend bool operator==(const message&, const message&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.epoch, self.epoch_digest, self.body); }
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
