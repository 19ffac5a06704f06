#pragma once
/// @file
/// The replicated state machine: applies chosen entries in slot order and says what they did.
///
/// It is a function of the log and the genesis: no clock, no floating point, no order that depends on the
/// host. A verdict is not believed but recomputed: epoch, credits, votes, expiry in log time, and a
/// compare-and-swap on the version of every subset touched and of every destination host's reservation
/// ledger, since two proposals over different subsets may fill one host. The hash chain over everything
/// applied tells two sites apart at once.

#include <foreshift/consensus/duplicates.hpp>
#include <foreshift/consensus/entry.hpp>
#include <foreshift/consensus/epoch_change.hpp>
#include <foreshift/consensus/epoch_table.hpp>
#include <foreshift/consensus/log_time.hpp>
#include <foreshift/consensus/ruling.hpp>
#include <foreshift/consensus/sealed.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// What all sites start from, and must agree on.
struct genesis {
  epoch members{};
  credit_table credits{};
  std::vector<define_subset> subsets{};  ///< granted at slot 0; more may be defined by command
  log_time_bounds log_time{};
  /// Credits follow from the log by a rule of the machine around this one (`compute_credits`); none are taken
  /// from a command.
  bool computes_credits = false;
  friend bool operator==(const genesis&, const genesis&) = default;
};

/// A regular value; a copy is a snapshot, and `save` gives one that can be kept or sent. The default has no
/// members and refuses every command. Use `state_machine`; the parameters let a test put broken parts in.
template <class Duplicates, class Ruling>
class basic_state_machine {
 public:
  basic_state_machine() = default;
  /// @pre the credits block no class; the subsets are disjoint and owned by members
  explicit basic_state_machine(const genesis& start);

  /// Applies the next entry. @pre at is the slot after `applied()`. O(commands x log of the tables).
  std::vector<effect> apply(slot at, const entry& value);
  /// Credits that follow from what has been applied. They have no author and no version to compare: every
  /// site computes the same at the same slot. Bounded as submitted ones are; `out` says what came of it.
  /// @pre the genesis said `computes_credits`
  refusal compute_credits(std::span<const credit_entry> earned, std::vector<effect>& out);

  [[nodiscard]] slot applied() const { return applied_; }
  /// SHA-256 chain over (slot, entry) of everything applied. Equal chains mean equal logs.
  [[nodiscard]] const digest& chain() const { return chain_; }
  [[nodiscard]] time_point log_time() const { return clock_.now(); }
  /// The epoch of the next slot.
  [[nodiscard]] const epoch& members() const { return epochs_.of(next(applied_)); }
  [[nodiscard]] const epoch_table& epochs() const { return epochs_; }
  /// Members that are away, sorted: neither their weight nor their credits change.
  [[nodiscard]] std::span<const site_id> frozen() const { return frozen_; }
  [[nodiscard]] const credit_table& credits() const { return credits_; }
  [[nodiscard]] bool computes_credits() const { return computes_credits_; }
  /// What votes and certificates made now are based on.
  [[nodiscard]] credit_basis basis() const { return basis_of(members(), credits_); }
  [[nodiscard]] const authority_table& authorities() const { return authorities_; }
  [[nodiscard]] std::uint64_t ledger_version(host_id host) const {
    const auto* version = ledgers_.find(host);
    return version != nullptr ? *version : 0;
  }
  [[nodiscard]] bool is_decided(proposal_id proposal) const { return decided_.contains(proposal); }

  /// Everything that applying goes by, in canonical bytes: machines that have applied the same log save the
  /// same bytes. O(state).
  [[nodiscard]] byte_string save() const { return seal(saved_version, *this); }
  /// Becomes the machine that was saved; it goes on as that one would have. Bytes that were not saved by
  /// `save` are refused and change nothing. Safe on any bytes.
  [[nodiscard]] result<void, decode_error> restore(byte_span saved);

  static constexpr std::uint8_t saved_version = 2;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.epochs_, self.frozen_, self.credits_, self.computes_credits_, self.clock_, self.authorities_,
      self.ledgers_, self.decided_, self.duplicates_, self.applied_, self.chain_);
  }
  /// True when what was read fits together, table by table and as a whole.
  [[nodiscard]] bool restored() const;

  friend bool operator==(const basic_state_machine&, const basic_state_machine&) = default;

 private:
  void run(const command& asked, log_position at, std::vector<effect>& out);
  refusal apply_one(const noop&, const command_context&, std::vector<effect>&) { return refusal::none; }
  refusal apply_one(const remark& asked, const command_context& context, std::vector<effect>& out) {
    if (asked.body.size() > remark_size_max) return refusal::out_of_bounds;
    out.push_back(remarked{context.client, asked.body, context.log_time});
    return refusal::none;
  }
  refusal apply_one(const define_subset& asked, const command_context& context, std::vector<effect>& out);
  refusal apply_one(const decide& asked, const command_context& context, std::vector<effect>& out);
  refusal apply_one(const prepare_transfer& asked, const command_context& context, std::vector<effect>& out);
  refusal apply_one(const credit_update& asked, const command_context& context, std::vector<effect>& out);
  refusal apply_one(const change_epoch& asked, const command_context& context, std::vector<effect>& out);
  refusal apply_one(const freeze& asked, const command_context& context, std::vector<effect>& out);
  refusal apply_one(const quiesced& asked, const command_context& context, std::vector<effect>& out) {
    return authorities_.quiesce(asked, context, out);
  }
  refusal apply_one(const activate& asked, const command_context& context, std::vector<effect>& out) {
    return authorities_.activate_successor(asked, context, out);
  }
  refusal apply_one(const abort_transfer& asked, const command_context& context, std::vector<effect>& out) {
    return authorities_.abort_late(asked, context, out);
  }
  template <std::derived_from<migration_step> Step>
  refusal apply_one(const Step& asked, const command_context& context, std::vector<effect>& out) {
    return authorities_.apply(asked, context, out);
  }
  refusal earn(std::span<const credit_entry> earned, slot at, std::vector<effect>& out);
  void approve(const proposal_header& header, log_position at, std::vector<effect>& out);
  void forget_expired();
  void activate_pending(std::vector<effect>& out);
  /// True for a member that is not about to leave.
  [[nodiscard]] bool stays(site_id site, slot at) const {
    const auto* pending = epochs_.pending(at);
    return epochs_.of(at).has(site) && (pending == nullptr || pending->members.has(site));
  }

  epoch_table epochs_;
  std::vector<site_id> frozen_;  // sorted
  credit_table credits_;
  bool computes_credits_ = false;
  log_clock clock_;
  authority_table authorities_;
  flat_map<host_id, std::uint64_t> ledgers_;
  flat_map<proposal_id, time_point> decided_;  // with its expiry
  Duplicates duplicates_;
  slot applied_;
  digest chain_;
};

using state_machine = basic_state_machine<duplicate_table, ruling>;
static_assert(std::regular<state_machine>);

}  // namespace foreshift::inline FORESHIFT_ABI::consensus

#include <foreshift/consensus/state_machine_apply.hpp>
