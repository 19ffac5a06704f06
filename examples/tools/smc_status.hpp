#pragma once
// What a running site says of itself, as JSON.

#include "smc_agent.hpp"

#include <deque>
#include <string>

namespace tool {

/// Sites, own hosts with their odds, moves under way and what was told last.
std::string status_of(smc_agent& site, const smc_host& host, const fleet_file& fleet, foreshift::site_id self,
                      const std::deque<smc_line>& recent);

}  // namespace tool
