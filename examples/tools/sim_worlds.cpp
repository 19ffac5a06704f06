#include "sim_worlds.hpp"

#include "sim_log.hpp"

#include <foreshift/sim/trial.hpp>

namespace tool {

namespace {

using namespace foreshift;

template <class Storage>
sim::trial_outcome run_on(std::uint64_t seed, const sim::trial_options& options) {
  return sim::trial<Storage>{seed, options}.run();
}

}  // namespace

std::span<const sim_disk> known_disks() {
  static constexpr sim_disk disks[] = {{"files", run_on<log_on_files<>>}, {"records", run_on<sim::storage>}};
  return disks;
}

std::span<const sim_mutant> known_mutants() { return {}; }

}  // namespace tool
