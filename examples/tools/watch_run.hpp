#pragma once
// Readings in, forecasts out on a page of metrics, until somebody says stop.

#include "prometheus_options.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tool {

/// As said on the command line.
struct watch_options {
  prometheus_options prometheus;
  std::string listen = "127.0.0.1:9464", step = "1m", history = "1d";
  std::size_t horizon = 30;
  std::vector<std::string> limits;
  std::size_t series_max = 1000;
  std::uint64_t seed = 1;
};

/// Returns when the process is told to stop by SIGINT or SIGTERM; a reason where it could not begin.
foreshift::result<void, foreshift::diagnostic> watch(const watch_options& options);

}  // namespace tool
