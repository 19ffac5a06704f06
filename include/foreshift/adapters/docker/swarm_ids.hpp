#pragma once
/// @file
/// What a specification calls by ids that only its own swarm knows: networks, secrets and configs.
///
/// Each has a name as well, and in another swarm the one of that name takes its place; where there is none,
/// the service cannot go there. What a secret holds cannot be read, so that the two hold the same is for
/// their owner to see to.

#include <foreshift/adapters/docker/api_error.hpp>
#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/adapters/docker/manager.hpp>
#include <foreshift/adapters/docker/request.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/http_client.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

/// Ids in one swarm, each list in the order of a specification's own.
struct swarm_ids {
  std::vector<std::string> networks{}, secrets{}, configs{};
};

/// Puts ids in the place of those that a specification has.
inline void set_ids(json& spec, const swarm_ids& ids);

/// The names of a specification's networks, in its own swarm; secrets and configs say theirs themselves.
template <ports::HttpClient Http>
[[nodiscard]] result<std::vector<std::string>, api_error> network_names(manager<Http>& swarm,
                                                                        const json& spec) {
  std::vector<std::string> out;
  for (const json& one : list_at(spec, "TaskTemplate", "Networks")) {
    auto name = swarm.network(text_at(one, "Target"), "Name");
    if (!name) return failure{name.error()};
    out.push_back(*std::move(name));
  }
  return out;
}

/// The ids in another swarm. @param networks the names of the specification's
/// @return `absent` with what is missing there and how to make it, without the swarm's name
template <ports::HttpClient Http>
[[nodiscard]] result<swarm_ids, api_error> ids_in(manager<Http>& swarm, const json& spec,
                                                  const std::vector<std::string>& networks);

namespace detail {

inline void set_ids_of(json& list, std::string_view member, const std::vector<std::string>& ids) {
  std::size_t next = 0;
  if (!list.is_array()) return;
  for (json& one : list)
    if (one.is_object() && next < ids.size()) one[std::string{member}] = ids[next++];
}
[[nodiscard]] inline api_error none_there(std::string_view kind, const std::string& name,
                                          std::string_view how) {
  return {api_error::kind::absent,
          "it uses " + std::string{kind} + " " + name +
              ", and there is none of that name: make it there (docker " + std::string{kind} + " create " +
              std::string{how} + ")",
          {}};
}

}  // namespace detail

inline void set_ids(json& spec, const swarm_ids& ids) {
  const auto at = [&](const char* pointer) -> json* {
    const json::json_pointer where{pointer};
    return spec.contains(where) ? &spec[where] : nullptr;
  };
  if (json* list = at("/TaskTemplate/Networks")) detail::set_ids_of(*list, "Target", ids.networks);
  if (json* list = at("/TaskTemplate/ContainerSpec/Secrets"))
    detail::set_ids_of(*list, "SecretID", ids.secrets);
  if (json* list = at("/TaskTemplate/ContainerSpec/Configs"))
    detail::set_ids_of(*list, "ConfigID", ids.configs);
}

template <ports::HttpClient Http>
result<swarm_ids, api_error> ids_in(manager<Http>& swarm, const json& spec,
                                    const std::vector<std::string>& networks) {
  swarm_ids out;
  for (const std::string& name : networks) {
    auto id = swarm.network(name, "Id");
    if (!id && id.error().what == api_error::kind::absent)
      return failure{detail::none_there("network", name, "--driver overlay " + name)};
    if (!id) return failure{id.error()};
    out.networks.push_back(*std::move(id));
  }
  const auto add = [&](const char* list, const char* named, const char* kind,
                       std::vector<std::string>& to) -> result<void, api_error> {
    for (const json& one : list_at(spec, "TaskTemplate", "ContainerSpec", list)) {
      const std::string name = text_at(one, named);
      if (name.empty())
        return failure{
            api_error{api_error::kind::absent, std::string{"it uses a "} + kind + " without a name", {}}};
      auto id = swarm.id_of(kind, name);
      if (!id && id.error().what == api_error::kind::absent)
        return failure{detail::none_there(kind, name, name + " FILE")};
      if (!id) return failure{id.error()};
      to.push_back(*std::move(id));
    }
    return {};
  };
  if (const auto done = add("Secrets", "SecretName", "secret", out.secrets); !done)
    return failure{done.error()};
  if (const auto done = add("Configs", "ConfigName", "config", out.configs); !done)
    return failure{done.error()};
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
