#pragma once
// What can be said to `foreshift replay`, and how that becomes the input of a replay.

#include "option_error.hpp"
#include "prometheus_options.hpp"
#include "replay_run.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/sim/scenario.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tool {

/// Everything that can be said on the command line, as it is said.
struct replay_options {
  prometheus_options prometheus;
  std::string trace, calendar, start = "2025-03-03", step = "5m";
  double size = 1;
  bool white_noise = false;
  std::size_t workloads = 200, days = 14;
  std::uint64_t seed = 1;
  foreshift::sim::scenario rules;
  std::string warm_up = "2h", judged_within = "2h", ping_pong_within = "1h";
  std::vector<std::string> policies;
  std::string json, report, save_proposals;
  std::string proposal, moves_before = "none";
};

/// How large a replay may be, in values of workloads or of hosts: each takes up to about 50 bytes.
inline constexpr std::size_t values_max = 50'000'000;

/// Asks whoever is needed by name; says which names there are.
foreshift::result<std::vector<policy_entry>, foreshift::diagnostic> choose_policies(
    const std::vector<std::string>& names);
/// Fills in how many hosts there are where that was not said, and refuses fleets that are too large.
foreshift::result<void, foreshift::diagnostic> settle_hosts(replay_input& input,
                                                            const foreshift::sim::demand_table& demand);

/// Reads or generates the fleet with its calendar; the number of hosts may still be 0. The trace is longer
/// than the warm-up.
foreshift::result<replay_input, foreshift::diagnostic> read_input(const replay_options& options);

}  // namespace tool
