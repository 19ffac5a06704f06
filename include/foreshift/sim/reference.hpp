#pragma once
/// @file
/// The one full replay: every chosen entry applied once, in a state machine that no crash touches.
///
/// Whatever the sites do - restart, catch up, start from snapshots - at the same slot they must have what
/// this has. It also sees every entry before and after, so it recomputes approvals and asks where each
/// command came from.

#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/invariants.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/sim/coverage.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

template <class Machine>
class basic_reference {
 public:
  using effects = std::vector<consensus::effect>;
  using violation = consensus::violation;

  explicit basic_reference(Machine first) : machine_(std::move(first)) {}

  /// Called for every slot, once, in order, with what it did.
  void on_entry(std::function<void(slot, const effects&)> hook) { hook_ = std::move(hook); }

  /// A client has handed a command to a site.
  void submitted(consensus::command_id id) { submitted_.insert(id); }
  /// A site has applied an entry.
  [[nodiscard]] std::optional<violation> applied(slot at, const consensus::entry& value, const effects& did) {
    if (at <= machine_.applied()) {
      if (did_[at.value - 1] == did) return std::nullopt;
      return violation{"the same entry does the same", consensus::detail::text_of(at)};
    }
    if (at != next(machine_.applied()))
      return violation{"slots are applied in order", consensus::detail::text_of(at)};
    const auto members = machine_.members();
    const auto credits = machine_.credits();
    did_.push_back(machine_.apply(at, value));
    const effects& mine = did_.back();
    if (mine != did) return violation{"the same entry does the same", consensus::detail::text_of(at)};
    if (auto broken = life_.observe(mine)) return broken;
    if (auto broken = judge(value, members, credits, mine)) return broken;
    if (hook_) hook_(at, mine);
    return std::nullopt;
  }
  /// A site's whole state, when it has come as far as this.
  [[nodiscard]] std::optional<violation> compare(site_id site, const Machine& other) const {
    if (other.applied() != machine_.applied() || other == machine_) return std::nullopt;
    return violation{"snapshot and tail are a full replay", "site " + std::to_string(site.value)};
  }

  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] const coverage& seen() const { return seen_; }

 private:
  std::optional<violation> judge(const consensus::entry& value, const consensus::epoch& members,
                                 const consensus::credit_table& credits, const effects& did) {
    std::size_t index = 0;
    bool silent = false;  // the owner of the subset just changed had not said that it has stopped
    for (const auto& e : did) {
      seen_.applied(e);
      if (const auto* advanced = std::get_if<consensus::migration_advanced>(&e))
        if (auto broken = moves_alone(advanced->intent.workload)) return broken;
      if (const auto* changed = std::get_if<consensus::authority_changed>(&e)) {
        auto& state = transfers_[changed->what];
        silent = state == consensus::authority_state::preparing;
        state = changed->now.state;
      }
      const auto* answer = std::get_if<consensus::command_done>(&e);
      if (answer == nullptr) {
        if (std::holds_alternative<consensus::unreadable_command>(e)) ++index;
        continue;
      }
      const auto asked = consensus::from_canonical<consensus::command>(value.commands[index++]);
      if (!asked) return violation{"a command that was applied can be read", ""};
      if (!submitted_.contains(asked->id))
        return violation{"only proposed values are chosen",
                         "nobody submitted command " + std::to_string(asked->id.sequence)};
      seen_.applied(*asked, *answer);
      if (silent && std::holds_alternative<consensus::activate>(asked->what) && !answer->duplicate &&
          answer->reason == consensus::refusal::none)
        seen_.note(occasion::owner_taken_for_lost);
      const auto* verdict = std::get_if<consensus::decide>(&asked->what);
      if (verdict == nullptr || answer->duplicate || answer->reason != consensus::refusal::none) continue;
      // Credits that changed within the entry are not at hand; the version tells.
      if (verdict->evidence.basis.credit_version != credits.version) continue;
      const flat_map<host_id, std::uint64_t> unused;
      if (auto broken = consensus::effect_observer::approval(
              *verdict, {members, credits, machine_.authorities(), unused, machine_.log_time()}))
        return broken;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<violation> moves_alone(workload_id what) const {
    const auto& open = machine_.authorities().intents();
    if (std::count_if(open.begin(), open.end(), [&](const auto& i) { return i.second.workload == what; }) < 2)
      return std::nullopt;
    return violation{"a workload has one migration at a time", "workload " + std::to_string(what.value)};
  }

  Machine machine_;
  std::vector<effects> did_;  // by every slot
  consensus::effect_observer life_;
  std::set<consensus::command_id> submitted_;
  std::function<void(slot, const effects&)> hook_;
  flat_map<subset_id, consensus::authority_state> transfers_;
  coverage seen_;
};
using reference = basic_reference<consensus::state_machine>;

}  // namespace foreshift::inline FORESHIFT_ABI::sim
