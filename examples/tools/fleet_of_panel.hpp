#pragma once
// What a Prometheus told of hosts and workloads, as a fleet that can be replayed.

#include "prometheus_fleet.hpp"

#include <foreshift/adapters/prometheus/relabel.hpp>
#include <foreshift/adapters/prometheus/subject_panel.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

namespace tool {

/// Workloads by site and name: one that was on several hosts in turn is one. Where there are none, the hosts.
/// Of what is left out the remarks tell.
/// @param size  cores that 100 % stand for
foreshift::result<pulled_fleet, foreshift::diagnostic> fleet_of_panel(
    const foreshift::prometheus::relabelled& all, double size,
    const foreshift::prometheus::relabel_table& map);

}  // namespace tool
