#pragma once
/// @file
/// A recorded fleet, and the demand it puts on its hosts.
///
/// A trace is what people hand in: per workload its size and how much of it was used, in percent. A demand
/// table is what a replay counts with: whole millionths of a core. With integers a host's demand does not
/// depend on the order in which its workloads are added up, 80 % of 8 cores is exactly 6.4, and a replay
/// gives the same figures on every machine.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/metric.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// Demand or capacity in millionths of a core.
using millionths = std::int64_t;

/// Rounds to the nearest. @pre |cores| < 1e12
[[nodiscard]] inline millionths to_millionths(double cores) {
  FORESHIFT_EXPECT(std::abs(cores) < 1e12);
  return std::llround(cores * 1e6);
}
[[nodiscard]] inline double to_cores(millionths amount) { return static_cast<double>(amount) / 1e6; }

/// What was recorded of one workload. Values are percent of `size`, one a step, NaN where there is no
/// reading.
struct traced_workload {
  std::string name;
  double size = 1;                                                        ///< cores that 100 % stand for
  std::vector<double> cpu;                                                ///< drives the replay
  std::vector<std::pair<telemetry::metric, std::vector<double>>> others;  ///< kept, not used by the replay
};

/// A fleet at equal steps. All series have the same length.
struct fleet_trace {
  time_point start{};
  duration step = std::chrono::minutes{5};
  std::vector<traced_workload> workloads;

  [[nodiscard]] std::size_t steps() const { return workloads.empty() ? 0 : workloads.front().cpu.size(); }
};

/// Demand of every workload at every step; workload_id{i} is row i of the trace. A missing value repeats the
/// last one before it, and is 0 where there is none. O(workloads x steps) memory.
class demand_table {
 public:
  /// @pre all series of the trace have the same length; values and sizes are not negative
  explicit demand_table(const fleet_trace& trace)
      : start_(trace.start), step_(trace.step), workloads_(trace.workloads.size()), steps_(trace.steps()) {
    exact_.reserve(workloads_ * steps_);
    cores_.reserve(workloads_ * steps_);
    for (const auto& w : trace.workloads) {
      FORESHIFT_EXPECT(w.cpu.size() == steps_);
      millionths last = 0;
      for (const double percent : w.cpu) {
        if (!std::isnan(percent)) last = to_millionths(w.size * percent / 100.0);
        FORESHIFT_EXPECT(last >= 0);
        exact_.push_back(last);
        cores_.push_back(to_cores(last));
      }
    }
  }

  [[nodiscard]] std::size_t workloads() const { return workloads_; }
  [[nodiscard]] std::size_t steps() const { return steps_; }
  [[nodiscard]] time_point start() const { return start_; }
  [[nodiscard]] duration step() const { return step_; }

  /// @pre w < workloads(), t < steps()
  [[nodiscard]] millionths at(workload_id w, std::size_t t) const { return exact(w)[t]; }
  [[nodiscard]] std::span<const millionths> exact(workload_id w) const {
    FORESHIFT_EXPECT(w.value < workloads_);
    return std::span{exact_}.subspan(w.value * steps_, steps_);
  }
  /// The same in cores.
  [[nodiscard]] std::span<const double> cores(workload_id w) const {
    FORESHIFT_EXPECT(w.value < workloads_);
    return std::span{cores_}.subspan(w.value * steps_, steps_);
  }

 private:
  time_point start_{};
  duration step_{};
  std::size_t workloads_ = 0;
  std::size_t steps_ = 0;
  std::vector<millionths> exact_;
  std::vector<double> cores_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
