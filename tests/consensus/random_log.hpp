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

inline const state_machine& agreement_of(const state_machine& machine) { return machine; }

/// Writes a log while it applies it, so that most commands make sense where they stand.
/// @tparam Machine  a state machine, or one that has it as its part by `agreement_of`
template <class Machine>
class basic_log_writer {
 public:
  explicit basic_log_writer(std::uint64_t seed, const genesis& start = small_world())
      : random_(seed), machine_(start) {}

  /// The next entry, of up to three commands and those given, already applied to `machine()`.
  entry write(std::vector<byte_string> commands = {}) {
    now_ += std::chrono::seconds{random_.below(600)};
    entry made{{agreement().members().number(), now_}, {}};
    for (auto left = random_.below(4); left > 0; --left) commands.push_back(draw());
    made.commands = commands;
    (void)machine_.apply(next(agreement().applied()), made);
    return made;
  }
  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] const state_machine& agreement() const { return agreement_of(machine_); }

 private:
  byte_string draw() {
    if (random_.below(20) == 0) return byte_string(3, std::byte{0xFF});
    if (!said_.empty() && random_.below(4) == 0) return said_[random_.below(said_.size())];  // a retry
    const command asked{{site_id{1 + random_.below(4)}, ++sequence_}, what()};  // site 4 is a stranger
    said_.push_back(canonical(asked));
    return said_.back();
  }
  decltype(command::what) what() {
    const auto& table = agreement().authorities();
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
        return prepare_transfer{
            subset, held.owner, site, {}, agreement().log_time() + std::chrono::minutes{5}};
      case 4:
        return quiesced{subset, held.token};
      case 5:
        return activate{subset, held.pending.to};
      case 6:
        return abort_transfer{subset};
      case 7:
        return credit_update{agreement().credits().version,
                             {{site, class_id{1}, credit{900 + random_.below(200)}}}};
      case 8:
      case 9: {
        auto header = move_web(agreement(), 1 + random_.below(30));
        header.expires_at = agreement().log_time() + std::chrono::minutes{random_.below(60)};
        return verdict_on(header, agreement(),
                          random_.below(4) == 0 ? vote_outcome::deadline : vote_outcome::approved,
                          yes_of_two());
      }
      case 10:
        return freeze{site, random_.below(2) == 0};
      case 11: {
        change_epoch asked{agreement().members().identity(), agreement().members().spec()};
        asked.to.alpha = static_cast<std::uint32_t>(1 + random_.below(8));
        return asked;
      }
      default:
        return step_of_a_migration();
    }
  }
  decltype(command::what) step_of_a_migration() {
    const auto& intents = agreement().authorities().intents();
    if (intents.empty()) return noop{};
    const auto& [id, intent] = *(intents.begin() + pick(intents.size()));
    const migration_step step{id, agreement().authorities().find(intent.within)->token};
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
  Machine machine_;
  std::vector<byte_string> said_;
  time_point now_ = noon;
  std::uint64_t sequence_ = 0;
};
using log_writer = basic_log_writer<state_machine>;

}  // namespace consensus_test
