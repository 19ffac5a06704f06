#pragma once
/// @file
/// What a container uses, from its daemon's statistics.
///
/// The cores are those that `docker stats` shows: the container's share of the machine's time between two
/// readings, times the number of cores. The memory leaves out what the kernel would give back at once, as
/// `docker stats` does: inactive_file of control groups v2, total_inactive_file of v1. What is counted since
/// the start is told as well, for rates over longer than the daemon's second.

#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/core/units.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::docker {

/// What a container uses now, and what it has used since it started: never less than 0.
struct container_usage {
  resources use{};                                       ///< cores, bytes of memory
  double cpu_s = 0;                                      ///< seconds of a core since the container started
  double received = 0, sent = 0, read = 0, written = 0;  ///< bytes since the container started
  bool networks = false, devices = false;  ///< it says anything of them: not of the host's own network
  std::optional<time_point> at{};  ///< by the daemon's clock; nothing where the container does not run
};

namespace detail {
/// `2026-11-24T03:26:26.023733476Z`; whatever follows the fraction is not read. Nothing for the year 1, which
/// stands for never.
[[nodiscard]] inline std::optional<time_point> stats_time(std::string_view text) {
  auto at = parse_time(text.substr(0, 19));
  if (!at || text.size() < 21 || text[19] != '.') return at;
  duration unit = std::chrono::seconds{1};
  for (std::size_t i = 20; i < text.size() && text[i] >= '0' && text[i] <= '9' && unit > duration{1}; ++i)
    *at += (unit /= 10) * (text[i] - '0');
  return at;
}
}  // namespace detail

/// Of the answer to `get_container_stats` or `get_container_counts`. The first reading of a container has no
/// rate and gives 0 cores.
[[nodiscard]] inline result<container_usage, std::string> read_container_usage(const json& answer) {
  if (member(answer, "cpu_stats", "cpu_usage") == nullptr || member(answer, "memory_stats") == nullptr)
    return failure{std::string{"statistics without cpu_stats.cpu_usage or memory_stats"}};
  container_usage out;
  out.at = detail::stats_time(text_at(answer, "read"));
  out.cpu_s = std::max(0.0, number_at(answer, "cpu_stats", "cpu_usage", "total_usage") / 1e9);
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
      out.networks = true;
      out.received += std::max(0.0, number_at(one, "rx_bytes"));
      out.sent += std::max(0.0, number_at(one, "tx_bytes"));
    }
  for (const json& one : list_at(answer, "blkio_stats", "io_service_bytes_recursive")) {
    const std::string op = text_at(one, "op");
    out.devices = true;
    if (op == "read" || op == "Read") out.read += std::max(0.0, number_at(one, "value"));
    if (op == "write" || op == "Write") out.written += std::max(0.0, number_at(one, "value"));
  }
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
