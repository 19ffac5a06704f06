#pragma once
/// @file
/// What an orchestrator answers.

#include <foreshift/core/time.hpp>
#include <foreshift/migration/command.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::migration {

enum class event_kind : std::uint8_t {
  fenced,       ///< the token is persisted at the place
  stale_token,  ///< the place has seen a higher token; `seen` holds it. Final for this token.
  started,      ///< the copy has begun
  copied,       ///< the destination could serve now
  serving,      ///< destination: it serves (one_step: and the source does not); source: it has ceased
  aborted,      ///< nothing of the migration is left at the place, and it will not start there again
  released,     ///< the source holds nothing of the workload any more
  resized,
  scaled,
  status,       ///< answer to `query`: `state` holds it
  failed,       ///< the copy will not get there; nothing has been undone; `reason` says why
  refused,      ///< the orchestrator will not do it; `reason` says why. Final for this command.
  unreachable,  ///< nobody knows whether the command was carried out; it may be given again
};

[[nodiscard]] constexpr std::string_view name_of(event_kind k) {
  constexpr std::string_view names[] = {"fenced",  "stale_token", "started",    "copied", "serving",
                                        "aborted", "released",    "resized",    "scaled", "status",
                                        "failed",  "refused",     "unreachable"};
  return names[static_cast<std::size_t>(k)];
}

/// What a place knows of one migration. The last three are final.
enum class place_state : std::uint8_t {
  never_seen,  ///< nothing; at the source, it serves as before
  copying,     ///< at the destination only
  ready,       ///< destination: copied, and could serve; source: has ceased, and still holds the workload
  running,     ///< the destination serves; in place: done
  reverted,    ///< undone: the destination holds nothing, the source serves again
  tombstone,   ///< told to abort when there was nothing to undo: it will not start there any more
  released,    ///< the source holds nothing of the workload any more
};

[[nodiscard]] constexpr std::string_view name_of(place_state s) {
  constexpr std::string_view names[] = {"never_seen", "copying",   "ready",   "running",
                                        "reverted",   "tombstone", "released"};
  return names[static_cast<std::size_t>(s)];
}

struct event {
  event_kind what = event_kind::unreachable;
  verb answers = verb::query;  ///< the verb of the command that this answers
  endpoint end = endpoint::destination;
  migration_id migration{};
  subset_id subset{};
  workload_id workload{};
  place_id place{};
  time_point at{};
  fence_token seen{};  ///< the highest token persisted at the place for the subset
  place_state state = place_state::never_seen;
  std::uint64_t request =
      0;  ///< of the command that this answers; for `copied` and `serving`, the last one about it
  std::string reason{};    ///< for people; may be empty
  duration retry_after{};  ///< the cluster asked to be left alone for that long; 0: it did not
  friend bool operator==(const event&, const event&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::migration
