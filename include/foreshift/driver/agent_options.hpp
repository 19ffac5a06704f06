#pragma once
/// @file
/// Everything a site can be told about how to work. The defaults are those of the replay.

#include <foreshift/consensus/membership.hpp>
#include <foreshift/consensus/replica_config.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/driver/adjuster.hpp>
#include <foreshift/driver/assembly.hpp>
#include <foreshift/driver/failure_watch.hpp>
#include <foreshift/driver/fleet_outlook.hpp>
#include <foreshift/driver/mover.hpp>
#include <foreshift/driver/planner.hpp>
#include <foreshift/driver/progress.hpp>
#include <foreshift/driver/scorekeeper.hpp>
#include <foreshift/driver/site_telemetry.hpp>
#include <foreshift/migration/plan.hpp>
#include <foreshift/migration/rollback.hpp>
#include <foreshift/placement/distance_table.hpp>
#include <foreshift/placement/inventory.hpp>
#include <foreshift/telemetry/calendar.hpp>

namespace foreshift::inline FORESHIFT_ABI::driver {

struct agent_options {
  duration collect = duration::zero();  ///< after the end of a step, for its readings: as late as the
                                        ///< telemetry source delivers them
  duration settle =
      std::chrono::seconds{5};  ///< after a step was collected, for the other sites' reports to come in
  book_options book;
  outlook_options outlook;  ///< its `self` is this site's id
  site_telemetry_options telemetry;
  planner_options planner;
  adjuster_options adjuster;
  failure_watch_options failure;
  assembly_options assembly;
  mover_options mover;
  migration::move_budget_options budget;
  migration::rollback_options rollback;
  scorekeeper_options score;
  consensus::replica_config replica;
  driver_options log;  ///< when snapshots take the log's place

  /// Tells every part who it belongs to.
  agent_options& belong_to(site_id self) {
    outlook.self = assembly.self = mover.self = replica.self = self;
    return *this;
  }
};

/// What all sites start from.
struct fleet_setup {
  placement::inventory inventory;
  telemetry::calendar calendar;
  consensus::genesis genesis;
  placement::distance_table links{};  ///< between hosts; empty: distances and what fails together are unknown
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
