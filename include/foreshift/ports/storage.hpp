#pragma once
/// @file
/// What the agreement needs from stable storage.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>

#include <concepts>
#include <string>
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

/// Something that was acknowledged cannot be read any more. The replica must not act as if it had never been
/// written: it abstains until a peer or an operator has helped.
struct storage_fault {
  lsn at;             ///< the first record that is damaged or missing
  std::string where;  ///< file and offset, for people
  std::string reason;
  friend bool operator==(const storage_fault&, const storage_fault&) = default;
};

/// Append-only, durable record store owned by one replica.
///
/// Syntax        `append(at, record)` buffers a record; `sync()` makes every buffered record durable;
///               `recover()` gives back what survived; `snapshot(covers, bytes)` replaces all records up to
///               and with `covers` by one blob; `truncate(after)` drops every record behind `after`.
/// Semantics     `at` grows by one with each append. After a successful `sync` all earlier records survive a
/// crash,
///               in order. Records after the last successful `sync` may be lost or torn, from the end only.
///               `snapshot` and `truncate` are durable when they return, and take effect wholly or not at
///               all. `recover` keeps torn and faulty apart: torn is the expected end of a crash, faulty is
///               damage.
/// Failure       Any error is final: the driver stops the replica and never calls again. A failed sync is
/// never
///               retried, for the pages it was about may be gone.
/// Threads       Called from one thread at a time.
/// Model         `ports::archetypes::log_storage`, `sim::storage`.
template <class S>
concept LogStorage = std::movable<S> && requires(S& s, lsn at, byte_span bytes) {
  { s.append(at, bytes) } -> std::same_as<std::error_code>;
  { s.sync() } -> std::same_as<std::error_code>;
  { s.recover() } -> std::same_as<result<recovered_log, storage_fault>>;
  { s.snapshot(at, bytes) } -> std::same_as<std::error_code>;
  { s.truncate(at) } -> std::same_as<std::error_code>;
};

}  // namespace foreshift::inline FORESHIFT_ABI::ports
