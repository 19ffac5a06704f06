#pragma once
// The file that all sites of a fleet start from: data centres, hosts, workloads, and the rules they share.

#include "cluster_access.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/placement/inventory.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// A data centre. Its number is its place in the file, from 1.
struct fleet_site {
  std::string name;
  std::string address;  ///< where the others reach it: a name or an address
  std::uint16_t port = 0;
  cluster_options cluster;  ///< of the fleet's orchestrator
};

struct fleet_file {
  foreshift::duration step{};    ///< of forecasts and decisions
  foreshift::duration season{};  ///< after which demand repeats itself
  std::size_t horizon = 6;       ///< steps ahead
  double limit = 0.8;            ///< share of a host's capacity; above it is an overload
  double moves_per_hour = 0;     ///< of the whole fleet; each workload once at most
  std::string orchestrator;      ///< swarm, kubernetes, or none: agreed moves are not carried out
  std::vector<fleet_site> sites;
  foreshift::placement::inventory known;  ///< hosts and workloads under `ports::id_of_name`
  std::uint64_t digest = 0;               ///< of everything that all sites have to agree on from the start

  /// Zero where there is none.
  [[nodiscard]] foreshift::site_id find(std::string_view name) const {
    for (std::size_t s = 0; s < sites.size(); ++s)
      if (sites[s].name == name) return {s + 1};
    return {};
  }
  [[nodiscard]] const fleet_site& at(foreshift::site_id s) const {
    return sites[static_cast<std::size_t>(s.value - 1)];
  }
};

/// Reads YAML, of which several documents (`---`) count as one with their lists joined. Whatever the program
/// would not heed is an error, so that a slip of the keyboard does not change what is meant. Texts over 16
/// MiB are refused.
foreshift::result<fleet_file, foreshift::diagnostic> parse_fleet_file(std::string_view text,
                                                                      const std::string& source);

}  // namespace tool
