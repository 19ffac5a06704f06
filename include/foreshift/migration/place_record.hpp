#pragma once
/// @file
/// What a place keeps of a migration, and what it does with the next command about it.
///
/// A place persists the highest token it has seen for a subset and checks it where it acts: what was sent
/// under a lower one, however long ago, does nothing. It keeps the record of a migration, a tombstone where
/// nothing was done, so that a late duplicate never starts one a second time. Here is that judgement for one
/// place, subset and migration, without time, randomness and I/O: simulated places, and adapters that keep
/// the record in a label of the cluster's own objects, decide alike.

#include <foreshift/core/id.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/migration/phase.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::migration {

/// one_step: `start` copies and cuts over, as a rolling update does. two_step: `start` copies, `cut_over` is
/// a command of its own, given only after the commit is in the log.
enum class cut_over_style : std::uint8_t { one_step, two_step };

/// The style of a migration over a place of that style.
[[nodiscard]] constexpr style moves_in(cut_over_style s) {
  return s == cut_over_style::one_step ? style::one_step : style::two_step;
}

struct place_rules {
  cut_over_style style = cut_over_style::two_step;
  bool fences = true;  ///< false: any token is obeyed; never safe
  friend bool operator==(const place_rules&, const place_rules&) = default;
};

/// What follows from one command, or from the end of a copy.
struct place_response {
  struct answer {
    event_kind what = event_kind::status;
    std::string reason{};
  };
  std::vector<event_kind> acts{};  ///< what the place does; nothing where it only answers
  std::vector<answer> answers{};   ///< in order
  bool copies = false;             ///< a copy begins: `copied` is due when it ends
};

/// What a place keeps of one migration.
struct place_record {
  place_state at = place_state::never_seen;
  fence_token under{};  ///< of the last start
  subset_id subset{};
  friend bool operator==(const place_record&, const place_record&) = default;
};

/// True when `c` comes under a token lower than the highest that the place has seen for the subset.
[[nodiscard]] constexpr bool is_stale(const command& c, const place_rules& rules, fence_token highest) {
  return rules.fences && c.token < highest;
}
/// True when the command would begin something new, so that room has to be found for it. @pre not stale
[[nodiscard]] constexpr bool begins(const command& c, place_state at) {
  const bool beginning = c.what == verb::start || c.what == verb::resize || c.what == verb::scale;
  return beginning && at == place_state::never_seen;
}

/// The token is looked at first, and raised by everything but a query. The response is whole for `query`,
/// `fence` and stale commands; nothing for all others, whose place is `carry_out`.
[[nodiscard]] std::optional<place_response> check_token(const command& c, const place_rules& rules,
                                                        fence_token& highest);
/// What the verb says. @pre `check_token` has returned nothing for `c`
[[nodiscard]] place_response carry_out(const command& c, const place_rules& rules, place_record& known);
/// A copy has ended. one_step goes on to serve by itself, unless the subset's authority has passed since:
/// then the next owner has to ask.
[[nodiscard]] place_response end_copy(const place_rules& rules, fence_token highest, place_record& known);

namespace detail {

[[nodiscard]] inline bool ended(place_state at) {
  return at == place_state::reverted || at == place_state::tombstone || at == place_state::released;
}
[[nodiscard]] inline const char* end_of(place_state at) {
  return at == place_state::released ? "released" : "aborted here";
}
[[nodiscard]] inline place_response say(event_kind what, std::string reason = {}) {
  return {{}, {{what, std::move(reason)}}, false};
}
[[nodiscard]] inline place_response act(event_kind what) { return {{what}, {{what, {}}}, false}; }

/// The copy is whole.
inline void make_ready(const place_rules& rules, fence_token highest, place_record& known,
                       place_response& out) {
  out.answers.push_back({event_kind::copied});
  if (rules.style == cut_over_style::two_step) return;
  if (rules.fences && known.under < highest) return;
  known.at = place_state::running;
  out.acts.push_back(event_kind::serving);
  out.answers.push_back({event_kind::serving});
}

/// At the destination. A second start, by the same owner or by the next, adopts what is under way.
[[nodiscard]] inline place_response start(const command& c, const place_rules& rules, place_record& known) {
  if (c.end != endpoint::destination) return say(event_kind::refused, "only a destination starts");
  if (ended(known.at)) return say(event_kind::refused, end_of(known.at));
  known.under = c.token;
  known.subset = c.subset;
  if (known.at == place_state::never_seen) {
    known.at = place_state::copying;
    place_response out = act(event_kind::started);
    out.copies = true;
    return out;
  }
  place_response out = say(event_kind::started);
  if (known.at == place_state::ready) make_ready(rules, c.token, known, out);
  if (known.at == place_state::running && out.acts.empty()) out.answers.push_back({event_kind::serving});
  return out;
}

[[nodiscard]] inline place_response cut_over(place_record& known) {
  if (known.at == place_state::running) return say(event_kind::serving);
  if (known.at != place_state::ready) return say(event_kind::refused, "not copied");
  known.at = place_state::running;
  return act(event_kind::serving);
}

/// `cut_over` at the source.
[[nodiscard]] inline place_response cease(place_record& known) {
  if (known.at == place_state::ready) return say(event_kind::serving);
  if (known.at != place_state::never_seen) return say(event_kind::refused, end_of(known.at));
  known.at = place_state::ready;
  return act(event_kind::serving);
}

[[nodiscard]] inline place_response abort(place_record& known) {
  if (known.at == place_state::running) return say(event_kind::serving, "too late: it serves");
  if (known.at == place_state::released) return say(event_kind::refused, end_of(known.at));
  if (ended(known.at)) return say(event_kind::aborted);
  known.at = known.at == place_state::never_seen ? place_state::tombstone : place_state::reverted;
  return act(event_kind::aborted);
}

/// At the source. A two_step source that still serves is not dropped.
[[nodiscard]] inline place_response release(const command& c, const place_rules& rules, place_record& known) {
  if (known.at == place_state::released) return say(event_kind::released);
  const bool ceased = known.at == place_state::ready ||
                      (known.at == place_state::never_seen && rules.style == cut_over_style::one_step);
  if (c.end != endpoint::source || !ceased) return say(event_kind::refused, "it serves here");
  known.at = place_state::released;
  return act(event_kind::released);
}

/// resize and scale, in place.
[[nodiscard]] inline place_response adjust(place_record& known, event_kind what) {
  if (ended(known.at)) return say(event_kind::refused, end_of(known.at));
  if (known.at == place_state::running) return say(what);
  known.at = place_state::running;
  return act(what);
}

}  // namespace detail

inline std::optional<place_response> check_token(const command& c, const place_rules& rules,
                                                 fence_token& highest) {
  if (c.what == verb::query) return detail::say(event_kind::status);
  if (is_stale(c, rules, highest)) return detail::say(event_kind::stale_token);
  const bool grew = highest < c.token;
  if (grew) highest = c.token;
  if (c.what != verb::fence) return std::nullopt;
  return grew ? detail::act(event_kind::fenced) : detail::say(event_kind::fenced);
}

inline place_response carry_out(const command& c, const place_rules& rules, place_record& known) {
  switch (c.what) {
    case verb::start:
      return detail::start(c, rules, known);
    case verb::cut_over:
      return c.end == endpoint::source ? detail::cease(known) : detail::cut_over(known);
    case verb::abort:
      return detail::abort(known);
    case verb::release:
      return detail::release(c, rules, known);
    case verb::resize:
      return detail::adjust(known, event_kind::resized);
    case verb::scale:
      return detail::adjust(known, event_kind::scaled);
    case verb::fence:
    case verb::query:
      break;
  }
  return {};
}

inline place_response end_copy(const place_rules& rules, fence_token highest, place_record& known) {
  if (known.at != place_state::copying) return {};
  known.at = place_state::ready;
  place_response out{{event_kind::copied}, {}, false};
  detail::make_ready(rules, highest, known, out);
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::migration
