#pragma once
/// @file
/// What a site tells the others about itself on the monitoring channel, once a step.
///
/// The others forecast its hosts from these reports alone. A host's demand jumps when a workload comes or
/// goes, and a forecast from such a history would be wrong for hours; so, after each change, the report
/// carries the host's history as it would have been with the workloads that are there now.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// One host in one step.
struct host_status {
  host_id host;
  double demand = 0;  ///< observed, with the costs of moves; NaN: no reading
  std::uint64_t residents =
      0;  ///< grows with each history that is newer than the last: a workload came or went
  std::vector<double>
      rebased;  ///< the last steps, oldest first, as if the residents had always been the same; may be empty
  double failure = 0;  ///< probability that the host fails soon, as its site sees it; in [0, 1]
  friend bool operator==(const host_status&, const host_status&) = default;
};

/// One workload that has just left or come: whoever forecasts it next needs its readings without a gap.
struct workload_status {
  workload_id workload;
  double demand = 0;
  friend bool operator==(const workload_status&, const workload_status&) = default;
};

struct status_report {
  time_point step_start{};  ///< of the step that the demands are of
  std::vector<host_status> hosts;
  std::vector<workload_status> workloads;
  friend bool operator==(const status_report&, const status_report&) = default;
};

inline constexpr std::size_t report_hosts_max = 100'000;
inline constexpr std::size_t report_history_max = 10'000;

/// Version byte, then the fields in order.
[[nodiscard]] inline byte_string encode(const status_report& report) {
  byte_writer out;
  out.put(std::uint8_t{2});
  out.put(std::int64_t{report.step_start.time_since_epoch().count()});
  out.put(static_cast<std::uint32_t>(report.hosts.size()));
  for (const auto& h : report.hosts) {
    out.put(h.host.value), out.put(h.demand), out.put(h.residents);
    out.put(static_cast<std::uint32_t>(h.rebased.size()));
    for (const double y : h.rebased) out.put(y);
    out.put(h.failure);
  }
  out.put(static_cast<std::uint32_t>(report.workloads.size()));
  for (const auto& w : report.workloads) out.put(w.workload.value), out.put(w.demand);
  return out.take();
}

/// Nothing for any other bytes: another version, a count out of bounds, a probability that is none, too
/// short, too long.
[[nodiscard]] inline std::optional<status_report> decode_status_report(byte_span bytes) {
  byte_reader in{bytes};
  if (in.get<std::uint8_t>() != 2) return std::nullopt;
  status_report report;
  report.step_start = time_point{duration{in.get_signed()}};
  report.hosts.resize(in.get_count(36, report_hosts_max));
  for (auto& h : report.hosts) {
    h.host.value = in.get<std::uint64_t>(), h.demand = in.get_double(), h.residents = in.get<std::uint64_t>();
    h.rebased.resize(in.get_count(8, report_history_max));
    for (double& y : h.rebased) y = in.get_double();
    h.failure = in.get_double();
    if (!(h.failure >= 0 && h.failure <= 1)) return std::nullopt;
  }
  report.workloads.resize(in.get_count(16, report_hosts_max));
  for (auto& w : report.workloads) w.workload.value = in.get<std::uint64_t>(), w.demand = in.get_double();
  if (!in.finished()) return std::nullopt;
  return report;
}

}  // namespace foreshift::inline FORESHIFT_ABI::driver
