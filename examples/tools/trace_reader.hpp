#pragma once
// A recorded fleet as a table: `name[,metric],v0,v1,...`, a row for each workload and metric.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/sim/trace_demand.hpp>

#include <string>
#include <string_view>

namespace tool {

/// Reads a trace. The second column is a metric (cpu, memory, network, io, latency) when the first row has
/// one there; otherwise every row is cpu. Values are one a step; cpu is percent of the workload's size and at
/// most 1000; an empty field is a missing value. A first row whose first field is `name` is a header. Start
/// and step of the trace are the caller's. Every workload must have a cpu row.
foreshift::result<foreshift::sim::fleet_trace, foreshift::diagnostic> parse_trace(std::string_view text,
                                                                                  std::string source);

}  // namespace tool
