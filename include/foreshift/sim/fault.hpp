#pragma once
/// @file
/// What can go wrong in a simulated world: the events, and the classes that they belong to.

#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/sim/network.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// A class of faults, to be turned on and off and counted as one.
enum class nemesis : std::uint8_t {
  drop,               ///< messages vanish
  duplication,        ///< messages arrive twice
  reordering,         ///< messages are held back, others overtake them
  partition,          ///< some sites and the others do not hear each other
  one_way,            ///< a site is not heard by some others and hears them, or the other way round
  bridge,             ///< two halves hear each other through one site only
  clock_jump,         ///< a clock leaps ahead, or stands still until time has caught up
  drift,              ///< clocks run fast or slow by up to 1 percent
  fast_clock,         ///< a clock runs ten times too fast
  pause,              ///< a process stands still and goes on as if nothing had been
  crash,              ///< a process dies between two polls, now and then all of them
  torn_write,         ///< the power goes at some write or sync, and leaves records torn
  lost_sync,          ///< a sync fails, and what it was about may or may not be there
  full_disk,          ///< writes are refused until there is room again
  bit_rot,            ///< an acknowledged record is damaged
  misdirected_write,  ///< a write goes to another record's place
  wipe,               ///< the disk comes back blank
  epoch_change,       ///< weights, alpha, f, frozen members, and members that only learn for a while
  departure,          ///< members leave, are stopped, and come back
};
inline constexpr std::size_t nemesis_count = 19;

[[nodiscard]] constexpr std::string_view name_of(nemesis n) {
  constexpr std::string_view names[] = {
      "drop",    "duplication",       "reordering", "partition",    "one_way",    "bridge",    "clock_jump",
      "drift",   "fast_clock",        "pause",      "crash",        "torn_write", "lost_sync", "full_disk",
      "bit_rot", "misdirected_write", "wipe",       "epoch_change", "departure"};
  static_assert(std::size(names) == nemesis_count);
  return names[static_cast<std::size_t>(n)];
}
[[nodiscard]] constexpr std::array<nemesis, nemesis_count> every_nemesis() {
  std::array<nemesis, nemesis_count> all{};
  for (std::size_t i = 0; i < nemesis_count; ++i) all[i] = static_cast<nemesis>(i);
  return all;
}

/// A set of classes. A regular value.
class nemesis_set {
 public:
  constexpr nemesis_set() = default;
  [[nodiscard]] static constexpr nemesis_set all() {
    nemesis_set s;
    for (const nemesis n : every_nemesis()) s.insert(n);
    return s;
  }
  constexpr nemesis_set& insert(nemesis n) { return bits_ |= bit(n), *this; }
  constexpr nemesis_set& erase(nemesis n) { return bits_ &= ~bit(n), *this; }
  [[nodiscard]] constexpr bool has(nemesis n) const { return (bits_ & bit(n)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(nemesis_set, nemesis_set) = default;

 private:
  static constexpr std::uint32_t bit(nemesis n) { return std::uint32_t{1} << static_cast<unsigned>(n); }
  std::uint32_t bits_ = 0;
};

/// How often each class has struck.
using fault_counts = std::array<std::uint64_t, nemesis_count>;

enum class fault_kind : std::uint8_t {
  weather,     ///< every link is like `usual` from now on
  cut,         ///< nothing from `site` reaches `peer` any more
  heal,        ///< it does again
  clock_jump,  ///< by `amount` nanoseconds; backwards: it stands still that long
  clock_rate,  ///< the clock runs `amount` parts per million fast
  pause,
  resume,
  crash,       ///< the site stops; what it had not synced is lost or torn
  power_loss,  ///< it stops within a poll, at the `amount`-th write or sync from now
  restart,     ///< it comes back on the same disk, and stops before that if it is up
  fail_sync,   ///< the next sync reports an error
  fill,        ///< the disk takes no more writes
  rot,         ///< a bit of an acknowledged record flips
  misdirect,   ///< the next write goes to another record's place
  wipe,        ///< a blank disk in the old one's place
};

[[nodiscard]] constexpr std::string_view name_of(fault_kind k) {
  constexpr std::string_view names[] = {"weather",   "cut",    "heal",  "clock_jump", "clock_rate",
                                        "pause",     "resume", "crash", "power_loss", "restart",
                                        "fail_sync", "fill",   "rot",   "misdirect",  "wipe"};
  return names[static_cast<std::size_t>(k)];
}

struct fault {
  duration after{};  ///< since the start of the run
  fault_kind what = fault_kind::weather;
  std::optional<nemesis>
      cause{};  ///< the class it is counted under, when it strikes; none: an end of something
  site_id site{};
  site_id peer{};           ///< for cut and heal
  std::int64_t amount = 0;  ///< what it says above
  link usual{};             ///< for weather
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
