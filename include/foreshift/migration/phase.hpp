#pragma once
/// @file
/// The phases of one migration at the site that owns the subset, and every way from one to the next.
///
/// The table is data: the executor asks it before each transition, the checks below ask it once at compile
/// time. Three styles share it. one_step: to start is to copy and to cut over. two_step: the cut-over is a
/// command of its own, after the commit is in the log. in_place: a resize or a scale, where nothing moves.

#include <foreshift/core/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::migration {

enum class style : std::uint8_t { one_step, two_step, in_place };
inline constexpr std::size_t style_count = 3;

enum class phase : std::uint8_t {
  awaiting,      ///< authority is elsewhere: the transfer is prepared or quiesced, or another site acts
  fencing,       ///< the places are told the token; nothing else is done until both have persisted it
  fenced,        ///< the intent to start is asked into the log
  probing,       ///< the destination is asked what it knows, before it is told anything
  starting,      ///< it knew nothing: told to start
  copying,       ///< it copies
  copied,        ///< two_step: it could serve; the commit is asked into the log
  moved,         ///< one_step, in_place: done at the place; the commit is asked into the log
  committed,     ///< the log says commit; the destination is asked afresh
  cutting_over,  ///< two_step: destination told to serve, then source told to cease
  observing,     ///< the destination is watched, and asked afresh before the source is released
  releasing,     ///< the source is told to drop what is left
  released,      ///< the end is asked into the log
  reverting,     ///< one_step: abort at the place comes before abort in the log
  reverted,      ///< one_step, in_place: terminal at the place; the abort is asked into the log
  giving_up,     ///< two_step: the abort is asked into the log, nothing has been undone yet
  aborted,       ///< the log says abort; the destination is told, a tombstone where it knows nothing
  undone,        ///< compensated; the end is asked into the log
  settled,       ///< the log says so: the end
  suspect,       ///< what the places say cannot be: for an operator, or for the next owner
};
inline constexpr std::size_t phase_count = 20;

[[nodiscard]] constexpr std::string_view name_of(phase p) {
  constexpr std::string_view names[] = {"awaiting",  "fencing",   "fenced",   "probing",   "starting",
                                        "copying",   "copied",    "moved",    "committed", "cutting_over",
                                        "observing", "releasing", "released", "reverting", "reverted",
                                        "giving_up", "aborted",   "undone",   "settled",   "suspect"};
  return names[static_cast<std::size_t>(p)];
}

/// One row: from here to there, in these styles (a bit for each).
struct transition {
  phase from;
  phase to;
  std::uint8_t styles;
};

namespace detail {

inline constexpr std::uint8_t one = 1, two = 2, place = 4, moving = one | two, every = moving | place;

/// Transitions within one grant of authority. Those that a new grant or a settlement in the log makes from
/// anywhere are in `allowed`.
inline constexpr std::array transitions = {
    // What the log knew before decides where a new owner goes on.
    transition{phase::fencing, phase::fenced, every}, transition{phase::fencing, phase::probing, moving},
    transition{phase::fencing, phase::starting, place}, transition{phase::fencing, phase::committed, every},
    transition{phase::fencing, phase::aborted, every},
    // Towards the copy.
    transition{phase::fenced, phase::probing, moving}, transition{phase::fenced, phase::starting, place},
    transition{phase::probing, phase::starting, moving}, transition{phase::probing, phase::copying, moving},
    transition{phase::probing, phase::copied, two}, transition{phase::probing, phase::moved, one},
    transition{phase::starting, phase::probing, moving}, transition{phase::starting, phase::copying, moving},
    transition{phase::starting, phase::copied, two}, transition{phase::starting, phase::moved, one | place},
    transition{phase::copying, phase::probing, one}, transition{phase::copying, phase::copied, two},
    transition{phase::copying, phase::moved, one},
    // The commit comes from the log; an earlier incarnation of this owner may have asked for it.
    transition{phase::fenced, phase::committed, every}, transition{phase::probing, phase::committed, moving},
    transition{phase::starting, phase::committed, every},
    transition{phase::copying, phase::committed, moving}, transition{phase::copied, phase::committed, two},
    transition{phase::moved, phase::committed, one | place},
    transition{phase::reverting, phase::committed, one}, transition{phase::giving_up, phase::committed, two},
    transition{phase::reverted, phase::committed, place},
    // After it.
    transition{phase::committed, phase::cutting_over, two},
    transition{phase::committed, phase::observing, one}, transition{phase::committed, phase::released, place},
    transition{phase::cutting_over, phase::observing, two},
    transition{phase::observing, phase::releasing, moving},
    transition{phase::releasing, phase::released, moving}, transition{phase::released, phase::settled, every},
    // Giving up, what moves nowhere at once.
    transition{phase::fencing, phase::giving_up, two},
    transition{phase::fencing, phase::reverted, one | place},
    transition{phase::fenced, phase::reverting, one}, transition{phase::probing, phase::reverting, one},
    transition{phase::starting, phase::reverting, one}, transition{phase::copying, phase::reverting, one},
    transition{phase::reverting, phase::reverted, one}, transition{phase::reverting, phase::moved, one},
    transition{phase::probing, phase::reverted, one}, transition{phase::copying, phase::reverted, one},
    transition{phase::starting, phase::reverted, one | place},
    transition{phase::fenced, phase::reverted, place}, transition{phase::fenced, phase::giving_up, two},
    transition{phase::probing, phase::giving_up, two}, transition{phase::starting, phase::giving_up, two},
    transition{phase::copying, phase::giving_up, two}, transition{phase::copied, phase::giving_up, two},
    // The abort comes from the log as well.
    transition{phase::fenced, phase::aborted, every}, transition{phase::probing, phase::aborted, moving},
    transition{phase::starting, phase::aborted, every}, transition{phase::copying, phase::aborted, moving},
    transition{phase::copied, phase::aborted, two}, transition{phase::giving_up, phase::aborted, two},
    transition{phase::reverting, phase::aborted, one},
    transition{phase::reverted, phase::aborted, one | place}, transition{phase::moved, phase::aborted, place},
    transition{phase::aborted, phase::undone, every}, transition{phase::undone, phase::settled, every},
    // What cannot be.
    transition{phase::probing, phase::suspect, moving}, transition{phase::copying, phase::suspect, moving},
    transition{phase::moved, phase::suspect, one}, transition{phase::reverted, phase::suspect, one},
    transition{phase::committed, phase::suspect, moving},
    transition{phase::cutting_over, phase::suspect, two},
    transition{phase::observing, phase::suspect, moving},
    transition{phase::releasing, phase::suspect, moving}, transition{phase::aborted, phase::suspect, moving},
    transition{phase::reverting, phase::suspect, one}, transition{phase::starting, phase::suspect, place}};

}  // namespace detail

/// A transition within one grant.
[[nodiscard]] constexpr bool leads_to(style how, phase from, phase to) {
  for (const auto& t : detail::transitions)
    if (t.from == from && t.to == to && (t.styles >> static_cast<unsigned>(how) & 1U) != 0) return true;
  return false;
}

/// Any transition: authority may come and go, and the log may say that it is settled, at any time but after
/// the end.
[[nodiscard]] constexpr bool allowed(style how, phase from, phase to) {
  if (from == phase::settled) return false;
  return to == phase::awaiting || to == phase::fencing || to == phase::settled || leads_to(how, from, to);
}

namespace detail {

/// For each style and phase, the set of phases that can be reached within one grant, a bit for each.
inline constexpr auto reachable = [] {
  std::array<std::array<std::uint32_t, phase_count>, style_count> sets{};
  for (std::size_t s = 0; s < style_count; ++s)
    for (std::size_t from = 0; from < phase_count; ++from) {
      std::uint32_t& set = sets[s][from] = 1U << from;
      for (std::uint32_t before = 0; before != set;) {
        before = set;
        for (const auto& t : transitions)
          if ((t.styles >> s & 1U) != 0 && (set >> static_cast<unsigned>(t.from) & 1U) != 0)
            set |= 1U << static_cast<unsigned>(t.to);
      }
    }
  return sets;
}();
[[nodiscard]] constexpr bool reaches(style how, phase from, phase to) {
  return (reachable[static_cast<std::size_t>(how)][static_cast<std::size_t>(from)] >>
              static_cast<unsigned>(to) &
          1U) != 0;
}

[[nodiscard]] constexpr bool holds_in_every_phase_and_style(auto claim) {
  for (std::size_t s = 0; s < style_count; ++s)
    for (std::size_t p = 0; p < phase_count; ++p)
      if (!claim(static_cast<style>(s), static_cast<phase>(p))) return false;
  return true;
}

/// A phase that its style can be in at all.
[[nodiscard]] constexpr bool used(style how, phase p) {
  return p == phase::awaiting || p == phase::fencing || reaches(how, phase::fencing, p);
}

static_assert(holds_in_every_phase_and_style([](style how, phase p) {
  return !used(how, p) || p == phase::awaiting || reaches(how, p, phase::settled) ||
         reaches(how, p, phase::suspect);
}));
static_assert(holds_in_every_phase_and_style([](style how, phase p) {
  return !allowed(how, phase::settled, p);
}));
static_assert(holds_in_every_phase_and_style([](style how, phase p) {  // commit and abort exclude each other
  return !(reaches(how, phase::committed, p) && reaches(how, phase::aborted, p)) || p == phase::settled ||
         p == phase::suspect;
}));
static_assert(holds_in_every_phase_and_style([](style how,
                                                phase p) {  // the only way to start is through the log
  return !leads_to(how, p, phase::starting) || p == phase::fenced || p == phase::probing ||
         p == phase::fencing;
}));
static_assert(!reaches(style::two_step, phase::fencing, phase::moved));
static_assert(!leads_to(style::one_step, phase::fencing, phase::cutting_over));

}  // namespace detail

}  // namespace foreshift::inline FORESHIFT_ABI::migration
