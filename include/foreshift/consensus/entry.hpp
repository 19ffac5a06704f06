#pragma once
/// @file
/// The value of a log slot: a header and a batch of commands whose content Paxos cannot see.

#include <foreshift/consensus/command_batch.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>

#include <cstddef>

namespace foreshift::inline FORESHIFT_ABI::consensus {

inline constexpr slot first_slot{1};
/// Commands in one entry, so that an index fits into a migration's id.
inline constexpr std::size_t batch_count_max = 1024;

/// What the proposer adds. A command's own header is (epoch, log time, index in the batch); the index is its
/// place.
struct entry_header {
  epoch_number epoch;
  time_point proposed_at;  ///< the proposer's clock; log time follows it, bounded
  friend bool operator==(const entry_header&, const entry_header&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.epoch, self.proposed_at); }
};

/// An entry without commands is a no-op. `canonical_digest(entry)` names its content. Copies share the
/// commands.
struct entry {
  entry_header header;
  command_batch commands;
  friend bool operator==(const entry&, const entry&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.header, self.commands); }
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
