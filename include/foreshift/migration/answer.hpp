#pragma once
/// @file
/// What an answer of a place means to the owner that hears it.
///
/// The same answer means different things in different phases: "running" is the end of a one_step start, a
/// scandal before a two_step commit, and leave to release the source after it. Here is the whole of that
/// judgement, as a function of the phase and the answer; when something is asked, and what the log has to say
/// about it, is the executor's.

#include <foreshift/migration/event.hpp>
#include <foreshift/migration/phase.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::migration {

/// Where the owner stands when the answer comes.
struct standing {
  style how = style::two_step;
  phase at = phase::awaiting;
  bool fresh = false;  ///< it answers a question that was asked since the phase, or the step in it, began
  bool destination_serves = false;  ///< the destination has said so in this phase
  bool observed = false;            ///< the destination has been watched for as long as is wanted
  friend bool operator==(const standing&, const standing&) = default;
};

/// Why nothing follows from an answer.
enum class unheeded : std::uint8_t {
  none,       ///< something does
  stale,      ///< it answers a question of before this phase
  not_asked,  ///< this phase asks for nothing of the kind
  under_way,  ///< as expected; what is waited for has not come
  known,      ///< it was said before in this phase
  unlearned,  ///< the log has decided what it tells, and this site has yet to learn of it
  unsettled,  ///< nobody knows whether the question came through; it is asked again
};
[[nodiscard]] constexpr std::string_view explain(unheeded w) {
  constexpr std::string_view texts[] = {"it is heeded",
                                        "it answers a question of before this phase",
                                        "this phase asks for nothing of the kind",
                                        "what is waited for has not come yet",
                                        "it was said before in this phase",
                                        "the log has decided that and this site has yet to learn of it",
                                        "whether the question came through is not known"};
  return texts[static_cast<std::size_t>(w)];
}

/// What follows from an answer. Every pair of a phase and an answer has a conclusion, or a reason why there
/// is none.
struct reading {
  enum class conclusion : std::uint8_t {
    nothing,
    place_fenced,        ///< the place that answered holds the token
    destination_serves,  ///< so that the source may cease, or be released
    go_on,               ///< to the phase `next`
    ask_first,           ///< nobody knows whether it was carried out: to `next`, after a pause
    undo,                ///< in the way of the style; `why` says for what
    suspect,             ///< it cannot be, or can be no longer; `why` says what
  };
  conclusion what = conclusion::nothing;
  phase next = phase::awaiting;
  std::string why{};                  ///< for people; empty: nothing to be said
  unheeded because = unheeded::none;  ///< there is no conclusion
  friend bool operator==(const reading&, const reading&) = default;
};

/// @pre the answer is about this migration, and the place that gave it holds the owner's token; of
/// `unreachable` nothing is asked, because it comes from the way there
[[nodiscard]] reading read_answer(const event& answer, const standing& owner);

namespace detail {

using conclusion = reading::conclusion;

[[nodiscard]] inline reading go_on(phase next) { return {conclusion::go_on, next, {}}; }
[[nodiscard]] inline reading pass_over(unheeded because) {
  return {conclusion::nothing, phase::awaiting, {}, because};
}
[[nodiscard]] inline reading suspect(std::string why) {
  return {conclusion::suspect, phase::suspect, std::move(why)};
}

/// Nothing is there and nothing will start there: an earlier owner, or an earlier life of this one, aborted.
[[nodiscard]] inline reading terminal(style how) {
  return {conclusion::go_on, how == style::one_step ? phase::reverted : phase::giving_up,
          "the destination had been told to abort"};
}

/// A fresh answer to this phase's own question.
[[nodiscard]] inline reading read_status(place_state state, const standing& owner) {
  const bool one_step = owner.how == style::one_step, two_step = owner.how == style::two_step;
  const bool gone = state == place_state::reverted || state == place_state::tombstone;
  const bool runs = state == place_state::running, ready = state == place_state::ready;
  switch (owner.at) {
    case phase::probing:
    case phase::copying: {
      const bool probing = owner.at == phase::probing;
      if (gone) return terminal(owner.how);
      if (state == place_state::released) return suspect("the destination says that it has released");
      if (runs && one_step) return go_on(phase::moved);
      if (runs) return pass_over(unheeded::unlearned);  // the commit, by a site that was started anew
      if (ready && two_step) return go_on(phase::copied);
      // One step, copied under an earlier owner's token: it goes on when it is told to start under this one.
      if (ready) return go_on(probing ? phase::starting : phase::probing);
      if (state == place_state::copying)
        return probing ? go_on(phase::copying) : pass_over(unheeded::under_way);
      return probing ? go_on(phase::starting)
                     : suspect("the destination has forgotten a copy that it had begun");
    }
    case phase::committed:
      if (one_step && runs) return go_on(phase::observing);
      if (two_step && (runs || ready)) return go_on(phase::cutting_over);
      return suspect("committed, but the destination could not serve");
    case phase::observing:
    case phase::releasing:
      if (!runs) return suspect("the destination stopped serving before the source was released");
      if (owner.at == phase::releasing) return {conclusion::destination_serves, {}, {}};
      return owner.observed ? go_on(phase::releasing) : pass_over(unheeded::under_way);
    default:
      return pass_over(unheeded::not_asked);
  }
}

/// What such an answer says is of the moment in which it was given.
[[nodiscard]] inline bool dated(const event& answer) {
  return answer.what == event_kind::status || answer.what == event_kind::refused;
}

[[nodiscard]] inline reading read_source(const event& answer, const standing& owner) {
  const bool may_refuse = owner.at == phase::cutting_over || owner.at == phase::releasing;
  if (answer.what == event_kind::fenced && owner.at == phase::fencing)
    return {conclusion::place_fenced, {}, {}};
  if (answer.what == event_kind::serving && owner.at == phase::cutting_over && owner.destination_serves)
    return go_on(phase::observing);
  if (answer.what == event_kind::released && owner.at == phase::releasing) return go_on(phase::released);
  // An earlier owner had it released already, and so cease.
  const bool past_that = answer.state == place_state::released && answer.what == event_kind::refused;
  if (past_that && owner.fresh && owner.at == phase::cutting_over && owner.destination_serves)
    return go_on(phase::observing);
  if (answer.what == event_kind::refused && owner.fresh && may_refuse)
    return suspect("the source refused: " + answer.reason);
  return pass_over(dated(answer) && !owner.fresh ? unheeded::stale : unheeded::not_asked);
}

[[nodiscard]] inline reading read_destination(const event& answer, const standing& owner) {
  const phase at = owner.at;
  const bool moves = owner.how != style::in_place;
  const bool before_copy = at == phase::probing || at == phase::starting;
  const bool copy = before_copy || at == phase::copying;
  const reading no = pass_over(unheeded::not_asked);
  switch (answer.what) {
    case event_kind::fenced:
      return at == phase::fencing ? reading{conclusion::place_fenced, {}, {}} : no;
    case event_kind::status:
      return owner.fresh ? read_status(answer.state, owner) : pass_over(unheeded::stale);
    case event_kind::started:
      return before_copy && moves ? go_on(phase::copying) : no;
    case event_kind::copied:
      return copy && owner.how == style::two_step ? go_on(phase::copied) : no;
    case event_kind::serving:
      if (owner.how == style::one_step && (copy || at == phase::reverting)) return go_on(phase::moved);
      if (at != phase::cutting_over) return no;
      return owner.destination_serves ? pass_over(unheeded::known)
                                      : reading{conclusion::destination_serves, {}, {}};
    case event_kind::resized:
    case event_kind::scaled:
      return !moves && at == phase::starting ? go_on(phase::moved) : no;
    case event_kind::aborted:
      if (copy && moves) return terminal(owner.how);
      if (at == phase::reverting) return go_on(phase::reverted);
      return at == phase::aborted ? go_on(phase::undone) : no;
    case event_kind::refused:
      if (!owner.fresh) return pass_over(unheeded::stale);
      if (answer.answers == verb::query && moves &&
          (at == phase::probing || at == phase::copying || at == phase::committed || at == phase::observing))
        return suspect("the destination does not tell how it stands: " + answer.reason);
      if (at == phase::starting) return {conclusion::undo, {}, "the destination refused: " + answer.reason};
      if (at == phase::cutting_over || at == phase::reverting || at == phase::aborted)
        return suspect("the destination refused: " + answer.reason);
      return no;
    case event_kind::failed:
      return copy && moves ? reading{conclusion::undo, {}, "the copy failed: " + answer.reason} : no;
    case event_kind::released:
    case event_kind::stale_token:
    case event_kind::unreachable:
      return no;
  }
  return no;
}

}  // namespace detail

inline reading read_answer(const event& answer, const standing& owner) {
  if (answer.what == event_kind::unreachable)
    return owner.at == phase::starting && owner.how != style::in_place
               ? reading{reading::conclusion::ask_first, phase::probing, {}}
               : detail::pass_over(unheeded::unsettled);
  return answer.end == endpoint::source ? detail::read_source(answer, owner)
                                        : detail::read_destination(answer, owner);
}

}  // namespace foreshift::inline FORESHIFT_ABI::migration
