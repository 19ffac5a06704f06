#pragma once
/// @file
/// What stands in place of the log: for other sites an image of the state machine, for oneself everything
/// that the records said.
///
/// An image is the same on every site that made it at the same slot, so its digest names it and a site can
/// fetch it from several others. A replica's own snapshot holds an image and what the replica itself has to
/// remember: its promise and what it accepted, its ballots, its votes, and the chosen entries beyond the
/// image.

#include <foreshift/consensus/acceptor.hpp>
#include <foreshift/consensus/epoch_table.hpp>
#include <foreshift/consensus/learner.hpp>
#include <foreshift/consensus/log.hpp>
#include <foreshift/consensus/record.hpp>
#include <foreshift/consensus/sealed.hpp>
#include <foreshift/consensus/voter.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Stands for the log up to `through`.
struct log_image {
  slot through;
  byte_string machine;   ///< the state machine as it was saved there
  epoch_table epochs{};  ///< as it was there
  friend bool operator==(const log_image&, const log_image&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.through, self.machine, self.epochs); }
};

/// Stands for all records of a replica up to and including `covers`.
struct replica_snapshot {
  lsn covers;
  run_record run;
  ballot highest_seen;  ///< own ballots included
  ballot promised;
  std::vector<accepted_value> accepted;                        ///< in open slots, by slot
  log_image image;                                             ///< slot zero: none yet
  std::vector<chosen_entry> chosen;                            ///< beyond the image, by slot
  std::vector<vote> votes;                                     ///< own ones that stand
  std::vector<std::pair<proposal_id, std::uint32_t>> spoiled;  ///< own ones that are lost
  friend bool operator==(const replica_snapshot&, const replica_snapshot&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.covers, self.run, self.highest_seen, self.promised, self.accepted, self.image, self.chosen,
      self.votes, self.spoiled);
  }
};

inline constexpr std::uint8_t snapshot_version = 1;

[[nodiscard]] inline byte_string encode(const replica_snapshot& what) { return seal(snapshot_version, what); }
[[nodiscard]] inline result<replica_snapshot, decode_error> decode_snapshot(byte_span bytes) {
  return unseal<replica_snapshot>(snapshot_version, bytes, no_wire_limits);
}

/// How far a log may be cut that an image stands for: `kept` entries stay for sites that lag a little, as far
/// as they are small.
[[nodiscard]] inline slot cut_behind(const chosen_log& log, slot image, std::size_t kept) {
  constexpr std::size_t size_max = std::size_t{1} << 23;
  std::size_t size = 0;
  slot cut = image;
  for (; cut > log.base() && kept > 0; --kept, cut = slot{cut.value - 1}) {
    size += log[cut].commands.bytes() + 32;
    if (size > size_max) break;
  }
  return cut;
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
