#pragma once
/// @file
/// A log without an agreement: what is submitted is applied at once, in an entry of its own.

#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/state_machine.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace foreshift::test {

class little_log {
 public:
  explicit little_log(const consensus::genesis& start) : machine_(start) {}

  /// Applies a command of `client`; what it did.
  template <class What>
  std::vector<consensus::effect> apply(site_id client, What what) {
    return apply(consensus::command{{client, ++sequence_}, std::move(what)});
  }
  std::vector<consensus::effect> apply(const consensus::command& whole) {
    last_ = {{epoch_number{1}, now_ += std::chrono::milliseconds{10}}, {consensus::canonical(whole)}};
    return machine_.apply(next(machine_.applied()), last_);
  }
  void pass(duration span) { now_ += span; }

  [[nodiscard]] const consensus::state_machine& machine() const { return machine_; }
  [[nodiscard]] const consensus::entry& last() const { return last_; }
  [[nodiscard]] std::uint64_t sequence() const { return sequence_; }

 private:
  consensus::state_machine machine_;
  consensus::entry last_;
  time_point now_{};
  std::uint64_t sequence_ = 0;
};

}  // namespace foreshift::test
