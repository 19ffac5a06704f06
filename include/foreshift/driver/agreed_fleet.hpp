#pragma once
/// @file
/// All that the sites of a fleet agree on: what the log says, and what the loop makes of it.
///
/// The agreement's own state machine knows nothing of hosts that workloads leave, of scores, or of how many
/// moves an hour has seen; the loop needs them, and they follow from the log too. So they are one machine
/// with it: saved together, restored together, and the same on every site that has applied the same log. A
/// site that starts from a snapshot, or fetches another site's, lacks nothing.

#include <foreshift/consensus/effect.hpp>
#include <foreshift/consensus/entry.hpp>
#include <foreshift/consensus/log_time.hpp>
#include <foreshift/consensus/sealed.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/driver/score_note.hpp>
#include <foreshift/driver/scorekeeper.hpp>
#include <foreshift/placement/inventory.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// Where a workload has been brought.
struct residence {
  host_id at;
  std::optional<host_id> before{};  ///< nothing: where the inventory has it
  friend bool operator==(const residence&, const residence&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.at, self.before); }
};

/// How far an approved proposal's first move has come, in log time: what its review needs to go on where a
/// site has not heard of it.
struct passage {
  migration_id migration;  ///< zero: the proposal moves nothing
  time_point approved_at;
  std::optional<time_point> started_at{};
  std::optional<time_point> committed_at{};
  friend bool operator==(const passage&, const passage&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.migration, self.approved_at, self.started_at, self.committed_at);
  }
};

/// A regular value; a copy is a snapshot. Savable as `replica_driver` asks.
class agreed_fleet {
 public:
  /// Approvals are remembered this long, in log time, and this many: the longest window that a move budget
  /// can have, and the most that it can count.
  static constexpr duration approvals_for = std::chrono::hours{24};
  static constexpr std::size_t approvals_max = std::size_t{1} << 16;

  agreed_fleet() = default;
  /// @pre all sites start alike, options included
  explicit agreed_fleet(const consensus::genesis& start, const scorekeeper_options& score = {})
      : agreement_(with_credits_computed(start)), score_(score) {}

  /// Applies the next entry. @pre as `state_machine::apply`. @return what it did to the agreement
  std::vector<consensus::effect> apply(slot at, const consensus::entry& value) {
    auto effects = agreement_.apply(at, value);
    for (const auto& what : effects) std::visit([this](const auto& e) { follow(e); }, what);
    if (score_.due()) {
      const auto earned =
          score_.step(agreement_.members().electors(), agreement_.credits(), agreement_.frozen());
      if (!earned.empty()) static_cast<void>(agreement_.compute_credits(earned, effects));
    }
    return effects;
  }

  [[nodiscard]] const consensus::state_machine& agreement() const { return agreement_; }
  [[nodiscard]] const consensus::epoch_table& epochs() const { return agreement_.epochs(); }
  [[nodiscard]] const scorekeeper& score() const { return score_; }
  /// Where committed moves have brought workloads, by workload; the others are where the inventory has them.
  [[nodiscard]] const flat_map<workload_id, residence>& residences() const { return residences_; }
  /// When moves were approved lately, in log time, ascending: one entry a move.
  [[nodiscard]] std::span<const time_point> approvals() const { return approvals_; }
  /// Of the proposals approved lately: as long as approvals are remembered, and as many.
  [[nodiscard]] const flat_map<proposal_id, passage>& passages() const { return passages_; }

  /// Canonical bytes: the same on every site that has applied the same log. O(state).
  [[nodiscard]] byte_string save() const { return consensus::seal(saved_version, *this); }
  /// Becomes the machine that was saved, but for the options. Bytes that were not saved by `save` are refused
  /// and change nothing. Safe on any bytes.
  [[nodiscard]] result<void, consensus::decode_error> restore(byte_span saved) {
    agreed_fleet kept = *this;  // for its options
    if (const auto why_not = consensus::unseal_into(kept, saved_version, saved, consensus::no_wire_limits))
      return failure{*why_not};
    *this = std::move(kept);
    return {};
  }

  static constexpr std::uint8_t saved_version = 3;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.agreement_, self.score_, self.residences_, self.approvals_, self.passages_);
  }
  /// True when what was read fits together.
  [[nodiscard]] bool restored() const {
    return approvals_.size() <= approvals_max && std::ranges::is_sorted(approvals_) &&
           (approvals_.empty() || approvals_.back() <= agreement_.log_time()) &&
           residences_.size() <= consensus::workload_count_max && passages_.size() <= approvals_max;
  }
  friend bool operator==(const agreed_fleet&, const agreed_fleet&) = default;

 private:
  static consensus::genesis with_credits_computed(consensus::genesis start) {
    start.computes_credits = true;
    return start;
  }
  void follow(const consensus::proposal_decided& e) {
    if (e.reason != consensus::refusal::none) return;
    const time_point now = agreement_.log_time();
    approvals_.erase(approvals_.begin(),
                     std::ranges::upper_bound(approvals_, consensus::later(now, -approvals_for)));
    approvals_.insert(approvals_.end(), e.migrations.size(), now);
    if (approvals_.size() > approvals_max)
      approvals_.erase(approvals_.begin(), approvals_.end() - approvals_max);
    const time_point kept_after = consensus::later(now, -approvals_for);
    passages_.erase_if([&](proposal_id, const passage& one) { return one.approved_at <= kept_after; });
    if (passages_.size() == approvals_max)
      passages_.erase(
          std::ranges::min_element(passages_, {}, [](const auto& p) { return p.second.approved_at; })->first);
    passages_.insert_or_assign(e.proposal,
                               {e.migrations.empty() ? migration_id{} : e.migrations.front(), now});
  }
  /// A workload is where its move was committed to, and nowhere else from then on.
  void follow(const consensus::migration_advanced& e) {
    if (auto* one = passages_.find(e.intent.proposal);
        one != nullptr && one->migration == e.what && !e.settled) {
      if (e.intent.state == consensus::migration_state::started) one->started_at = agreement_.log_time();
      if (e.intent.state == consensus::migration_state::committed) one->committed_at = agreement_.log_time();
    }
    if (e.settled || e.intent.state != consensus::migration_state::committed) return;
    const auto* was = residences_.find(e.intent.workload);
    const std::optional<host_id> before = was == nullptr ? std::nullopt : std::optional{was->at};
    residences_.insert_or_assign(e.intent.workload, {e.intent.destination, before});
  }
  void follow(const consensus::remarked& e) {
    if (const auto note = decode_score_note(e.body)) score_.apply(e.author, *note, e.log_time);
  }
  void follow(const consensus::epoch_activated& e) {
    score_.keep([&](site_id site) { return e.what.members.has(site); });
  }
  void follow(const auto&) {}

  consensus::state_machine agreement_;
  scorekeeper score_;
  flat_map<workload_id, residence> residences_;
  std::vector<time_point> approvals_;
  flat_map<proposal_id, passage> passages_;
};

static_assert(std::regular<agreed_fleet>);

/// The host that a move leaves, or has left; nothing for a workload that is nowhere.
/// @param unmoved where workloads are that no move has brought anywhere
[[nodiscard]] inline std::optional<host_id> source_of(const consensus::migration_intent& intent,
                                                      const agreed_fleet& fleet,
                                                      const placement::inventory& unmoved) {
  const auto* now = fleet.residences().find(intent.workload);
  const bool left = intent.state == consensus::migration_state::committed;
  if (now != nullptr && !left) return now->at;
  if (now != nullptr && now->before) return now->before;
  const auto* workload = unmoved.find(intent.workload);
  return workload == nullptr ? std::nullopt : std::optional{workload->host};
}

/// The agreement's own part of a machine.
[[nodiscard]] inline const consensus::state_machine& agreement_of(const consensus::state_machine& machine) {
  return machine;
}
[[nodiscard]] inline const consensus::state_machine& agreement_of(const agreed_fleet& machine) {
  return machine.agreement();
}

}  // namespace foreshift::inline FORESHIFT_ABI::driver
