#pragma once
/// @file
/// Which service is meant by a workload's id, and which node by a place's: ids are made of names.
///
/// A manager finds an object by its id, by its name, and by the beginning of its id, so what it gives need
/// not be what was asked for: `manager::find` looks. A name once found is asked for directly from then on.

#include <foreshift/adapters/docker/api_error.hpp>
#include <foreshift/adapters/docker/inventory.hpp>
#include <foreshift/adapters/docker/manager.hpp>
#include <foreshift/adapters/docker/node.hpp>
#include <foreshift/adapters/docker/service.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/cluster_inventory.hpp>
#include <foreshift/ports/http_client.hpp>

#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

/// The names of services that have been found, of one swarm. One request, two where a service is not found
/// under the name that it had. A regular value.
class swarm_names {
 public:
  /// @return `absent` where there is none, `refused` where names do not tell services apart
  template <ports::HttpClient Http>
  [[nodiscard]] result<service, api_error> service_of(manager<Http>& swarm, workload_id workload) {
    if (const std::string* known = names_.find(workload)) {
      auto found = swarm.find(*known);
      if (found || found.error().what != api_error::kind::absent) return found;
    }
    auto all = swarm.services();
    if (!all) return failure{all.error()};
    if (const auto twice = same_id(*all, "services"))
      return failure{api_error{api_error::kind::refused, swarm.name() + ": " + *twice}};
    for (service& one : *all) {
      if (ports::id_of_name(one.name) != workload.value) continue;
      names_.insert_or_assign(workload, one.name);
      return std::move(one);
    }
    return failure{api_error{api_error::kind::absent,
                             swarm.name() + ": no service has the id " + std::to_string(workload.value)}};
  }
  /// As it was last found; empty where it never was.
  [[nodiscard]] std::string name_of(workload_id workload) const {
    const std::string* known = names_.find(workload);
    return known != nullptr ? *known : std::string{};
  }

 private:
  flat_map<workload_id, std::string> names_;
};

/// One request. @return `absent` where there is none, `refused` where names do not tell nodes apart
template <ports::HttpClient Http>
[[nodiscard]] result<node, api_error> node_of(manager<Http>& swarm, place_id place) {
  auto all = swarm.nodes();
  if (!all) return failure{all.error()};
  const auto present = without_left(*std::move(all));
  if (const auto twice = same_id(present, "nodes"))
    return failure{api_error{api_error::kind::refused, swarm.name() + ": " + *twice}};
  for (const node& one : present)
    if (ports::id_of_name(one.name) == place.value) return one;
  return failure{api_error{api_error::kind::absent,
                           swarm.name() + ": no node has the id " + std::to_string(place.value)}};
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
