#pragma once
/// @file
/// What the agreement needs to know of a proposal. The rest - forecasts, gap, alternatives - is an opaque
/// body for the floors above, bound to the header by its digest.

#include <foreshift/consensus/weight.hpp>
#include <foreshift/consensus/wire.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>

#include <cstdint>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

enum class proposal_kind : std::uint8_t { migrate, resize, scale };
constexpr proposal_kind last_of(proposal_kind) { return proposal_kind::scale; }

/// One workload that the proposal touches. For a resize the destination is the host it is on.
struct workload_change {
  workload_id workload;
  subset_id within;
  host_id destination;
  friend bool operator==(const workload_change&, const workload_change&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.workload, self.within, self.destination); }
};

/// The versions a proposal was made from: it is approved only if none of them has moved since.
template <class Id>
struct version_of {
  Id id;
  std::uint64_t version = 0;
  friend bool operator==(const version_of&, const version_of&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.id, self.version); }
};

/// How much is at stake in one class of workloads.
struct stake {
  class_id of;
  criticality sum;
  friend bool operator==(const stake&, const stake&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.of, self.sum); }
};

/// A proposal as the voters and the log see it. `canonical_digest(header)` names its content.
struct proposal_header {
  proposal_id id;
  proposal_kind kind = proposal_kind::migrate;
  std::vector<workload_change> changes;        ///< at most 1,024; sorted by workload, each once
  std::vector<version_of<subset_id>> subsets;  ///< every subset touched; sorted by id
  std::vector<version_of<host_id>> hosts;      ///< every destination's reservation ledger; sorted by id
  std::vector<stake> stakes;                   ///< sorted by class, at least one
  time_point expires_at;                       ///< log time at admission plus time to live
  digest body;                                 ///< of the opaque body
  friend bool operator==(const proposal_header&, const proposal_header&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.id, self.kind, self.changes, self.subsets, self.hosts, self.stakes, self.expires_at, self.body);
  }
};

inline constexpr std::size_t change_count_max = 1024;
/// What is to be decided later than this is not decided yet: verdicts are remembered until after the expiry.
inline constexpr duration time_to_live_max = std::chrono::hours{24};

/// True when the lists are within bounds and sorted without repetition, every change names a subset and a
/// host whose version is given, and something is at stake.
[[nodiscard]] inline bool well_formed(const proposal_header& header) {
  const auto ascending = [](const auto& items, auto key) {
    for (std::size_t i = 1; i < items.size(); ++i)
      if (!(key(items[i - 1]) < key(items[i]))) return false;
    return true;
  };
  const auto has = [](const auto& versions, auto id) {
    for (const auto& v : versions)
      if (v.id == id) return true;
    return false;
  };
  if (header.changes.empty() || header.changes.size() > change_count_max) return false;
  if (header.stakes.empty() || header.stakes.size() > class_count_max) return false;
  if (!ascending(header.subsets, [](const auto& v) { return v.id; })) return false;
  if (!ascending(header.hosts, [](const auto& v) { return v.id; })) return false;
  if (!ascending(header.stakes, [](const auto& s) { return s.of; })) return false;
  if (!ascending(header.changes, [](const auto& c) { return c.workload; })) return false;
  for (const auto& change : header.changes)
    if (!has(header.subsets, change.within) || !has(header.hosts, change.destination)) return false;
  for (const auto& s : header.stakes)
    if (s.sum == criticality{} || s.sum > criticality_max) return false;
  return true;
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
