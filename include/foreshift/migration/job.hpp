#pragma once
/// @file
/// What an executor is told and what it asks for.
///
/// The executor of a migration performs nothing. Facts from the log, answers of orchestrators and the time
/// come in; commands for orchestrators and wishes for the log go out. The driver carries them, in any order,
/// and may lose or repeat any of them.

#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/migration/phase.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::migration {

/// One approved migration. For a resize or a scale both ends are one place, and the style is in_place.
struct job {
  migration_id id{};
  subset_id subset{};
  workload_id workload{};
  site_id from_site{};
  place_id from{};
  site_id to_site{};
  place_id to{};
  style how = style::two_step;
  verb action = verb::start;   ///< in_place: `resize` or `scale`
  resources limits{};          ///< for resize
  std::uint32_t replicas = 1;  ///< for scale
  friend bool operator==(const job&, const job&) = default;
};

/// The log granted authority over the subset.
struct activated {
  subset_id subset{};
  site_id owner{};
  fence_token token{};
  friend bool operator==(const activated&, const activated&) = default;
};
/// The log decided a step of the migration, under this token: one of this owner or of an earlier one.
struct start_decided {
  migration_id migration{};
  fence_token token{};
  friend bool operator==(const start_decided&, const start_decided&) = default;
};
struct commit_decided {
  migration_id migration{};
  fence_token token{};
  friend bool operator==(const commit_decided&, const commit_decided&) = default;
};
struct abort_decided {
  migration_id migration{};
  fence_token token{};
  friend bool operator==(const abort_decided&, const abort_decided&) = default;
};
struct settled_decided {
  migration_id migration{};
  fence_token token{};
  friend bool operator==(const settled_decided&, const settled_decided&) = default;
};
/// Somebody no longer wants it: undo what can be undone. Too late once the commit is in the log.
struct give_up {
  friend bool operator==(const give_up&, const give_up&) = default;
};
/// What time it is. Never goes backwards.
struct tick {
  time_point now{};
  friend bool operator==(const tick&, const tick&) = default;
};

/// Facts come in the order of the log. After a crash they are replayed from the migration's first on.
using input = std::variant<activated, start_decided, commit_decided, abort_decided, settled_decided, give_up,
                           event, tick>;

/// What an executor wishes the log to decide.
enum class want : std::uint8_t { start, commit, abort, settled };

[[nodiscard]] constexpr std::string_view name_of(want w) {
  constexpr std::string_view names[] = {"start", "commit", "abort", "settled"};
  return names[static_cast<std::size_t>(w)];
}

/// Please have this decided, under this token. Asked again until the fact comes.
struct log_request {
  want what = want::start;
  migration_id migration{};
  fence_token token{};
  friend bool operator==(const log_request&, const log_request&) = default;
};

/// The fact that a log which grants the wish decides: for a log of one, and for tests.
[[nodiscard]] inline input granted(const log_request& wish) {
  switch (wish.what) {
    case want::start:
      return start_decided{wish.migration, wish.token};
    case want::commit:
      return commit_decided{wish.migration, wish.token};
    case want::abort:
      return abort_decided{wish.migration, wish.token};
    case want::settled:
      break;
  }
  return settled_decided{wish.migration, wish.token};
}

struct duties {
  std::vector<command> commands{};
  std::vector<log_request> requests{};
  [[nodiscard]] bool empty() const { return commands.empty() && requests.empty(); }
  friend bool operator==(const duties&, const duties&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::migration
