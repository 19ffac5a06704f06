#pragma once
/// @file
/// The chosen entries: a prefix without gaps, and entries beyond it that wait for the gaps to close.
///
/// The beginning of the prefix may be gone: up to the base a snapshot stands for it.

#include <foreshift/consensus/entry.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/flat_map.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A regular value. Slots count from `first_slot`.
class chosen_log {
 public:
  static constexpr std::size_t waiting_max = 8192;  ///< entries beyond a gap

  chosen_log() = default;
  /// A log whose entries up to `base` are chosen and held by a snapshot.
  explicit chosen_log(slot base) : base_(base) {}

  /// Every slot up to this one is chosen, and its entry is gone; zero: none is.
  [[nodiscard]] slot base() const { return base_; }
  /// Every slot up to this one is known to be chosen; zero: none.
  [[nodiscard]] slot through() const { return {base_.value + prefix_.size()}; }
  [[nodiscard]] bool has(slot at) const { return at <= through() || ahead_.contains(at); }
  /// Entries of the prefix that are here.
  [[nodiscard]] std::size_t size() const { return prefix_.size(); }
  /// Entries that wait beyond a gap.
  [[nodiscard]] std::size_t waiting() const { return ahead_.size(); }

  /// @pre base() < at <= through()
  [[nodiscard]] const entry& operator[](slot at) const {
    FORESHIFT_EXPECT(at > base_ && at <= through());
    return prefix_[at.value - base_.value - 1];
  }
  /// The entry of a slot if it is here, also beyond a gap.
  [[nodiscard]] const entry* find(slot at) const {
    return at > base_ && at <= through() ? &(*this)[at] : ahead_.find(at);
  }
  /// Calls `visit(slot, entry)` for every entry above `after` that is here, in slot order.
  template <class F>
  void for_each_above(slot after, F visit) const {
    for (slot at = next(std::max(after, base_)); at <= through(); at = next(at)) visit(at, (*this)[at]);
    for (const auto& [at, value] : ahead_)
      if (at > after) visit(at, value);
  }

  /// Takes a chosen entry, in any order. A slot that is here already keeps its entry; one beyond a gap is
  /// left for later when too many wait. @pre at >= first_slot
  void learn(slot at, entry value) {
    FORESHIFT_EXPECT(at >= first_slot);
    if (has(at) || (ahead_.size() >= waiting_max && at != next(through()))) return;
    ahead_.insert_or_assign(at, std::move(value));
    close_gaps();
  }
  /// Lets go of the entries up to `through`: a snapshot holds what they did. O(entries kept).
  /// @pre through <= this->through()
  void compact(slot through) {
    FORESHIFT_EXPECT(through <= this->through());
    if (through <= base_) return;
    prefix_.erase(prefix_.begin(),
                  prefix_.begin() + static_cast<std::ptrdiff_t>(through.value - base_.value));
    base_ = through;
  }
  /// A snapshot from elsewhere stands for everything up to `through`; what is here beyond it stays.
  void install(slot through) {
    if (through <= this->through()) return compact(through);
    prefix_.clear();
    base_ = through;
    ahead_.erase_if([&](slot at, const entry&) { return at <= through; });
    close_gaps();
  }
  friend bool operator==(const chosen_log&, const chosen_log&) = default;

 private:
  void close_gaps() {
    for (auto* waiting = ahead_.find(next(through())); waiting != nullptr;
         waiting = ahead_.find(next(through()))) {
      prefix_.push_back(std::move(*waiting));
      ahead_.erase(through());
    }
  }

  slot base_;
  std::vector<entry> prefix_;  // of the slots above base_
  flat_map<slot, entry> ahead_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
