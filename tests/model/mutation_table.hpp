#pragma once
/// @file
/// Each seeded bug, and which checker finds it after how much work: printed as a table, so that the figures
/// can be made again.

#include "search.hpp"
#include "stages.hpp"

#include "../consensus/cluster.hpp"
#include "../consensus/explore.hpp"
#include "../consensus/lease_worlds.hpp"
#include "../consensus/machine_mutants.hpp"
#include "../consensus/mutants.hpp"
#include "../consensus/short_logs.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

namespace model {

/// The acceptors' exploration: (3 sites, 3 ballots), then (4, 2). The states until the bug was found, or "".
[[nodiscard]] inline std::string explored(mutant bug) {
  using namespace consensus_test;
  for (const auto& [sites, ballots] : {std::pair<std::size_t, std::size_t>{3, 3}, {4, 2}}) {
    const auto found =
        explorer<breakable_acceptor, breakable_phase_one, breakable_proposer>{equal_sites(sites), ballots,
                                                                              !knows_names(bug)}
            .run(1'000'000);
    if (!found.story.empty())
      return std::to_string(found.states) + " states (" + std::to_string(sites) + "," +
             std::to_string(ballots) + ")";
  }
  return {};
}
/// The model of whole replicas, in the stage meant for the bug.
[[nodiscard]] inline std::string modelled(mutant bug) {
  const auto name = consensus_test::info_of(bug).stage;
  for (const auto& one : stages()) {
    if (one.name != name) continue;
    bounds limits = limits_of(one);
    auto schedules = schedules_of(one);
    std::reverse(schedules.begin(), schedules.end());  // the most different sites first
    std::size_t states = 0;
    for (const std::size_t most : {20'000U, 20'000'000U})  // a little of each first
      for (const auto& who : schedules) {
        limits.schedule = who;
        const auto found = search<consensus_test::breakable_replica>{limits}.run(most);
        states += found.states;
        if (!found.broken.empty()) return std::to_string(states) + " states (" + std::string{name} + ")";
      }
  }
  return {};
}
/// Whole clusters by seed, under three mixes of faults.
[[nodiscard]] inline std::string simulated() {
  using namespace consensus_test;
  const cluster_faults rough{.loss = 150, .repeat = 150, .delay_max = 60 * ms, .crash = 10};
  const cluster_faults torn{.loss = 50, .repeat = 300, .delay_max = 40 * ms, .crash = 2, .split = 30};
  const cluster_faults slow{.loss = 50, .repeat = 50, .delay_max = 30 * ms, .crash = 20, .sync_max = 40 * ms};
  std::uint64_t tried = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    for (const auto& [sites, faults] :
         {std::pair<std::uint64_t, cluster_faults>{3, rough}, {4, torn}, {3, slow}}) {
      ++tried;
      if (const auto broken = story<breakable_replica>(equal_sites(sites), seed, faults, 1000 * ms))
        return std::to_string(tried) + " seeds (" + broken->claim + ")";
    }
  return {};
}

/// Every short log over the state machine, the shortest first.
[[nodiscard]] inline std::string written() {
  consensus_test::log_counts done;
  for (int length = 1; length <= 5; ++length)
    if (const auto broken =
            consensus_test::short_logs<consensus_test::breakable_machine>{}.explore(length, done);
        !broken.empty())
      return std::to_string(done.logs) + " logs (" + broken + ")";
  return {};
}

/// Clusters whose reads go by lease.
[[nodiscard]] inline std::string leased(mutant bug) {
  consensus_test::lease_counts done;
  const auto broken = consensus_test::lease_stories_with(bug, 1000, done);
  return broken ? std::to_string(done.stories) + " seeds (" + broken->claim + ")" : std::string{};
}

/// Returns an exit code: 0 when every bug is found by some checker and by the one that is meant for it.
inline int print_table() {
  std::printf(
      "| trap | seeded bug | where | exploration of acceptors or short logs | model of whole replicas | "
      "clusters by seed "
      "|\n"
      "|---|---|---|---|---|---|\n");
  int survivors = 0;
  const auto shown = [](const std::string& text) { return text.empty() ? "-" : text.c_str(); };
  for (const auto& one : consensus_test::mutants) {
    if (one.what == mutant::none) continue;
    const consensus_test::seed_bug seed{one.what};
    const bool in_parts = one.where == "parts";
    const bool in_machine = one.where == "machine";
    const std::string by_unit = in_parts     ? explored(one.what)
                                : in_machine ? written()
                                             : "",
                      by_model = modelled(one.what),
                      by_seed = one.where == "lease" ? leased(one.what)
                                : in_machine         ? ""
                                                     : simulated();
    const bool missed = !one.stage.empty() && by_model.empty();
    const bool alive = by_unit.empty() && by_model.empty() && by_seed.empty();
    survivors += missed || alive ? 1 : 0;
    std::printf("| %d | %s: %s | %s | %s | %s | %s |%s\n", one.trap, one.name.data(), one.says.data(),
                one.where.data(), shown(by_unit), shown(by_model), shown(by_seed),
                alive    ? " SURVIVED"
                : missed ? " MISSED"
                         : "");
    std::fflush(stdout);
  }
  return survivors == 0 ? 0 : 1;
}

}  // namespace model
