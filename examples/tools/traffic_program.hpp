#pragma once
// The user's own program that directs traffic from one cluster to another.

#include "fleet_file.hpp"

#include <foreshift/migration/command.hpp>

#include <functional>
#include <string>

namespace tool {

/// Runs `program WORKLOAD FROM-SITE FROM-HOST TO-SITE TO-HOST` and waits for its end, a minute at most. Exit
/// code 0: done; else the last line that it printed is the reason. @param fleet outlives the hook
std::function<std::string(const foreshift::migration::command&)> traffic_program(std::string program,
                                                                                 const fleet_file& fleet);

}  // namespace tool
