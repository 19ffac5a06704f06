#pragma once
/// @file
/// The acceptor: the memory that makes a choice stick.
///
/// It keeps two things, the highest ballot it has promised and, per open slot, the last value it accepted. It
/// refuses only for a higher ballot, never for what a value says: a value accepted by a minority must stay
/// adoptable. Slots known to be chosen are released, so the table is bounded by the window.
///
/// Source: L. Lamport, "Paxos made simple", 2001.

#include <foreshift/consensus/ballot.hpp>
#include <foreshift/consensus/message.hpp>
#include <foreshift/consensus/record.hpp>
#include <foreshift/core/flat_map.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// What an acceptor has to say, and what must be durable before it is said. Without a record the reply
/// repeats an earlier one; it still waits for whatever was recorded before it.
struct acceptor_answer {
  std::optional<record> persist;
  std::optional<message_body> reply;
};

/// A regular value.
class acceptor {
 public:
  /// @param window slots beyond the chosen prefix that are taken; accepts beyond count as lost messages.
  explicit acceptor(std::uint64_t window = 32) : window_(window) {}

  /// Answers a promise or a nack. A repeated prepare gets the promise again.
  [[nodiscard]] acceptor_answer on_prepare(const prepare& asked) {
    if (asked.number < promised_) return {std::nullopt, nack{asked.number, promised_}};
    acceptor_answer answer;
    if (asked.number > promised_) answer.persist = promise_record{asked.number};
    promised_ = asked.number;
    promise given{promised_, chosen_through_, {}};
    for (const auto& [at, held] : accepted_)
      if (at >= asked.from) given.accepted.push_back({at, held.number, held.value});
    answer.reply = std::move(given);
    return answer;
  }

  /// Answers accepted, a nack, or nothing when the slot is chosen already or beyond the window.
  [[nodiscard]] acceptor_answer on_accept(const accept& asked) {
    if (asked.number < promised_) return {std::nullopt, nack{asked.number, promised_}};
    if (asked.at <= chosen_through_ || asked.at.value > chosen_through_.value + window_) return {};
    acceptor_answer answer;
    if (const auto* held = accepted_.find(asked.at); held == nullptr || held->number != asked.number) {
      promised_ = asked.number;  // an accept is a promise too: or a lower prepare could miss this value
      accepted_[asked.at] = {asked.number, asked.value};
      answer.persist = accept_record{{asked.at, asked.number, asked.value}};
    }
    answer.reply = accepted{asked.number, asked.at};
    return answer;
  }

  /// Another epoch, another window.
  void take_window(std::uint64_t slots) { window_ = slots; }

  /// Every slot up to `through` is chosen and kept elsewhere.
  void release_through(slot through) {
    if (through <= chosen_through_) return;
    chosen_through_ = through;
    accepted_.erase_if([&](slot at, const held_value&) { return at <= through; });
  }

  /// Takes back what a record of an earlier run says; records come in the order in which they were written.
  void restore(const promise_record& kept) { promised_ = std::max(promised_, kept.promised); }
  void restore(const accept_record& kept) {
    promised_ = std::max(promised_, kept.what.number);
    if (kept.what.at > chosen_through_) accepted_[kept.what.at] = {kept.what.number, kept.what.value};
  }

  /// A record of an acceptance is lost but for its slot and ballot: the promise stands, the value is unknown,
  /// and so is one that it may have replaced.
  void lose(slot at, ballot number) {
    promised_ = std::max(promised_, number);
    accepted_.erase(at);
  }

  [[nodiscard]] ballot promised() const { return promised_; }
  [[nodiscard]] slot chosen_through() const { return chosen_through_; }
  /// The value accepted in an open slot, with its ballot; null where there is none.
  [[nodiscard]] const entry* accepted_at(slot at) const {
    const auto* held = accepted_.find(at);
    return held != nullptr ? &held->value : nullptr;
  }
  [[nodiscard]] const entry* accepted_at(slot at, ballot number) const {
    const auto* held = accepted_.find(at);
    return held != nullptr && held->number == number ? &held->value : nullptr;
  }
  /// Everything accepted in open slots, by slot.
  [[nodiscard]] std::vector<accepted_value> held() const {
    std::vector<accepted_value> all;
    for (const auto& [at, held] : accepted_) all.push_back({at, held.number, held.value});
    return all;
  }
  friend bool operator==(const acceptor&, const acceptor&) = default;

 private:
  struct held_value {
    ballot number;
    entry value;
    friend bool operator==(const held_value&, const held_value&) = default;
  };
  std::uint64_t window_;
  ballot promised_;
  slot chosen_through_;
  flat_map<slot, held_value> accepted_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
