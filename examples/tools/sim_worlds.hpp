#pragma once
// The worlds that `foreshift sim` can run: the shipped classes, and in a test-only program broken ones too.

#include <foreshift/sim/trial_outcome.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace tool {

using run_seed = foreshift::sim::trial_outcome(std::uint64_t seed,
                                               const foreshift::sim::trial_options& options);

/// What the sites of a world write on.
struct sim_disk {
  std::string_view name;
  run_seed* run = nullptr;
};
/// The shipped classes on each of them.
std::span<const sim_disk> known_disks();

/// A seeded bug.
struct sim_mutant {
  std::string_view name;
  run_seed* run = nullptr;
};
/// None in the shipped program: there, the rules have no switches.
std::span<const sim_mutant> known_mutants();

}  // namespace tool
