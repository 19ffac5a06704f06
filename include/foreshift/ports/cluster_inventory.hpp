#pragma once
/// @file
/// What a cluster says that it has, in words that all clusters share.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/digest.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/units.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::ports {

using name_labels = std::vector<std::pair<std::string, std::string>>;

/// A node, as the cluster tells it.
struct seen_host {
  host_id id{};  ///< `id_of_name(name)`
  std::string name{};
  resources capacity{};     ///< cores and bytes; 0 where the cluster does not say
  bool ready = false;       ///< it answers
  bool schedulable = true;  ///< it takes new workloads: neither drained nor cordoned
  name_labels labels{};
};

/// A service or a deployment, as the cluster tells it.
struct seen_workload {
  workload_id id{};  ///< `id_of_name(name)`
  std::string name{};
  std::uint32_t replicas = 0;  ///< wanted
  std::uint32_t running = 0;
  resources reserved{};  ///< of one replica
  resources limits{};    ///< of one replica; 0 where there is none
  std::vector<host_id> on{};
  bool movable = true;
  std::string why_not{};  ///< for people, where it is not movable
  name_labels labels{};
};

struct cluster_inventory {
  std::vector<seen_host> hosts{};          ///< by name
  std::vector<seen_workload> workloads{};  ///< by name
};

/// The number that stands for a name of a cluster everywhere: the first 8 bytes of its SHA-256, so that all
/// sites and all restarts agree on it without a table. Never 0. Two names of one fleet collide with a
/// probability of 3e-11 at 32,768 names; whoever keeps a table says so when it happens.
[[nodiscard]] inline std::uint64_t id_of_name(std::string_view name) {
  const digest whole = digest_of(std::as_bytes(std::span(name)));
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8U | whole.value[i];
  return number == 0 ? 1 : number;
}

}  // namespace foreshift::inline FORESHIFT_ABI::ports
