#pragma once
/// @file
/// What the places of a data centre remember, and what they do when they are told to.
///
/// A place persists the highest token it has seen for a subset and checks it where it acts: what was sent
/// under a lower one, however long ago, does nothing. It keeps the record of every migration for ever, a
/// tombstone where nothing was done, so a late duplicate never starts one a second time. No time and no
/// randomness in here.

#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/ports/orchestrator.hpp>

#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// What follows from one command, or from the end of a copy.
struct place_response {
  struct answer {
    migration::event_kind what = migration::event_kind::status;
    std::string reason{};
  };
  std::vector<migration::event_kind> acts;  ///< what the place did; nothing where it only answers
  std::vector<answer> answers;              ///< in order
  bool copies = false;                      ///< a copy begins: `copied` is due when it ends
};

/// A regular value.
class place_book {
 public:
  using command = migration::command;
  using kind = migration::event_kind;
  using state = migration::place_state;

  place_book(ports::cut_over_style style, bool fences) : style_(style), fences_(fences) {}

  [[nodiscard]] fence_token highest(place_id place, subset_id subset) const {
    const fence_token* seen = tokens_.find({place, subset});
    return seen != nullptr ? *seen : fence_token{};
  }
  [[nodiscard]] state state_of(place_id place, migration_id migration) const {
    const record* known = records_.find({place, migration});
    return known != nullptr ? known->at : state::never_seen;
  }
  /// True when this command would begin something new, so that room has to be found for it.
  [[nodiscard]] bool begins(const command& c) const {
    using migration::verb;
    const bool beginning = c.what == verb::start || c.what == verb::resize || c.what == verb::scale;
    return beginning && !stale(c) && state_of(c.place(), c.migration) == state::never_seen;
  }

  /// Checks the token, raises it, and does what the verb says.
  [[nodiscard]] place_response carry_out(const command& c);
  /// A copy has ended. one_step goes on to serve by itself, unless the subset's authority has passed since:
  /// then the next owner has to ask.
  [[nodiscard]] place_response copied(place_id place, migration_id migration);

  friend bool operator==(const place_book&, const place_book&) = default;

 private:
  struct record {
    state at = state::never_seen;
    fence_token under;  // of the last start
    subset_id subset;
    friend bool operator==(const record&, const record&) = default;
  };
  using one = place_response::answer;

  [[nodiscard]] static bool ended(state at) {
    return at == state::reverted || at == state::tombstone || at == state::released;
  }
  [[nodiscard]] static const char* end_of(state at) {
    return at == state::released ? "released" : "aborted here";
  }

  [[nodiscard]] bool stale(const command& c) const {
    return fences_ && c.token < highest(c.place(), c.subset);
  }
  static place_response say(kind what, std::string reason = {}) {
    return {{}, {one{what, std::move(reason)}}, false};
  }
  static place_response act(kind what) { return {{what}, {one{what, {}}}, false}; }

  place_response start(const command& c, record& known);
  place_response cut_over(record& known);
  place_response cease(record& known);
  place_response abort(record& known);
  place_response release(const command& c, record& known);
  place_response adjust(record& known, kind what);
  /// The copy is whole.
  void ready(place_id place, record& known, place_response& out);

  ports::cut_over_style style_;
  bool fences_;
  flat_map<std::pair<place_id, subset_id>, fence_token> tokens_;
  flat_map<std::pair<place_id, migration_id>, record> records_;
};

inline place_response place_book::carry_out(const command& c) {
  using migration::verb;
  if (c.what == verb::query) return say(kind::status);
  if (stale(c)) return say(kind::stale_token);
  fence_token& seen = tokens_[{c.place(), c.subset}];
  const bool grew = seen < c.token;
  if (grew) seen = c.token;
  if (c.what == verb::fence) return grew ? act(kind::fenced) : say(kind::fenced);

  record& known = records_[{c.place(), c.migration}];
  switch (c.what) {
    case verb::start:
      return start(c, known);
    case verb::cut_over:
      return c.end == migration::endpoint::source ? cease(known) : cut_over(known);
    case verb::abort:
      return abort(known);
    case verb::release:
      return release(c, known);
    case verb::resize:
      return adjust(known, kind::resized);
    case verb::scale:
      return adjust(known, kind::scaled);
    case verb::fence:
    case verb::query:
      break;
  }
  return {};
}

/// At the destination. A second start, by the same owner or by the next, adopts what is under way.
inline place_response place_book::start(const command& c, record& known) {
  if (c.end != migration::endpoint::destination) return say(kind::refused, "only a destination starts");
  if (ended(known.at)) return say(kind::refused, end_of(known.at));
  known.under = c.token;
  known.subset = c.subset;
  if (known.at == state::never_seen) {
    known.at = state::copying;
    place_response out = act(kind::started);
    out.copies = true;
    return out;
  }
  place_response out = say(kind::started);
  if (known.at == state::ready) ready(c.place(), known, out);
  if (known.at == state::running && out.acts.empty()) out.answers.push_back({kind::serving});
  return out;
}

inline place_response place_book::copied(place_id place, migration_id migration) {
  record& known = records_[{place, migration}];
  if (known.at != state::copying) return {};
  known.at = state::ready;
  place_response out{{kind::copied}, {}, false};
  ready(place, known, out);
  return out;
}

inline void place_book::ready(place_id place, record& known, place_response& out) {
  out.answers.push_back({kind::copied});
  if (style_ == ports::cut_over_style::two_step) return;
  if (fences_ && known.under < highest(place, known.subset)) return;
  known.at = state::running;
  out.acts.push_back(kind::serving);
  out.answers.push_back({kind::serving});
}

inline place_response place_book::cut_over(record& known) {
  if (known.at == state::running) return say(kind::serving);
  if (known.at != state::ready) return say(kind::refused, "not copied");
  known.at = state::running;
  return act(kind::serving);
}

/// `cut_over` at the source.
inline place_response place_book::cease(record& known) {
  if (known.at == state::ready) return say(kind::serving);
  if (known.at != state::never_seen) return say(kind::refused, end_of(known.at));
  known.at = state::ready;
  return act(kind::serving);
}

inline place_response place_book::abort(record& known) {
  if (known.at == state::running) return say(kind::serving, "too late: it serves");
  if (known.at == state::released) return say(kind::refused, end_of(known.at));
  if (ended(known.at)) return say(kind::aborted);
  known.at = known.at == state::never_seen ? state::tombstone : state::reverted;
  return act(kind::aborted);
}

/// At the source. A two_step source that still serves is not dropped.
inline place_response place_book::release(const command& c, record& known) {
  if (known.at == state::released) return say(kind::released);
  const bool ceased = known.at == state::ready ||
                      (known.at == state::never_seen && style_ == ports::cut_over_style::one_step);
  if (c.end != migration::endpoint::source || !ceased) return say(kind::refused, "it serves here");
  known.at = state::released;
  return act(kind::released);
}

/// resize and scale, in place.
inline place_response place_book::adjust(record& known, kind what) {
  if (ended(known.at)) return say(kind::refused, end_of(known.at));
  if (known.at == state::running) return say(what);
  known.at = state::running;
  return act(what);
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim
