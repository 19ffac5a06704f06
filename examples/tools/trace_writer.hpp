#pragma once
// A recorded fleet as the table that `parse_trace` reads.

#include <foreshift/sim/trace_demand.hpp>

#include <string>

namespace tool {

/// A header, then a row for each workload and metric; cpu in percent of the workload's size, four decimals;
/// an empty field where there is no value.
std::string trace_text(const foreshift::sim::fleet_trace& fleet);

}  // namespace tool
