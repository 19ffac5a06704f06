#pragma once
// What the options about a Prometheus come to: the server and how to be let in, and the map.

#include "prometheus_options.hpp"

#include <foreshift/adapters/prometheus/endpoint.hpp>
#include <foreshift/adapters/prometheus/relabel.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

namespace tool {

/// Secrets are read from their files.
foreshift::result<foreshift::prometheus::endpoint, foreshift::diagnostic> read_endpoint(
    const prometheus_options& options);
/// The map that is built in under this name, or else that of the file.
foreshift::result<foreshift::prometheus::relabel_table, foreshift::diagnostic> read_map(
    const prometheus_options& options);

}  // namespace tool
