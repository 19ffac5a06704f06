#pragma once
// What a site of the program is made of: real clock, sockets, disk, clusters and telemetry under the
// library's agent.

#include "clocks.hpp"
#include "fleet_file.hpp"
#include "smc_notes.hpp"
#include "smc_orchestrator.hpp"
#include "smc_telemetry.hpp"
#include "smc_transport.hpp"

#include <foreshift/adapters/prometheus/decision_metrics.hpp>
#include <foreshift/adapters/wal.hpp>
#include <foreshift/anomaly/standard_ensemble.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/driver/agent.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/placement/best_fit.hpp>
#include <foreshift/ports/host.hpp>
#include <foreshift/telemetry/calendar.hpp>

#include <cstdint>
#include <memory>

namespace tool {

using smc_log = foreshift::wal::write_ahead_log<foreshift::wal::posix_directory>;
using smc_host = foreshift::ports::host<wall_clock, smc_transport, smc_log, smc_orchestrator, smc_telemetry,
                                        foreshift::prometheus::counting_observer<smc_observer>>;
using smc_forecaster = foreshift::forecast::backtested<foreshift::forecast::auto_forecaster>;
using smc_agent = foreshift::driver::agent<smc_host, smc_forecaster, foreshift::anomaly::standard_ensemble,
                                           foreshift::placement::best_fit<>>;

/// When a step is looked at, after its end.
struct smc_times {
  foreshift::duration collect{};  ///< for its samples
  foreshift::duration settle{};   ///< after that, for the other sites' reports
};
smc_times times_of(const fleet_file& fleet);

/// Starts from what the host's storage holds. @pre host outlives the agent
/// @param announced  events that are known of, with what is expected of them
foreshift::result<std::unique_ptr<smc_agent>, foreshift::driver::driver_error> start_agent(
    const fleet_file& fleet, foreshift::site_id self, std::uint64_t seed,
    foreshift::telemetry::calendar announced, smc_host& host);

}  // namespace tool

extern template class foreshift::driver::agent<tool::smc_host, tool::smc_forecaster,
                                               foreshift::anomaly::standard_ensemble,
                                               foreshift::placement::best_fit<>>;
