#pragma once
/// @file
/// Ballots: the order in which attempts to lead the log outrank each other.
///
/// Two sites never share a ballot because the site is part of it, and one site never uses a round twice
/// because it persists the round before the first use.

#include <foreshift/consensus/wire.hpp>
#include <foreshift/core/id.hpp>

#include <compare>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Ordered by round, then site. The default is below every ballot in use: rounds start at 1.
struct ballot {
  std::uint64_t round = 0;
  site_id site;
  friend constexpr auto operator<=>(ballot, ballot) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.round, self.site); }
};

/// The lowest ballot of `site` above everything it has seen.
[[nodiscard]] constexpr ballot next_ballot(ballot highest_seen, site_id site) {
  return {highest_seen.round + 1, site};
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
