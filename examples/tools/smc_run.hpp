#pragma once
// A site of a fleet, until somebody says stop.

#include "smc_telemetry.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <cstdint>
#include <string>

namespace tool {

/// As said on the command line.
struct smc_options {
  std::string fleet, site, data, listen, serve = "127.0.0.1:9465", history = "7d", switch_traffic, calendar;
  smc_telemetry_options telemetry;
  std::uint64_t seed = 1;
  bool json = false;
};

/// Returns an exit code when the process was told to stop by SIGINT or SIGTERM, or when its storage has
/// failed; a reason where it could not begin.
foreshift::result<int, foreshift::diagnostic> run_site(const smc_options& options);

}  // namespace tool
