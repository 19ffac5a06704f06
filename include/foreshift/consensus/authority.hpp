#pragma once
/// @file
/// Who may act on which workloads: subsets, tokens, and the state of a transfer.
///
/// A subset is a named set of workloads whose authority passes as one; subsets are disjoint. A grant's token
/// is the position in the log of the command that made it, so tokens only grow and every site mints the same
/// one. A place that keeps the highest token it has seen refuses a former owner for ever; that check, not a
/// lease, is what makes the transfer safe.

#include <foreshift/consensus/wire.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

// What the tables of all sites may grow to: what would go beyond is refused, `out_of_bounds`.
inline constexpr std::size_t subset_count_max = std::size_t{1} << 16;
inline constexpr std::size_t workload_count_max = std::size_t{1} << 20;  ///< of all subsets together
inline constexpr std::size_t fence_scope_max = std::size_t{1} << 16;     ///< places of one subset
inline constexpr duration transfer_time_max = std::chrono::hours{24};    ///< of a transfer, in log time

/// Workloads whose authority passes as one, and every place where they can be or be acted upon.
struct subset {
  subset_id id{};
  std::string name{};
  std::vector<workload_id> workloads{};  ///< sorted, unique
  std::vector<place_id> fence_scope{};   ///< sorted, unique
  friend bool operator==(const subset&, const subset&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.id, self.name, self.workloads, self.fence_scope);
  }
};

/// active: the owner acts. preparing: a transfer is decided, the owner starts nothing new. prepared: the
/// owner has stopped, nobody acts until the successor is activated.
enum class authority_state : std::uint8_t { active, preparing, prepared };
constexpr authority_state last_of(authority_state) { return authority_state::prepared; }
[[nodiscard]] constexpr std::string_view name_of(authority_state s) {
  constexpr std::string_view names[] = {"active", "preparing", "prepared"};
  return names[static_cast<std::size_t>(s)];
}

/// A decided but not yet activated transfer.
struct transfer {
  site_id to;
  migration_id cause;   ///< zero: not for a migration
  time_point deadline;  ///< in log time; afterwards the owner's word is not waited for, and any site may have
                        ///< it granted anew
  friend bool operator==(const transfer&, const transfer&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.to, self.cause, self.deadline); }
};

/// The authority over one subset. `version` moves with every change, for compare-and-swap.
struct authority {
  site_id owner;
  fence_token token;
  authority_state state = authority_state::active;
  std::uint64_t version = 0;
  transfer pending;  ///< meaningful unless active
  friend bool operator==(const authority&, const authority&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.owner, self.token, self.state, self.version, self.pending);
  }
};

/// approved: agreed upon, may be started once. started: the intent is in the log, the owner may act on it.
/// committed and aborted: whichever came first in the log. Settled intents are gone from the table.
enum class migration_state : std::uint8_t { approved, started, committed, aborted };
constexpr migration_state last_of(migration_state) { return migration_state::aborted; }
[[nodiscard]] constexpr std::string_view name_of(migration_state s) {
  constexpr std::string_view names[] = {"approved", "started", "committed", "aborted"};
  return names[static_cast<std::size_t>(s)];
}

/// One workload's approved move. It ends when it is settled, and not before.
struct migration_intent {
  proposal_id proposal;
  subset_id within;
  workload_id workload;
  host_id destination;
  migration_state state = migration_state::approved;
  fence_token started_under{};  ///< default until started
  friend bool operator==(const migration_intent&, const migration_intent&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.proposal, self.within, self.workload, self.destination, self.state, self.started_under);
  }
};

/// The id of the `index`-th move of a proposal approved at `at`: unique for ever without a table of used ids.
/// @pre at.index and move are below 2^10, at.at is below 2^44
[[nodiscard]] constexpr migration_id mint_migration(log_position at, std::uint64_t move) {
  return {at.at.value << 20 | std::uint64_t{at.index} << 10 | move};
}
/// Where the proposal of a minted migration was approved.
[[nodiscard]] constexpr log_position approved_at(migration_id minted) {
  return {slot{minted.value >> 20}, static_cast<std::uint32_t>(minted.value >> 10 & 0x3FF)};
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
