#pragma once
/// @file
/// Which epoch governs which slot.
///
/// An epoch decided at slot d takes force at d + alpha, alpha being that of the epoch in force at d, and
/// governs every slot until the next one does: exactly one epoch governs a slot. At most one is pending, so a
/// site that has applied the log through p knows who governs every slot up to p + alpha, and nothing about
/// the slots beyond (S1). A table of the epochs that may still matter: the last one that has ended, the one
/// in force, and the pending one.
///
/// Source: L. Lamport, D. Malkhi, L. Zhou, "Reconfiguring a state machine", SIGACT News 41(1), 2010.

#include <foreshift/consensus/membership.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// An epoch that the log has decided, and the first slot that it governs.
struct decided_epoch {
  slot from;
  epoch members;
  friend bool operator==(const decided_epoch&, const decided_epoch&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.from, self.members); }
};

/// A regular value. Never empty.
class epoch_table {
 public:
  epoch_table() : epoch_table(epoch{}) {}
  /// The first epoch governs from the beginning.
  explicit epoch_table(epoch first) : rows_{{slot{}, std::move(first)}} {}
  static constexpr void fields(auto& self, auto&& f) { f(self.rows_); }
  /// Oldest first, numbers without gaps.
  [[nodiscard]] bool restored() const {
    for (std::size_t i = 1; i < rows_.size(); ++i)
      if (rows_[i].from <= rows_[i - 1].from ||
          rows_[i].members.number() != next(rows_[i - 1].members.number()))
        return false;
    return !rows_.empty() && rows_.size() <= rows_max;
  }

  /// Who governs a slot. Slots before the oldest epoch kept are given to it. @pre the caller knows: `knows`
  [[nodiscard]] const epoch& of(slot at) const { return row_of(at).members; }
  /// The same with its first slot.
  [[nodiscard]] const decided_epoch& row(slot at) const { return row_of(at); }
  [[nodiscard]] slot first_slot_of(slot at) const { return row_of(at).from; }
  /// Whether a site that has applied the log through `applied` knows who governs `at`. It must propose in no
  /// other slot: what it has not applied may give the slot to another epoch.
  [[nodiscard]] bool knows(slot at, slot applied) const { return at.value <= applied.value + of(at).alpha(); }
  /// The epoch decided last.
  [[nodiscard]] const decided_epoch& newest() const { return rows_.back(); }
  /// The epoch that is decided and does not govern `at` yet; null: none.
  [[nodiscard]] const decided_epoch* pending(slot at) const {
    return newest().from > at ? &rows_.back() : nullptr;
  }
  [[nodiscard]] const epoch* find(epoch_number number) const {
    for (const auto& row : rows_)
      if (row.members.number() == number) return &row.members;
    return nullptr;
  }
  /// The table as it was when the slots up to `applied` had been applied, without epochs decided since.
  [[nodiscard]] epoch_table as_of(slot applied) const {
    epoch_table then = *this;
    while (then.rows_.size() > 1) {
      const auto& before = then.rows_[then.rows_.size() - 2].members;
      if (then.newest().from.value <= applied.value + before.alpha()) break;
      then.rows_.pop_back();
    }
    return then;
  }
  /// Every epoch kept, oldest first.
  [[nodiscard]] std::span<const decided_epoch> rows() const { return rows_; }

  /// A new epoch, decided in a slot of the epoch in force. @pre none is pending at that slot; its number
  /// follows
  void decide(decided_epoch made) {
    FORESHIFT_EXPECT(made.from > newest().from && made.members.number() == next(newest().members.number()));
    if (rows_.size() == rows_max) rows_.erase(rows_.begin());
    rows_.push_back(std::move(made));
  }
  friend bool operator==(const epoch_table&, const epoch_table&) = default;

 private:
  static constexpr std::size_t rows_max = 3;
  [[nodiscard]] const decided_epoch& row_of(slot at) const {
    std::size_t i = rows_.size() - 1;
    while (i > 0 && rows_[i].from > at) --i;
    return rows_[i];
  }
  std::vector<decided_epoch> rows_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
