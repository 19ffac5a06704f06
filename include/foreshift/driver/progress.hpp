#pragma once
/// @file
/// What a replica's driver is told at the start, and what it tells after every poll.

#include <foreshift/consensus/effect.hpp>
#include <foreshift/consensus/entry.hpp>
#include <foreshift/consensus/message.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// Why a replica cannot start, has stopped, or only learns.
enum class driver_fault : std::uint8_t {
  storage_unreadable,  ///< what was acknowledged is damaged: abstain until an operator or a peer has helped
  records_unusable,    ///< the records are whole, but not this replica's
  write_failed,        ///< an append was refused
  sync_failed,         ///< nobody knows what is durable
  image_unusable,      ///< a whole snapshot holds a state machine that this program cannot read
};
[[nodiscard]] constexpr std::string_view name_of(driver_fault f) {
  constexpr std::string_view names[] = {"storage_unreadable", "records_unusable", "write_failed",
                                        "sync_failed", "image_unusable"};
  return names[static_cast<std::size_t>(f)];
}
struct driver_error {
  driver_fault what = driver_fault::storage_unreadable;
  std::string reason;  ///< for people
  friend bool operator==(const driver_error&, const driver_error&) = default;
};

/// When to take a snapshot. The same slots on every site make the same snapshots, so that a site can fetch
/// one from several others.
struct driver_options {
  std::uint64_t snapshot_slots = 4096;                 ///< at every multiple of this; 0: at none
  std::size_t snapshot_bytes = std::size_t{64} << 20;  ///< or once this much was applied since the last
  /// What a round trip to the others takes at most in fair weather: a command that has no answer an election
  /// timeout and this after it was submitted is reported as unknown.
  duration round_trip = std::chrono::milliseconds{200};
  /// For a storage that keeps no snapshots: the log is kept whole.
  [[nodiscard]] static constexpr driver_options no_snapshots() {
    return {.snapshot_slots = 0, .snapshot_bytes = std::numeric_limits<std::size_t>::max()};
  }
};

/// One entry of the log, applied.
template <class Effect>
struct applied_entry {
  slot at;
  consensus::entry value;
  std::vector<Effect> effects;
};
/// A proposal or a vote that came: the business of whoever judges and counts. `from` may be this site itself.
struct heard_message {
  site_id from;
  std::variant<consensus::propose, consensus::vote> what;
};
/// What a poll brought about.
template <class Effect>
struct progress {
  /// Where the state machine was replaced by another site's, which had applied the log through this slot:
  /// what happened up to there is not told, and what comes behind it is told by later polls.
  std::optional<slot> installed;
  std::vector<applied_entry<Effect>> applied;  ///< in slot order; none where `installed`
  std::vector<heard_message> heard;
  std::vector<shared_bytes> refused;              ///< commands that were not taken
  std::vector<consensus::command_done> answered;  ///< commands of this run, each once
  /// Commands of this run without an answer in time. They go on being offered: each may still be answered,
  /// or never.
  std::vector<consensus::command_id> unknown;
  /// Reads that the state machine may serve now, and those that must be asked for elsewhere or again.
  std::vector<std::uint64_t> reads_ready;
  std::vector<std::uint64_t> reads_refused;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
