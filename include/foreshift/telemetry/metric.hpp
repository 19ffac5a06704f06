#pragma once
/// @file
/// What is measured, and of what.

#include <foreshift/core/id.hpp>
#include <foreshift/core/units.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

/// The first four are demands on a resource, in its unit; latency is in milliseconds. The last three are
/// counters of faults on a host: how many there have been since some beginning, as the host says it. A
/// counter only grows, but for a restart, after which it begins at 0 again.
///
/// `errors`         what failed and was noticed: I/O errors, link errors, machine checks
/// `memory_faults`  what error-correcting memory has corrected
/// `disk_faults`    what a disk's health report counts: reallocated and pending sectors, media errors
enum class metric : std::uint8_t {
  cpu,
  memory,
  network,
  io,
  latency,
  errors,
  memory_faults,
  disk_faults,
};
inline constexpr std::size_t metric_count = 8;

[[nodiscard]] constexpr bool is_counter(metric m) { return m >= metric::errors; }
inline constexpr std::size_t counter_count = metric_count - static_cast<std::size_t>(metric::errors);

[[nodiscard]] constexpr std::string_view name_of(metric m) {
  constexpr std::string_view names[] = {"cpu",     "memory", "network",       "io",
                                        "latency", "errors", "memory_faults", "disk_faults"};
  return names[static_cast<std::size_t>(m)];
}

[[nodiscard]] constexpr std::optional<metric> parse_metric(std::string_view name) {
  for (std::size_t i = 0; i < metric_count; ++i)
    if (name == name_of(static_cast<metric>(i))) return static_cast<metric>(i);
  return std::nullopt;
}

/// The resource that a metric is the demand on; latency is on none, and counters are not.
[[nodiscard]] constexpr std::optional<resource> resource_of(metric m) {
  if (m >= metric::latency) return std::nullopt;
  return static_cast<resource>(m);
}

/// A host or a workload: whatever has series of its own.
struct entity {
  enum class kind : std::uint8_t { host, workload };
  kind what = kind::host;
  std::uint64_t number = 0;

  constexpr entity() = default;
  constexpr entity(host_id h) : what(kind::host), number(h.value) {}
  constexpr entity(workload_id w) : what(kind::workload), number(w.value) {}
  friend constexpr auto operator<=>(const entity&, const entity&) = default;
};

/// Names one series.
struct series_key {
  entity of;
  metric what = metric::cpu;
  friend constexpr auto operator<=>(const series_key&, const series_key&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
