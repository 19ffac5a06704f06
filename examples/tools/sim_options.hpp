#pragma once
// What can be said to `foreshift sim`, and what that means.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/sim/trial_outcome.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tool {

/// Everything that can be said on the command line, as it is said.
struct sim_options {
  std::string seeds = "1..100";
  std::size_t sites = 3;
  double minutes = 1;
  std::vector<std::string> faults;  ///< empty: all
  std::string disk, mutant, json;
};

/// The same, checked.
struct sim_plan {
  std::uint64_t first = 1, last = 100;
  foreshift::sim::trial_options options;
  foreshift::sim::trial_outcome (*run)(std::uint64_t seed,
                                       const foreshift::sim::trial_options& options) = nullptr;
  std::string disk, mutant;
};

foreshift::result<sim_plan, foreshift::diagnostic> read_plan(const sim_options& said);
/// `none`, `all`, or the names of the classes, separated by commas.
std::string list_of(foreshift::sim::nemesis_set faults);
/// The command that runs one seed again.
std::string again(const sim_plan& plan, std::uint64_t seed, foreshift::sim::nemesis_set faults);

}  // namespace tool
