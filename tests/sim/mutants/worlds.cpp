// The worlds of foreshift_sim_mutants: one instantiation, with the bug chosen at run time.

#include "sim_log.hpp"
#include "sim_worlds.hpp"

#include <foreshift/sim/trial.hpp>

#include <consensus/machine_mutants.hpp>
#include <sim/seeded_bugs.hpp>

#include <vector>

namespace tool {

namespace {

using consensus_test::mutant;
using foreshift::sim::trial_options;
using foreshift::sim::trial_outcome;
using foreshift::test::bug;
using world = foreshift::sim::trial<foreshift::test::breakable_storage, foreshift::test::breakable_replica,
                                    consensus_test::breakable_machine>;

/// A bug of the agreement's parts, storage or driver.
template <mutant What>
trial_outcome run_mutant(std::uint64_t seed, const trial_options& options) {
  const consensus_test::seed_bug on{What};
  auto changed = options;
  changed.leases_on_wall_time = What == mutant::lease_on_wall_time;
  return world{seed, changed}.run();
}
/// A bug of the disk.
template <bug What>
trial_outcome run_bug(std::uint64_t seed, const trial_options& options) {
  foreshift::test::seeded_bug = What;
  return world{seed, options}.run();
}
trial_outcome run_blind_places(std::uint64_t seed, const trial_options& options) {
  auto changed = options;
  changed.places_fence = false;
  return world{seed, changed}.run();
}
trial_outcome run_local_reads(std::uint64_t seed, const trial_options& options) {
  auto changed = options;
  changed.local_reads = true;
  return world{seed, changed}.run();
}

/// Takes every bad record for the torn end of the log.
struct always_torn {
  static constexpr bool torn(foreshift::wal::evidence) { return true; }
};
trial_outcome run_blind_log(std::uint64_t seed, const trial_options& options) {
  return foreshift::sim::trial<log_on_files<always_torn>>{seed, options}.run();
}

template <std::size_t... I>
std::vector<sim_mutant> list(std::index_sequence<I...>) {
  std::vector<sim_mutant> all{
      {consensus_test::mutants[I + 1].name, run_mutant<consensus_test::mutants[I + 1].what>}...};
  std::erase_if(all, [](const sim_mutant& m) {  // of the model's driver
    return m.name == "applied_out_of_order" || m.name == "opens_beyond_alpha" ||
           m.name == "applied_when_chosen";
  });
  all.push_back({"disk_forgets", run_bug<bug::disk_forgets>});
  all.push_back({"corrupt_is_torn", run_bug<bug::damage_is_torn>});
  all.push_back({"corrupt_is_torn_in_files", run_blind_log});
  all.push_back({"vote_forgotten", run_bug<bug::vote_forgotten>});
  all.push_back({"leaves_early", run_bug<bug::leaves_early>});
  all.push_back({"token_not_checked_at_the_place", run_blind_places});
  all.push_back({"reads_are_stale", run_local_reads});
  return all;
}

}  // namespace

namespace {

trial_outcome run_world(std::uint64_t seed, const trial_options& options) {
  return world{seed, options}.run();
}

}  // namespace

std::span<const sim_disk> known_disks() {
  static constexpr sim_disk disks[] = {{"records", run_world}};
  return disks;
}

std::span<const sim_mutant> known_mutants() {
  static const auto all = list(std::make_index_sequence<std::size(consensus_test::mutants) - 1>{});
  return all;
}

}  // namespace tool
