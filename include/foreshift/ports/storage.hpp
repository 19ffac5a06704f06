#pragma once
/// @file
/// What the agreement needs from stable storage.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::ports {

struct stored_record {
  lsn at;
  byte_string bytes;
  friend bool operator==(const stored_record&, const stored_record&) = default;
};

/// Everything that survived.
struct recovered_log {
  byte_string snapshot;                ///< the newest whole one; empty where none was ever written
  lsn snapshot_covers;                 ///< records up to and with this one are contained in it
  std::vector<stored_record> records;  ///< the ones after it, ascending
  std::size_t torn_bytes = 0;          ///< cut off at the end: written, never acknowledged
  friend bool operator==(const recovered_log&, const recovered_log&) = default;
};

/// A record begins with what it is about: kind, slot and ballot. A storage keeps this much of its beginning a
/// second time, apart, so that a record that rots still tells which promise it was.
inline constexpr std::size_t identity_bytes = 32;

/// What is left of a record that cannot be read any more.
struct lost_record {
  lsn at;
  byte_string identity{};  ///< its first bytes, at most `identity_bytes`; empty where they are lost as well
  friend bool operator==(const lost_record&, const lost_record&) = default;
};

/// What cannot be read.
enum class damage : std::uint8_t {
  records,   ///< some of the log
  snapshot,  ///< the blob, and perhaps records as well
  metadata,  ///< whose log this is and where it ends: the site may not take part again under its identity
};
[[nodiscard]] constexpr std::string_view name_of(damage d) {
  constexpr std::string_view names[] = {"records", "snapshot", "metadata"};
  return names[static_cast<std::size_t>(d)];
}

/// Something that was acknowledged cannot be read any more. The replica must not act as if it had never been
/// written: it abstains until a peer or an operator has helped.
struct storage_fault {
  lsn at;             ///< the first record that is damaged or missing
  std::string where;  ///< file and offset, for people
  std::string reason;
  damage what = damage::records;
  recovered_log readable{};  ///< what is whole all the same; its records have gaps
  /// The records that are known to be missing, ascending; of a run without identities perhaps only the first.
  std::vector<lost_record> lost{};
  lsn last{};  ///< no record behind this one was ever acknowledged
  friend bool operator==(const storage_fault&, const storage_fault&) = default;
};

/// Append-only, durable record store owned by one replica.
///
/// Syntax        `append(at, record)` buffers a record; `sync()` makes every buffered record durable;
///               `recover()` gives back what survived; `snapshot(covers, bytes)` replaces all records up to
///               and with `covers` by one blob; `truncate(after)` drops every record behind `after`.
/// Semantics     `recover` comes first; it may come again. `at` grows by one with each append, and goes on
///               behind `covers` when a snapshot covers more than was ever appended. After a successful
///               `sync` all earlier records survive a crash, in order. Records after the last successful
///               `sync` may be lost or torn, from the end only. `snapshot` and `truncate` are durable when
///               they return, and take effect wholly or not at all. `recover` keeps torn and faulty apart:
///               torn is the expected end of a crash, faulty is damage.
/// Failure       Any error is final: the driver stops the replica and never calls again. A failed sync is
///               never retried, for the pages it was about may be gone. After `recover` has found a fault,
///               only `snapshot` with `covers` at or behind `last` may be called; it takes the place of
///               everything, the damage included, and the storage is whole again. Where the metadata are
///               lost it fails.
/// Threads       Called from one thread at a time.
/// Model         `ports::archetypes::log_storage`, `sim::storage`, `wal::write_ahead_log`,
///               `sqlite::record_store`.
template <class S>
concept LogStorage = std::movable<S> && requires(S& s, lsn at, byte_span bytes) {
  { s.append(at, bytes) } -> std::same_as<std::error_code>;
  { s.sync() } -> std::same_as<std::error_code>;
  { s.recover() } -> std::same_as<result<recovered_log, storage_fault>>;
  { s.snapshot(at, bytes) } -> std::same_as<std::error_code>;
  { s.truncate(at) } -> std::same_as<std::error_code>;
};

}  // namespace foreshift::inline FORESHIFT_ABI::ports
