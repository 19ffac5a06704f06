#pragma once
/// @file
/// Phase 2 of a ballot: propose values in slots after slots, and notice when a quorum has accepted.
///
/// Which slots may be opened is the replica's to know (`epoch_table`). Recovered values and gaps come first,
/// in slot order; new batches follow. A value is chosen when a quorum has accepted it under one and the same
/// ballot.

#include <foreshift/consensus/phase_one.hpp>
#include <foreshift/core/time.hpp>

#include <optional>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A regular value; exists only after a completed phase 1. Use `proposer`; the parameter lets a test put a
/// broken phase 1 in.
template <class PhaseOne>
class basic_proposer {
 public:
  /// @pre phase 1 is complete. @param chosen_through the own chosen prefix
  basic_proposer(PhaseOne done, slot chosen_through)
      : recovered_(std::move(done)), next_(next(std::max(chosen_through, recovered_.chosen_through()))) {}

  [[nodiscard]] ballot number() const { return recovered_.asked().number; }
  /// Nothing that was proposed waits to be chosen.
  [[nodiscard]] bool idle() const { return open_.empty() && !recovering(); }
  /// The slot that the next proposal takes.
  [[nodiscard]] slot next_slot() const { return next_; }
  /// True while recovered slots have to be proposed before anything new.
  [[nodiscard]] bool recovering() const { return next_ <= recovered_.last_reported(); }
  /// Whether the promises held are a quorum of these members: without it nothing may be opened in their
  /// slots.
  [[nodiscard]] bool covers(const electorate& members) const { return recovered_.complete(members); }
  [[nodiscard]] const PhaseOne& promises() const { return recovered_; }
  /// A promise that came when the ballot was led already: it counts towards the next epoch's quorum.
  void on_promise(site_id from, const promise& given) {
    recovered_.record(from, given);
    next_ = std::max(next_, next(recovered_.chosen_through()));
  }
  /// Forgets the promises of sites that have left.
  template <class Stays>
  void retire(Stays stays) {
    recovered_.retire(stays);
  }
  /// What has to be proposed at `next_slot()`: the adopted value, or null for a gap. @pre recovering()
  [[nodiscard]] const entry* recovered() const { return recovered_.adopted(next_); }

  /// Opens the next slot. @pre if recovering(): `value` is the recovered value, or a no-op for a gap
  [[nodiscard]] accept propose(entry value, slot chosen_through, time_point now) {
    accept asked{number(), next_, chosen_through, std::move(value)};
    open_[next_] = {asked.value, {}, now};
    next_ = next(next_);
    return asked;
  }

  /// Counts an acceptance; the value, if that makes it chosen. Other ballots, strangers and repetitions count
  /// nothing.
  /// @param members those of the slot's epoch
  [[nodiscard]] std::optional<entry> on_accepted(const electorate& members, site_id from,
                                                 const accepted& said) {
    auto* slot_state = said.number == number() ? open_.find(said.at) : nullptr;
    if (slot_state == nullptr || !slot_state->accepted_by.record(members.electors, from)) return std::nullopt;
    if (!slot_state->accepted_by.won_accepts(members)) return std::nullopt;
    std::optional<entry> chosen{std::move(slot_state->value)};
    open_.erase(said.at);
    return chosen;
  }

  /// Whether a value that is chosen at `at` is another than this ballot has proposed or would propose there.
  /// Then a higher ballot chose it: what this one says to be chosen is no longer what it proposed.
  [[nodiscard]] bool contradicts(slot at, const entry& chosen) const {
    if (const auto* own = open_.find(at)) return own->value != chosen;
    const entry* adopted = recovered_.adopted(at);
    return at >= next_ && (adopted == nullptr || *adopted != chosen);
  }

  /// Slots up to here are chosen, whoever found out.
  void release_through(slot through) {
    open_.erase_if([&](slot at, const open_slot&) { return at <= through; });
    recovered_.release_through(through);
    if (next_ <= through) next_ = next(through);
  }

  /// Calls `again(accept, accepted_by)` for every open slot that was not asked for since `since`.
  template <class F>
  void retransmit(slot chosen_through, time_point since, time_point now, F again) {
    for (auto& [at, state] : open_) {
      if (state.asked_at > since) continue;
      state.asked_at = now;
      again(accept{number(), at, chosen_through, state.value}, state.accepted_by);
    }
  }

  /// True when `command` is part of an open slot.
  [[nodiscard]] bool carries(byte_span command) const {
    for (const auto& [at, state] : open_)
      for (const auto& carried : state.value.commands)
        if (same_bytes(carried, command)) return true;
    return false;
  }
  friend bool operator==(const basic_proposer&, const basic_proposer&) = default;

 private:
  struct open_slot {
    entry value;
    tally accepted_by;
    time_point asked_at;
    friend bool operator==(const open_slot&, const open_slot&) = default;
  };
  PhaseOne recovered_;
  slot next_;
  flat_map<slot, open_slot> open_;
};

using proposer = basic_proposer<phase_one>;

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
