#pragma once
/// @file
/// A site's readings, step by step: what its telemetry source delivered, folded into regular steps, and what
/// the other sites reported of the same step.

#include <foreshift/core/flat_map.hpp>
#include <foreshift/driver/status_report.hpp>
#include <foreshift/telemetry/metric.hpp>
#include <foreshift/telemetry/sample.hpp>
#include <foreshift/telemetry/window.hpp>

#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// One value of one entity in one step.
struct step_value {
  telemetry::entity of;
  telemetry::sample what;  ///< at the step's start
};

/// Follows one metric of hosts and workloads. Series that fall silent give NaN for a while and are then let
/// go.
class step_readings {
 public:
  step_readings(telemetry::metric what, duration step, std::size_t silent_steps_max = 12)
      : what_(what), step_(step), silent_max_(silent_steps_max) {}

  void push(const telemetry::reading& r) {
    if (r.key.what != what_) return;
    auto* one = windows_.find(r.key.of);
    if (one == nullptr)
      one = &windows_.insert_or_assign(
          r.key.of, followed{telemetry::window{{.step = step_, .capacity = 16, .ahead_steps_max = 12}}, 0});
    one->steps.push(r.what);
  }
  /// Everything completed by `now`, entity by entity, oldest first.
  [[nodiscard]] std::vector<step_value> close(time_point now) {
    std::vector<step_value> out;
    for (auto& [of, one] : windows_) {
      one.steps.advance(now);
      while (const auto done = one.steps.pop()) {
        one.silent = std::isnan(done->value) ? one.silent + 1 : 0;
        out.push_back({of, *done});
      }
    }
    windows_.erase_if(
        [&](const telemetry::entity&, const followed& one) { return one.silent >= silent_max_; });
    return out;
  }

 private:
  struct followed {
    telemetry::window steps;
    std::size_t silent = 0;
  };
  telemetry::metric what_;
  duration step_;
  std::size_t silent_max_;
  flat_map<telemetry::entity, followed> windows_;
};

/// What is known of the last step, own and reported, before any forecast.
struct step_table {
  time_point step_start{};
  flat_map<telemetry::entity, double> values;

  /// NaN where nobody said anything.
  [[nodiscard]] double of(telemetry::entity e) const {
    const double* found = values.find(e);
    return found == nullptr ? std::numeric_limits<double>::quiet_NaN() : *found;
  }
  /// Values of an older step are dropped; a newer step begins a new table.
  void enter(time_point start, telemetry::entity e, double value) {
    if (start > step_start) step_start = start, values.clear();
    if (start == step_start) values.insert_or_assign(e, value);
  }
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
