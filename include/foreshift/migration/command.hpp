#pragma once
/// @file
/// What a migration asks of an orchestrator.
///
/// Source and destination are usually different clusters with an orchestrator each, so every command goes to
/// one of the two ends and speaks of that end only. Every verb is idempotent: the same command given twice
/// does once what it says, and is answered twice.

#include <foreshift/core/id.hpp>
#include <foreshift/core/units.hpp>

#include <cstdint>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::migration {

/// The end of a migration that a command is for.
enum class endpoint : std::uint8_t { source, destination };

enum class verb : std::uint8_t {
  fence,     ///< persist the token at a place; answered by `fenced`
  start,     ///< destination: begin to copy (and, one_step, to cut over); answered by `started` or `refused`
  query,     ///< tell what is known of the migration; answered by `status`
  cut_over,  ///< destination: begin to serve; then source: cease; only after commit; each answered by
             ///< `serving`
  abort,     ///< undo what `start` did, or leave a tombstone where nothing was done; answered by `aborted`
  release,   ///< source: drop what is left of the workload; only when the destination serves; `released`
  resize,    ///< change the workload's limits in place; answered by `resized`
  scale,     ///< change the number of copies in place; answered by `scaled`
};

[[nodiscard]] constexpr std::string_view name_of(verb v) {
  constexpr std::string_view names[] = {"fence", "start",   "query",  "cut_over",
                                        "abort", "release", "resize", "scale"};
  return names[static_cast<std::size_t>(v)];
}

/// One request to one end.
struct command {
  verb what = verb::query;
  endpoint end = endpoint::destination;
  migration_id migration{};
  subset_id subset{};
  workload_id workload{};
  site_id from_site{};  ///< where the copy comes from; equal to to_site for a move within one data centre
  place_id from{};
  site_id to_site{};
  place_id to{};
  fence_token token{};
  resources limits{};          ///< for resize
  std::uint32_t replicas = 1;  ///< for scale
  std::uint64_t request = 0;   ///< echoed by the answers, so that an old answer is not taken for a fresh one

  /// The place this command is about.
  [[nodiscard]] constexpr place_id place() const { return end == endpoint::source ? from : to; }
  [[nodiscard]] constexpr site_id site() const { return end == endpoint::source ? from_site : to_site; }
  friend constexpr bool operator==(const command&, const command&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::migration
