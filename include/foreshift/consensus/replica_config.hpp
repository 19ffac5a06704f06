#pragma once
/// @file
/// What a replica is told when it starts, and why it may refuse to.

#include <foreshift/consensus/codec.hpp>
#include <foreshift/consensus/election.hpp>
#include <foreshift/consensus/lease.hpp>
#include <foreshift/consensus/membership.hpp>

#include <algorithm>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::consensus {

struct replica_config {
  site_id self{};
  epoch members{};  ///< the first epoch, the same at every site for ever; a site that joins is none of it
  timing times{};
  std::uint64_t seed = 1;            ///< of the election's jitter; the site is mixed in
  std::size_t batch_count = 64;      ///< commands in one entry
  std::size_t submitted_max = 1024;  ///< commands submitted here and not yet in the log
  std::size_t log_kept = 1024;       ///< entries kept behind a snapshot, for sites that lag a little
  std::size_t chunk_size = std::size_t{1} << 18;  ///< bytes of a snapshot in one message
  std::uint32_t deference = 0;  ///< 0: first to lead when nobody does; up to 8. Shifts the patience only
  lease_terms lease{};          ///< of reads that ask nobody; none unless asked for
  friend bool operator==(const replica_config&, const replica_config&) = default;
};

/// How many slots beyond its own chosen prefix an acceptor takes.
[[nodiscard]] inline std::uint64_t acceptor_window(const epoch& members) { return 2 * members.alpha(); }

/// The bytes of commands in one entry, so that a promise that reports a full window still fits into a
/// message, with as much again for the open slots of an epoch before that had larger entries.
[[nodiscard]] inline std::size_t entry_size_max(const epoch& members) {
  return std::min(blob_size_max,
                  message_size_max / static_cast<std::size_t>(2 * acceptor_window(members) + 2)) -
         std::size_t{2048};
}

enum class recovery_error : std::uint8_t {
  lsn_gap,  ///< records missing or out of order
  malformed_record,
  other_replica,  ///< the records are another site's or another epoch's
  malformed_snapshot,
};

[[nodiscard]] constexpr std::string_view explain(recovery_error e) {
  constexpr std::string_view names[] = {"records are missing or out of order", "a record cannot be read",
                                        "the records belong to another site or another epoch",
                                        "the snapshot cannot be read"};
  return names[static_cast<std::size_t>(e)];
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
