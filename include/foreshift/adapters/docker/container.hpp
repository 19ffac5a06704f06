#pragma once
/// @file
/// A container of a service, as the daemon that runs it lists it.

#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

struct container {
  std::string id{};
  std::string service{};  ///< the name
};

/// Of the answer to `list_service_containers`. The reason of a failure says what a container lacks.
[[nodiscard]] inline result<std::vector<container>, std::string> read_containers(const json& answer) {
  constexpr std::size_t id_max = 128;  // it becomes part of a request; Docker's have 64 letters
  if (!answer.is_array()) return failure{std::string{"not a list of containers"}};
  std::vector<container> out;
  out.reserve(answer.size());
  for (const json& one : answer) {
    container c{text_at(one, "Id"), text_at(one, "Labels", "com.docker.swarm.service.name")};
    if (c.id.empty() || c.id.size() > id_max)
      return failure{"container " + std::to_string(out.size()) +
                     " of the list lacks Id, or it is none: " + excerpt(c.id)};
    if (c.service.empty())
      return failure{"container " + c.id + " lacks the label com.docker.swarm.service.name"};
    out.push_back(std::move(c));
  }
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
