#pragma once
/// @file
/// Logs by seed that touch every table of the state machine: transfers, votes, migrations, credits, retries
/// of old commands, bytes that are no command.

#include "proposals.hpp"

#include <foreshift/core/random.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace consensus_test {

/// Writes a log while it applies it, so that most commands make sense where they stand.
class log_writer {
 public:
  explicit log_writer(std::uint64_t seed, genesis start = small_world()) : random_(seed), machine_(start) {}

  /// The next entry, of up to three commands, already applied to `machine()`.
  entry write() {
    now_ += std::chrono::seconds{random_.below(600)};
    entry made{{machine_.members().number(), now_}, {}};
    std::vector<byte_string> commands;
    for (auto left = random_.below(4); left > 0; --left) commands.push_back(draw());
    made.commands = commands;
    machine_.apply(next(machine_.applied()), made);
    return made;
  }
  [[nodiscard]] const state_machine& machine() const { return machine_; }

 private:
  byte_string draw() {
    if (random_.below(20) == 0) return byte_string(3, std::byte{0xFF});
    if (!said_.empty() && random_.below(4) == 0) return said_[random_.below(said_.size())];  // a retry
    const command asked{{site_id{1 + random_.below(4)}, ++sequence_}, what()};  // site 4 is a stranger
    said_.push_back(canonical(asked));
    return said_.back();
  }
  decltype(command::what) what() {
    const auto& table = machine_.authorities();
    const auto& [subset, held] = *(table.authorities().begin() + pick(table.authorities().size()));
    const site_id site{1 + random_.below(3)};
    switch (random_.below(14)) {
      case 0:
        return noop{};
      case 1:
        return remark{byte_string(random_.below(5))};
      case 2:
        return define_subset{
            {subset_id{1 + random_.below(9)}, "more", {workload_id{1 + random_.below(20)}}, {}}, site};
      case 3:
        return prepare_transfer{subset, held.owner, site, {}, machine_.log_time() + std::chrono::minutes{5}};
      case 4:
        return quiesced{subset, held.token};
      case 5:
        return activate{subset, held.pending.to};
      case 6:
        return abort_transfer{subset};
      case 7:
        return credit_update{machine_.credits().version,
                             {{site, class_id{1}, credit{900 + random_.below(200)}}}};
      case 8:
      case 9: {
        auto header = move_web(machine_, 1 + random_.below(30));
        header.expires_at = machine_.log_time() + std::chrono::minutes{random_.below(60)};
        return verdict_on(header, machine_,
                          random_.below(4) == 0 ? vote_outcome::deadline : vote_outcome::approved,
                          yes_of_two());
      }
      case 10:
        return freeze{site, random_.below(2) == 0};
      case 11: {
        change_epoch asked{machine_.members().identity(), machine_.members().spec()};
        asked.to.alpha = static_cast<std::uint32_t>(1 + random_.below(8));
        return asked;
      }
      default:
        return step_of_a_migration();
    }
  }
  decltype(command::what) step_of_a_migration() {
    const auto& intents = machine_.authorities().intents();
    if (intents.empty()) return noop{};
    const auto& [id, intent] = *(intents.begin() + pick(intents.size()));
    const migration_step step{id, machine_.authorities().find(intent.within)->token};
    switch (intent.state) {
      case migration_state::approved:
        return start{step};
      case migration_state::started:
        return random_.below(2) == 0 ? decltype(command::what){commit{step}} : consensus::abort{step};
      default:
        return settled{step};
    }
  }
  std::ptrdiff_t pick(std::size_t n) { return static_cast<std::ptrdiff_t>(random_.below(n)); }

  random_stream random_;
  state_machine machine_;
  std::vector<byte_string> said_;
  time_point now_ = noon;
  std::uint64_t sequence_ = 0;
};

}  // namespace consensus_test
