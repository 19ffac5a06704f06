#pragma once
/// @file
/// Every short log over the state machine: commands that come again, moves of one workload that are wished
/// for at any time, each step of a migration, and snapshots in between.
///
/// Each log is made from what its own machine says, so that most of what can be said is accepted. What comes
/// again must get the first answer and do nothing else.

#include <foreshift/consensus/invariants.hpp>
#include <foreshift/consensus/state_machine.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace consensus_test {

using namespace foreshift;
using namespace foreshift::consensus;

/// What a search has met, so that no check is idle.
struct log_counts {
  std::uint64_t logs = 0, retries = 0, snapshots = 0, moves = 0, moves_refused = 0, settled = 0;
};

template <class Machine>
class short_logs {
 public:
  short_logs() : machine_(world()) {}

  /// Goes on with everything that can be said, `depth` entries long. The first claim that breaks, with the
  /// log; empty when none does.
  [[nodiscard]] std::string explore(int depth, log_counts& counts) const {
    ++counts.logs;
    if (depth == 0) return {};
    const auto on = [&](short_logs next, const char* word, const std::string& broken) {
      next.said_ += std::string{word} + "; ";
      return broken.empty() ? next.explore(depth - 1, counts) : next.said_ + broken;
    };
    for (const std::uint64_t host : {7U, 8U}) {
      short_logs next = *this;
      const auto broken = next.apply({next.fresh(), next.move_to(host_id{host})}, counts);
      if (const auto found = on(next, "a move", broken); !found.empty()) return found;
    }
    for (int step = 0; step < 4; ++step) {
      if (machine_.authorities().intents().empty()) break;
      short_logs next = *this;
      const auto broken = next.apply({next.fresh(), next.step(step)}, counts);
      constexpr const char* words[] = {"start", "commit", "abort", "settled"};
      if (const auto found = on(next, words[step], broken); !found.empty()) return found;
    }
    for (const auto& [earlier, answer] : history_) {
      short_logs next = *this;
      const auto broken = next.apply_again(earlier, answer, counts);
      if (const auto found = on(next, "again", broken); !found.empty()) return found;
    }
    short_logs next = *this;
    ++counts.snapshots;
    Machine resumed;
    const bool kept = resumed.restore(machine_.save()).has_value();
    next.machine_ = std::move(resumed);
    return on(next, "a snapshot", kept ? "" : "what was saved is refused");
  }

 private:
  static genesis world() {
    const site_id sites[] = {{1}, {2}, {3}};
    genesis start;
    start.members = uniform_epoch(sites);
    start.subsets = {{{subset_id{1}, "web", {workload_id{1}}, {place_id{1}}}, site_id{1}}};
    return start;
  }
  [[nodiscard]] command_id fresh() const { return {site_id{1}, history_.size() + 1}; }
  [[nodiscard]] decltype(command::what) move_to(host_id to) const {
    const proposal_header header{{site_id{1}, history_.size() + 1},
                                 proposal_kind::migrate,
                                 {{workload_id{1}, subset_id{1}, to}},
                                 {{subset_id{1}, machine_.authorities().find(subset_id{1})->version}},
                                 {{to, machine_.ledger_version(to)}},
                                 {{class_id{1}, criticality{5}}},
                                 noon() + std::chrono::minutes{30},
                                 {}};
    std::vector<counted_vote> yes{{site_id{1}, verdict::accept, 0}, {site_id{2}, verdict::accept, 0}};
    return decide{header, {0, canonical_digest(header), machine_.basis(), vote_outcome::approved, yes}};
  }
  [[nodiscard]] decltype(command::what) step(int which) const {
    const migration_step acts{machine_.authorities().intents().begin()->first,
                              machine_.authorities().find(subset_id{1})->token};
    if (which == 0) return consensus::start{acts};
    if (which == 1) return consensus::commit{acts};
    if (which == 2) return consensus::abort{acts};
    return consensus::settled{acts};
  }
  static time_point noon() { return time_point{std::chrono::hours{12}}; }
  std::vector<effect> run(const command& asked) {
    return machine_.apply(next(machine_.applied()),
                          {{machine_.members().number(), noon()}, {canonical(asked)}});
  }
  static const command_done& answer_in(const std::vector<effect>& did) {
    return std::get<command_done>(*std::find_if(
        did.begin(), did.end(), [](const effect& e) { return std::holds_alternative<command_done>(e); }));
  }
  std::string apply(const command& asked, log_counts& counts) {
    const auto did = run(asked);
    const auto& answer = answer_in(did);
    history_.push_back({asked, answer});
    counts.moves += std::holds_alternative<decide>(asked.what) && answer.reason == refusal::none ? 1U : 0U;
    counts.moves_refused += answer.reason == refusal::workload_moving ? 1U : 0U;
    counts.settled += std::holds_alternative<settled>(asked.what) && answer.reason == refusal::none ? 1U : 0U;
    if (machine_.authorities().intents().size() > 1) return "a workload has one migration at a time";
    const auto broken = life_.observe(did);
    return broken ? broken->claim : std::string{};
  }
  std::string apply_again(const command& earlier, command_done first, log_counts& counts) {
    ++counts.retries;
    const auto did = run(earlier);
    first.duplicate = true;
    if (did.size() != 1) return "a command is applied once";
    return did[0] == effect{first} ? std::string{} : "a retry gets the first answer";
  }

  Machine machine_;
  effect_observer life_;
  std::vector<std::pair<command, command_done>> history_;
  std::string said_;
};

}  // namespace consensus_test
