#include "sim_worlds.hpp"

#include <foreshift/sim/trial.hpp>

namespace tool {

using foreshift::sim::trial_options;
using foreshift::sim::trial_outcome;

trial_outcome run_world(std::uint64_t seed, const trial_options& options) {
  return foreshift::sim::trial<>{seed, options}.run();
}

std::span<const sim_mutant> known_mutants() { return {}; }

}  // namespace tool
