#pragma once
/// @file
/// The learner: turns what others say into chosen entries, asks for what is missing, and answers those who
/// ask.
///
/// A follower learns without a message per entry: when the distinguished proposer of ballot b says that slots
/// up to c are chosen, whatever was accepted here under b itself is the chosen value, since a ballot proposes
/// one value per slot. Under another ballot it need not be, and is asked for. The inference holds only while
/// the proposer's own log says of those slots what it proposed: one that learns of another value there has
/// been overtaken and leads no more (`basic_proposer::contradicts`).

#include <foreshift/consensus/acceptor.hpp>
#include <foreshift/consensus/log.hpp>
#include <foreshift/consensus/message.hpp>

#include <algorithm>
#include <optional>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// An entry and its slot.
struct chosen_entry {
  slot at;
  entry value;
  friend bool operator==(const chosen_entry&, const chosen_entry&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.at, self.value); }
};

/// What a follower may conclude from "under `number`, every slot up to `through` is chosen": calls
/// `found(slot, entry)` for each that is new here, in slot order; gaps are left out. `found` may let go of
/// what `own` holds and add to what is known. `Acceptor` is whatever holds the accepted values.
template <class Acceptor, class F>
void for_each_chosen_under(const chosen_log& known, const Acceptor& own, ballot number, slot through,
                           F found) {
  const slot last{std::min(through.value, known.through().value + 4096)};  // beyond: catching up is cheaper
  for (slot at = next(known.through()); at <= last; at = next(at))
    if (const entry* value = own.accepted_at(at, number); value != nullptr && !known.has(at))
      found(at, entry{*value});
}

/// Whom to ask for chosen entries, and when to ask again. A regular value.
class catch_up {
 public:
  /// `from` says that slots up to `through` are chosen. The request to send it, unless one was sent a
  /// moment ago or nothing is missing.
  [[nodiscard]] std::optional<catch_up_request> on_news(site_id from, slot known, slot through,
                                                        time_point now, duration pause) {
    if (through <= known || (asked_ && now - asked_at_ < pause)) return std::nullopt;
    asked_ = from;
    asked_at_ = now;
    return catch_up_request{next(known)};
  }
  /// Whether a reply of this site has been asked for.
  [[nodiscard]] bool awaits(site_id from) const { return asked_ == from; }
  /// A reply came: the next request may go at once.
  void on_reply() { asked_.reset(); }
  friend bool operator==(const catch_up&, const catch_up&) = default;

 private:
  std::optional<site_id> asked_;
  time_point asked_at_{};
};

/// Chosen entries from `asked.from` on, as many as fit into a message of moderate size, one at least.
/// Nothing if there is none, or if the log begins later.
[[nodiscard]] inline std::optional<catch_up_reply> answer_catch_up(const chosen_log& known,
                                                                   const catch_up_request& asked) {
  constexpr std::size_t size_max = std::size_t{1} << 20;
  constexpr std::size_t count_max = 1024;
  if (asked.from <= known.base() || asked.from > known.through()) return std::nullopt;
  catch_up_reply reply{asked.from, known.through(), {}};
  std::size_t size = 0;
  for (slot at = asked.from; at <= known.through() && size < size_max && reply.entries.size() < count_max;
       at = next(at)) {
    reply.entries.push_back(known[at]);
    size += reply.entries.back().commands.bytes() + 32;
  }
  return reply;
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
