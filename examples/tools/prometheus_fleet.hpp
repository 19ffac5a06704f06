#pragma once
// A fleet as a Prometheus has seen it.

#include "prometheus_options.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/sim/trace_demand.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace tool {

struct pulled_fleet {
  std::string source;  ///< the server, for people
  foreshift::sim::fleet_trace trace;
  std::vector<std::string>
      remarks;  ///< what the user should know: what was left out, and the server's warnings
};

/// Asks for everything that the map names, with a bar where that takes over a second. Times are cut down to
/// whole steps since 1970. Workloads are what the map calls workloads; where it names none, hosts.
/// @param size        cores that 100 % stand for
/// @param values_max  a larger fleet is refused
foreshift::result<pulled_fleet, foreshift::diagnostic> pull_fleet(const prometheus_options& options,
                                                                  foreshift::duration step, double size,
                                                                  std::size_t values_max);

}  // namespace tool
