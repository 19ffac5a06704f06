#pragma once
/// @file
/// What a container uses, from its daemon's statistics.
///
/// The cores are those that `docker stats` shows: the container's share of the machine's time between two
/// readings, times the number of cores. The memory leaves out what the kernel would give back at once, as
/// `docker stats` does: inactive_file of control groups v2, total_inactive_file of v1.

#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/units.hpp>

#include <algorithm>
#include <string>

namespace foreshift::inline FORESHIFT_ABI::docker {

/// Cores and bytes of memory; network and block I/O are counts since the start, which a rate is made of.
struct container_usage {
  resources use{};                                       ///< cores, bytes of memory
  double received = 0, sent = 0, read = 0, written = 0;  ///< bytes since the container started
};

/// Of the answer to `get_container_stats`. The first reading of a container has no rate and gives 0 cores.
[[nodiscard]] inline result<container_usage, std::string> read_container_usage(const json& answer) {
  if (member(answer, "cpu_stats", "cpu_usage") == nullptr || member(answer, "memory_stats") == nullptr)
    return failure{std::string{"statistics without cpu_stats.cpu_usage or memory_stats"}};
  container_usage out;
  const double busy = number_at(answer, "cpu_stats", "cpu_usage", "total_usage") -
                      number_at(answer, "precpu_stats", "cpu_usage", "total_usage");
  const double passed = number_at(answer, "cpu_stats", "system_cpu_usage") -
                        number_at(answer, "precpu_stats", "system_cpu_usage");
  double cores = number_at(answer, "cpu_stats", "online_cpus");
  if (cores <= 0)
    cores = static_cast<double>(list_at(answer, "cpu_stats", "cpu_usage", "percpu_usage").size());
  const bool second = number_at(answer, "precpu_stats", "system_cpu_usage") > 0;
  out.use[resource::cpu] = second && busy > 0 && passed > 0 ? busy / passed * cores : 0;
  const double reclaimable = std::max(number_at(answer, "memory_stats", "stats", "inactive_file"),
                                      number_at(answer, "memory_stats", "stats", "total_inactive_file"));
  out.use[resource::memory] = std::max(0.0, number_at(answer, "memory_stats", "usage") - reclaimable);
  if (const json* networks = member(answer, "networks"); networks != nullptr && networks->is_object())
    for (const json& one : *networks) {
      out.received += number_at(one, "rx_bytes");
      out.sent += number_at(one, "tx_bytes");
    }
  for (const json& one : list_at(answer, "blkio_stats", "io_service_bytes_recursive")) {
    const std::string op = text_at(one, "op");
    if (op == "read" || op == "Read") out.read += number_at(one, "value");
    if (op == "write" || op == "Write") out.written += number_at(one, "value");
  }
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
