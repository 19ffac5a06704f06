#pragma once
// What the metrics ask of a site, without a site: the fleet of the driver's tests, a log that stands still
// and a replica that says what it is told to. Whole sites are asked in the driver's tests.

#include <driver/fleet.hpp>

#include <foreshift/anomaly/score.hpp>
#include <foreshift/consensus/codec.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/driver/failure_watch.hpp>
#include <foreshift/driver/scorekeeper.hpp>

#include <cmath>
#include <cstddef>
#include <optional>

namespace prometheus_test {

using namespace foreshift;

struct quiet_replica {
  struct abstention {
    bool lost = false;
    [[nodiscard]] bool holds() const { return lost; }
  };
  slot chosen{7};
  std::size_t waiting = 2;
  bool leader = true;
  abstention silence;
  [[nodiscard]] slot chosen_through() const { return chosen; }
  [[nodiscard]] std::size_t submitted() const { return waiting; }
  [[nodiscard]] bool leads() const { return leader; }
  [[nodiscard]] const abstention& abstains() const { return silence; }
};

struct quiet_driver {
  quiet_replica inner;
  std::optional<int> broken;
  consensus::decode_counts refused;
  [[nodiscard]] const quiet_replica& replica() const { return inner; }
  [[nodiscard]] bool halted() const { return false; }
  [[nodiscard]] const std::optional<int>& damage() const { return broken; }
  [[nodiscard]] const consensus::decode_counts& garbled() const { return refused; }
};

/// Site 1 of three, with two hosts of capacity 10 and three workloads on each.
class quiet_site {
 public:
  driver::fleet_outlook<driver_test::last_value> fleet_ = driver_test::make_outlook(site_id{1});
  consensus::state_machine log_{driver_test::make_genesis({})};
  driver::scorekeeper score_;
  driver::failure_watch failures_;
  quiet_driver driver_;
  flat_map<migration_id, int> flights_;
  flat_map<telemetry::entity, anomaly::score> strange_;
  std::size_t steps = 0;

  quiet_site() {
    for (int i = 0; i < 40; ++i) run();
  }
  [[nodiscard]] time_point now() const {
    return driver_test::noon + static_cast<duration::rep>(steps) * driver_test::step;
  }
  /// One more step: every own workload wants about 2, so a host about 6 of its limit of 8.
  void run() {
    for (const auto& w : fleet_.known().workloads())
      if (fleet_.is_mine(w.host))
        fleet_.book().observe(w.id, now(), 2 + 0.1 * std::sin(static_cast<double>(steps * (w.id.value + 1))));
    ++steps;
  }

  [[nodiscard]] const auto& fleet() const { return fleet_; }
  [[nodiscard]] const auto& outlook() { return fleet_.refresh({}), fleet_; }
  [[nodiscard]] const auto& log() const { return log_; }
  [[nodiscard]] const auto& score() const { return score_; }
  [[nodiscard]] const auto& failures() const { return failures_; }
  [[nodiscard]] const auto& replica() const { return driver_; }
  [[nodiscard]] const auto& flights() const { return flights_; }
  [[nodiscard]] std::optional<anomaly::score> strangeness(telemetry::entity of) const {
    const auto* one = strange_.find(of);
    return one == nullptr ? std::nullopt : std::optional{*one};
  }
};

}  // namespace prometheus_test
