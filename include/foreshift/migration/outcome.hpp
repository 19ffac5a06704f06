#pragma once
/// @file
/// What became of a migration, held against what was promised.

#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>

#include <cstdint>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::migration {

enum class verdict : std::uint8_t {
  delivered,        ///< the overload would have come, and did not
  needless,         ///< the overload would not have come
  fell_short,       ///< the source was overloaded all the same
  harmful,          ///< the destination was overloaded, and would not have been
  not_carried_out,  ///< refused, aborted or rolled back before it could help
};

[[nodiscard]] constexpr std::string_view name_of(verdict v) {
  constexpr std::string_view names[] = {"delivered", "needless", "fell_short", "harmful", "not_carried_out"};
  return names[static_cast<std::size_t>(v)];
}

/// Judged once, when the horizon of the proposal has passed.
struct outcome {
  proposal_id proposal{};
  migration_id migration{};
  verdict what = verdict::not_carried_out;
  time_point started_at{};
  time_point ended_at{};
  duration overload_without{};  ///< time over the limit at the source, had the workload stayed
  duration overload_source{};   ///< time over the limit at the source, as it was
  duration
      overload_destination{};  ///< time over the limit at the destination that the workload is to blame for
  duration promised{};         ///< overload the sponsor said would be avoided
  bool rolled_back = false;
  friend constexpr bool operator==(const outcome&, const outcome&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::migration
