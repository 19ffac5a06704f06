#pragma once
/// @file
/// The rules by which authority over subsets passes and migrations start, commit, abort and settle.
///
/// Transfer: prepare (the owner starts nothing new), quiesced (it has stopped), activate (the successor gets
/// a token). Migration: approved, started at most once, then whichever of commit and abort comes first in the
/// log, then settled. Every step names the token it acts under and is refused under any other, so a former
/// owner changes nothing.
///
/// The deadline of a transfer is the owner's lease. An owner that has not said by then that it has stopped
/// is taken to be lost, and its successor may be activated without its word. That costs no safety: an owner
/// that was only slow is refused by every place that the successor has fenced, as any former owner is. Who
/// wants the lost site back instead has the transfer undone; whichever comes first in the log holds.
///
/// Authority is over a subset, not over one move. Whoever holds the current token may carry on every
/// migration of the subset that is not settled, whoever started it and wherever it goes. That holds for an
/// owner granted anew, by renewal or because a transfer was undone, as for any new one: it may finish a move
/// to another site that was started under its old token, and under that token nothing. Were it refused,
/// nobody could finish the move, and an intent that nobody may act on is never settled. `start` stays refused
/// a second time, so the owner fences the places with its new token and asks them what became of it
/// (migration/executor.hpp).

#include <foreshift/consensus/effect.hpp>
#include <foreshift/consensus/log_time.hpp>
#include <foreshift/core/flat_map.hpp>

#include <algorithm>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Where a command stands when it is applied: its own header.
struct command_context {
  log_position at;
  site_id client;
  time_point log_time;
};

/// A regular value. Every operation either changes the table and says how in `out`, or changes nothing and
/// says why. Bounded by the constants of authority.hpp; there is at most one intent per workload.
class authority_table {
 public:
  [[nodiscard]] const authority* find(subset_id what) const { return authorities_.find(what); }
  [[nodiscard]] const subset* find_subset(subset_id what) const { return subsets_.find(what); }
  [[nodiscard]] const migration_intent* find_intent(migration_id what) const { return intents_.find(what); }
  [[nodiscard]] const flat_map<subset_id, subset>& subsets() const { return subsets_; }
  [[nodiscard]] const flat_map<subset_id, authority>& authorities() const { return authorities_; }
  /// Whether a migration of this workload is not settled: there is at most one. O(intents).
  [[nodiscard]] bool moving(workload_id what) const {
    return std::any_of(intents_.begin(), intents_.end(),
                       [&](const auto& i) { return i.second.workload == what; });
  }
  /// Every migration that is not settled.
  [[nodiscard]] const flat_map<migration_id, migration_intent>& intents() const { return intents_; }

  refusal define(const define_subset& asked, log_position at, std::vector<effect>& out);
  refusal prepare(const prepare_transfer& asked, const command_context& context, std::vector<effect>& out);
  refusal quiesce(const quiesced& asked, const command_context& context, std::vector<effect>& out);
  refusal activate_successor(const activate& asked, const command_context& context, std::vector<effect>& out);
  refusal abort_late(const abort_transfer& asked, const command_context& context, std::vector<effect>& out);

  /// An approved change: its subset moves on, and its migration may be started. @pre the subset exists, and
  /// the workload is not moving
  void approve(migration_id minted, const migration_intent& intent, std::vector<effect>& out);
  /// A subset was touched by an approved proposal. @pre the subset exists
  void touch(subset_id what, std::vector<effect>& out);

  refusal apply(const start& asked, const command_context& context, std::vector<effect>& out);
  refusal apply(const commit& asked, const command_context& context, std::vector<effect>& out);
  refusal apply(const abort& asked, const command_context& context, std::vector<effect>& out);
  refusal apply(const settled& asked, const command_context& context, std::vector<effect>& out);

  friend bool operator==(const authority_table&, const authority_table&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.subsets_, self.authorities_, self.intents_); }
  /// True when what was read fits together: every subset has its authority and nothing else has one, subsets
  /// are sorted and disjoint, every intent is about a workload of its subset, no two about the same.
  [[nodiscard]] bool restored();

 private:
  /// Sorted, each once.
  [[nodiscard]] static bool ascending(const auto& items) {
    return std::adjacent_find(items.begin(), items.end(), std::greater_equal{}) == items.end();
  }
  static void changed(subset_id what, authority& held, std::vector<effect>& out) {
    held.version += 1;
    out.push_back(authority_changed{what, held});
  }
  static void grant(subset_id what, authority& held, site_id owner, log_position at,
                    std::vector<effect>& out) {
    held.owner = owner;
    held.token = at;
    held.state = authority_state::active;
    held.pending = {};
    changed(what, held, out);
  }
  /// What every step of a migration requires: it exists, and the client owns its subset under the token it
  /// names.
  refusal may_act(const migration_step& asked, const command_context& context, migration_intent*& intent);
  static void advance(migration_id what, migration_intent& intent, migration_state to,
                      std::vector<effect>& out) {
    intent.state = to;
    out.push_back(migration_advanced{what, intent, false});
  }

  flat_map<subset_id, subset> subsets_;
  flat_map<subset_id, authority> authorities_;
  flat_map<workload_id, subset_id> home_;  // subsets are disjoint
  flat_map<migration_id, migration_intent> intents_;
};

inline refusal authority_table::define(const define_subset& asked, log_position at,
                                       std::vector<effect>& out) {
  if (subsets_.contains(asked.what.id)) return refusal::subset_exists;
  if (subsets_.size() >= subset_count_max || asked.what.fence_scope.size() > fence_scope_max ||
      home_.size() + asked.what.workloads.size() > workload_count_max)
    return refusal::out_of_bounds;
  if (!ascending(asked.what.workloads) || !ascending(asked.what.fence_scope)) return refusal::malformed;
  for (const auto workload : asked.what.workloads)
    if (home_.contains(workload)) return refusal::workload_taken;
  for (const auto workload : asked.what.workloads) home_.insert_or_assign(workload, asked.what.id);
  subsets_.insert_or_assign(asked.what.id, asked.what);
  grant(asked.what.id, authorities_[asked.what.id], asked.owner, at, out);
  return refusal::none;
}

/// From a site to itself is a renewal: a move within one site gets a new token too, so that no late command
/// of an earlier move can act.
inline refusal authority_table::prepare(const prepare_transfer& asked, const command_context& context,
                                        std::vector<effect>& out) {
  auto* held = authorities_.find(asked.what);
  if (held == nullptr) return refusal::unknown_subset;
  if (held->owner != asked.from) return refusal::not_the_owner;
  if (held->state != authority_state::active) return refusal::wrong_state;
  if (asked.deadline > later(context.log_time, transfer_time_max)) return refusal::out_of_bounds;
  if (asked.cause != migration_id{}) {
    const auto* intent = intents_.find(asked.cause);
    if (intent == nullptr || intent->within != asked.what) return refusal::unknown_migration;
  }
  held->state = authority_state::preparing;
  held->pending = {asked.to, asked.cause, asked.deadline};
  changed(asked.what, *held, out);
  return refusal::none;
}

inline refusal authority_table::quiesce(const quiesced& asked, const command_context& context,
                                        std::vector<effect>& out) {
  auto* held = authorities_.find(asked.what);
  if (held == nullptr) return refusal::unknown_subset;
  if (held->owner != context.client) return refusal::not_the_owner;
  if (held->token != asked.token) return refusal::stale_token;
  if (held->state != authority_state::preparing) return refusal::wrong_state;
  held->state = authority_state::prepared;
  changed(asked.what, *held, out);
  return refusal::none;
}

inline refusal authority_table::activate_successor(const activate& asked, const command_context& context,
                                                   std::vector<effect>& out) {
  auto* held = authorities_.find(asked.what);
  if (held == nullptr) return refusal::unknown_subset;
  if (held->state == authority_state::active) return refusal::wrong_state;
  if (held->pending.to != asked.to) return refusal::wrong_successor;
  if (held->state == authority_state::preparing && context.log_time <= held->pending.deadline)
    return refusal::too_early;
  grant(asked.what, *held, asked.to, context.at, out);
  return refusal::none;
}

/// Also while the owner is still to say that it has stopped: one that never says so must not leave the subset
/// without an owner that may start anything.
inline refusal authority_table::abort_late(const abort_transfer& asked, const command_context& context,
                                           std::vector<effect>& out) {
  auto* held = authorities_.find(asked.what);
  if (held == nullptr) return refusal::unknown_subset;
  if (held->state == authority_state::active) return refusal::wrong_state;
  if (context.log_time <= held->pending.deadline) return refusal::too_early;
  grant(asked.what, *held, held->owner, context.at,
        out);  // a new token: whatever was under way for the other is void
  return refusal::none;
}

inline void authority_table::approve(migration_id minted, const migration_intent& intent,
                                     std::vector<effect>& out) {
  intents_.insert_or_assign(minted, intent);
  out.push_back(migration_advanced{minted, intent, false});
}

inline void authority_table::touch(subset_id what, std::vector<effect>& out) {
  auto* held = authorities_.find(what);
  FORESHIFT_EXPECT(held != nullptr);
  changed(what, *held, out);
}

inline refusal authority_table::may_act(const migration_step& asked, const command_context& context,
                                        migration_intent*& intent) {
  intent = intents_.find(asked.what);
  if (intent == nullptr) return refusal::unknown_migration;
  const auto* held = authorities_.find(intent->within);
  if (held == nullptr) return refusal::unknown_subset;
  if (held->owner != context.client) return refusal::not_the_owner;
  return held->token == asked.token ? refusal::none : refusal::stale_token;
}

inline bool authority_table::restored() {
  home_.clear();
  if (subsets_.size() != authorities_.size()) return false;
  for (const auto& [id, one] : subsets_) {
    if (one.id != id || !authorities_.contains(id)) return false;
    if (!ascending(one.workloads) || !ascending(one.fence_scope)) return false;
    for (const auto workload : one.workloads) {
      if (home_.contains(workload)) return false;
      home_.insert_or_assign(workload, id);
    }
  }
  for (const auto& [id, intent] : intents_) {
    const auto* home = home_.find(intent.workload);
    if (home == nullptr || *home != intent.within) return false;
    const auto same = [&](const auto& other) { return other.second.workload == intent.workload; };
    if (std::count_if(intents_.begin(), intents_.end(), same) != 1) return false;
  }
  return true;
}

inline refusal authority_table::apply(const start& asked, const command_context& context,
                                      std::vector<effect>& out) {
  migration_intent* intent = nullptr;
  if (const auto no = may_act(asked, context, intent); no != refusal::none) return no;
  const bool active = authorities_.find(intent->within)->state == authority_state::active;
  if (!active || intent->state != migration_state::approved) return refusal::wrong_state;
  intent->started_under = asked.token;
  advance(asked.what, *intent, migration_state::started, out);
  return refusal::none;
}

inline refusal authority_table::apply(const commit& asked, const command_context& context,
                                      std::vector<effect>& out) {
  migration_intent* intent = nullptr;
  if (const auto no = may_act(asked, context, intent); no != refusal::none) return no;
  if (intent->state != migration_state::started) return refusal::wrong_state;
  advance(asked.what, *intent, migration_state::committed, out);
  return refusal::none;
}

inline refusal authority_table::apply(const abort& asked, const command_context& context,
                                      std::vector<effect>& out) {
  migration_intent* intent = nullptr;
  if (const auto no = may_act(asked, context, intent); no != refusal::none) return no;
  if (intent->state != migration_state::approved && intent->state != migration_state::started)
    return refusal::wrong_state;
  advance(asked.what, *intent, migration_state::aborted, out);
  return refusal::none;
}

inline refusal authority_table::apply(const settled& asked, const command_context& context,
                                      std::vector<effect>& out) {
  migration_intent* intent = nullptr;
  if (const auto no = may_act(asked, context, intent); no != refusal::none) return no;
  if (intent->state != migration_state::committed && intent->state != migration_state::aborted)
    return refusal::wrong_state;
  out.push_back(migration_advanced{asked.what, *intent, true});
  intents_.erase(asked.what);
  return refusal::none;
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
