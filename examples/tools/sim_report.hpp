#pragma once
// What `foreshift sim` says when it has run.

#include "sim_options.hpp"

#include <foreshift/sim/trial_outcome.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace tool {

/// The seed in which a promise did not hold, and the smallest set of faults that it still breaks under.
struct sim_failure {
  std::uint64_t seed = 0;
  foreshift::sim::trial_outcome outcome;
  foreshift::sim::nemesis_set faults;
};

std::string sim_table(const sim_plan& plan, const foreshift::sim::trial_totals& totals,
                      const std::optional<sim_failure>& failed);
std::string sim_json(const sim_plan& plan, const foreshift::sim::trial_totals& totals,
                     const std::optional<sim_failure>& failed);

}  // namespace tool
