#pragma once
/// @file
/// The chosen entries: a prefix without gaps, and entries beyond it that wait for the gaps to close.

#include <foreshift/consensus/entry.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/flat_map.hpp>

#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A regular value. Slots count from `first_slot`.
class chosen_log {
 public:
  /// Every slot up to this one is here; zero: none.
  [[nodiscard]] slot through() const { return {prefix_.size()}; }
  [[nodiscard]] bool has(slot at) const { return at <= through() || ahead_.contains(at); }
  /// Entries that wait beyond a gap.
  [[nodiscard]] std::size_t waiting() const { return ahead_.size(); }

  /// @pre first_slot <= at <= through()
  [[nodiscard]] const entry& operator[](slot at) const {
    FORESHIFT_EXPECT(at >= first_slot && at <= through());
    return prefix_[at.value - 1];
  }
  /// The entry of a slot if it is here, also beyond a gap.
  [[nodiscard]] const entry* find(slot at) const {
    return at >= first_slot && at <= through() ? &(*this)[at] : ahead_.find(at);
  }

  /// Takes a chosen entry, in any order. A slot that is here already keeps its entry. @pre at >= first_slot
  void learn(slot at, entry value) {
    FORESHIFT_EXPECT(at >= first_slot);
    if (has(at)) return;
    ahead_.insert_or_assign(at, std::move(value));
    for (auto* waiting = ahead_.find(next(through())); waiting != nullptr;
         waiting = ahead_.find(next(through()))) {
      prefix_.push_back(std::move(*waiting));
      ahead_.erase(through());
    }
  }
  friend bool operator==(const chosen_log&, const chosen_log&) = default;

 private:
  std::vector<entry> prefix_;
  flat_map<slot, entry> ahead_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
