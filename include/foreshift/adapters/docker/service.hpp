#pragma once
/// @file
/// A service of a swarm: its specification as it was read, and what has become of its last update.

#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/units.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

/// @invariant `spec` is an object
struct service {
  std::string id{}, name{};
  std::uint64_t version = 0;  ///< a write under another one is refused
  json spec = json::object();
  json previous{};       ///< the specification before the last write; null where there was none
  std::string update{};  ///< updating, paused, completed, rollback_...; empty where no update was needed
  std::string update_said{};

  /// The number of copies asked for; nothing where it has none, as global services and jobs.
  [[nodiscard]] std::optional<std::uint64_t> replicas() const {
    return member(spec, "Mode", "Replicated") != nullptr
               ? std::optional{count_at(spec, "Mode", "Replicated", "Replicas").value_or(1)}
               : std::nullopt;
  }
  [[nodiscard]] std::string label(std::string_view key) const { return text_at(spec, "Labels", key); }
};

/// Cores and bytes of memory. @param which "Reservations" or "Limits"; 0 where none is set
[[nodiscard]] inline resources resources_of(const service& s, std::string_view which) {
  resources out;
  out[resource::cpu] = number_at(s.spec, "TaskTemplate", "Resources", which, "NanoCPUs") / 1e9;
  out[resource::memory] = number_at(s.spec, "TaskTemplate", "Resources", which, "MemoryBytes");
  return out;
}

/// Of the answer to `GET /services/{id}`. The reason of a failure says what it lacks.
[[nodiscard]] inline result<service, std::string> read_service(const json& answer) {
  const auto version = count_at(answer, "Version", "Index");
  const json* spec = member(answer, "Spec");
  service out{.id = text_at(answer, "ID"), .name = text_at(answer, "Spec", "Name")};
  if (out.id.empty()) return failure{std::string{"a service without ID"}};
  if (!version) return failure{"service " + out.id + " lacks Version.Index"};
  if (spec == nullptr || out.name.empty()) return failure{"service " + out.id + " lacks Spec.Name"};
  out.version = *version;
  out.spec = *spec;
  if (const json* before = member(answer, "PreviousSpec"); before != nullptr && before->is_object())
    out.previous = *before;
  out.update = text_at(answer, "UpdateStatus", "State");
  out.update_said = text_at(answer, "UpdateStatus", "Message");
  return out;
}

/// Of the answer to `GET /services`.
[[nodiscard]] inline result<std::vector<service>, std::string> read_services(const json& answer) {
  if (!answer.is_array()) return failure{std::string{"not a list of services"}};
  std::vector<service> out;
  out.reserve(answer.size());
  for (const json& one : answer) {
    auto read = read_service(one);
    if (!read) return failure{read.error()};
    out.push_back(*std::move(read));
  }
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
