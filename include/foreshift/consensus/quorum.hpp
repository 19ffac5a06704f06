#pragma once
/// @file
/// Weighted majority quorums.
///
/// A set of sites is a quorum when it holds strictly more than half of the total weight, so any two quorums
/// share a site. Weights are integers: the same answers give the same outcome on every host. Nothing here can
/// see what is being agreed upon, and that is the point: a quorum that depended on the value would give one
/// slot two systems of quorums, and two values would be chosen.
///
/// Source: D. K. Gifford, "Weighted voting for replicated data", SOSP 1979.

#include <foreshift/consensus/weight.hpp>
#include <foreshift/consensus/wire.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>

#include <concepts>
#include <cstdint>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A member with its weight.
struct elector {
  site_id site{};
  quorum_weight weight{};
  friend constexpr bool operator==(elector, elector) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.site, self.weight); }
};

[[nodiscard]] constexpr quorum_weight total_weight(std::span<const elector> electors) {
  quorum_weight total{};
  for (const auto& e : electors) total += e.weight;
  return total;
}

/// The rule: strictly more than half. Half is not enough, since two halves need not meet.
[[nodiscard]] constexpr bool is_quorum(quorum_weight held, quorum_weight total) {
  return 2 * held.value > total.value;
}
/// The least weight that is more than half.
[[nodiscard]] constexpr quorum_weight majority_of(quorum_weight total) { return {total.value / 2 + 1}; }

/// Who counts, and how much of it phase 1 and phase 2 need. A view: the electors outlive it.
///
/// Only a quorum of phase 1 and one of phase 2 have to meet, not two of phase 2: promises + accepts > total.
///
/// Source: H. Howard, D. Malkhi, A. Spiegelman, "Flexible Paxos", OPODIS 2016.
struct electorate {
  std::span<const elector> electors{};
  quorum_weight promises{};  ///< weight of a phase-1 quorum, at least
  quorum_weight accepts{};   ///< weight of a phase-2 quorum, at least

  constexpr electorate(std::span<const elector> who, quorum_weight phase_one, quorum_weight phase_two)
      : electors(who), promises(phase_one), accepts(phase_two) {}
  /// Majorities in both phases.
  template <class Electors>
  requires std::convertible_to<const Electors&, std::span<const elector>>
  constexpr electorate(const Electors& who)
      : electors(who), promises(majority_of(total_weight(electors))), accepts(promises) {}
};

/// The sites that have given one answer. 8 bytes; a copy forks the count.
///
/// It holds seats and not weights, so every call names the electors; a tally is only ever used with one list.
/// @pre electors: sorted by site, each once, at most 64
class tally {
 public:
  /// Returns whether this is news: a repeated answer and a stranger's count nothing. O(n).
  constexpr bool record(std::span<const elector> electors, site_id site) {
    FORESHIFT_EXPECT(electors.size() <= site_count_max);
    for (std::size_t i = 0; i < electors.size(); ++i) {
      const auto seat = std::uint64_t{1} << i;
      if (electors[i].site != site || (seats_ & seat) != 0) continue;
      seats_ |= seat;
      return true;
    }
    return false;
  }

  [[nodiscard]] constexpr quorum_weight held(std::span<const elector> electors) const {
    quorum_weight sum{};
    for (std::size_t i = 0; i < electors.size(); ++i)
      if ((seats_ >> i & 1U) != 0) sum += electors[i].weight;
    return sum;
  }

  /// Enough for phase 1.
  [[nodiscard]] constexpr bool won_promises(const electorate& all) const {
    return held(all.electors) >= all.promises;
  }
  /// Enough for phase 2.
  [[nodiscard]] constexpr bool won_accepts(const electorate& all) const {
    return held(all.electors) >= all.accepts;
  }

  friend constexpr bool operator==(tally, tally) = default;

 private:
  std::uint64_t seats_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
