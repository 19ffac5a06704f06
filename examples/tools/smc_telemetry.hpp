#pragma once
// What a site sees of its data centre: a Prometheus that is asked after each step, the containers on its
// nodes, or lines of JSON from any program.

#include "background.hpp"
#include "prometheus_options.hpp"

#include <foreshift/adapters/prometheus/relabel.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/placement/inventory.hpp>
#include <foreshift/ports/telemetry_source.hpp>
#include <foreshift/telemetry/sample.hpp>
#include <foreshift/telemetry/series.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tool {

/// As said on the command line.
struct smc_telemetry_options {
  prometheus_options prometheus;
  std::vector<std::string> nodes;  ///< daemons of Docker, instead of a Prometheus
  std::string lines;               ///< a file, a pipe, or `-`, instead of either
  std::string recorded;            ///< lines of the same kind, from before the site began
};
/// What the fleet file says.
struct smc_telemetry_times {
  foreshift::duration step{};
  std::size_t history_steps = 0;
  foreshift::duration patience{};  ///< after the end of a step, for its samples
};

/// Who a name of the fleet file is.
struct fleet_names {
  const foreshift::placement::inventory* known;
  std::optional<foreshift::telemetry::entity> operator()(const foreshift::prometheus::subject& whose) const;
};

/// What readings come from. Threads: one call at a time.
class reading_source {
 public:
  using sink = std::function<void(const foreshift::telemetry::reading&)>;
  virtual ~reading_source() = default;
  /// Waits for the other side, for seconds at most.
  virtual void read(const sink& to) = 0;
  /// Why nothing has come by the last reading; empty where something has. Holds no credentials.
  [[nodiscard]] virtual std::string trouble() const = 0;
};

/// A model of TelemetrySource. A host of which nothing is said counts as the sum of its workloads; what was
/// before the site began is kept apart, as history.
class smc_telemetry {
 public:
  using residents =
      std::function<std::vector<std::pair<foreshift::host_id, std::vector<foreshift::workload_id>>>()>;

  /// @param live_from the start of the first step that the site itself observes
  smc_telemetry(std::unique_ptr<reading_source> source, foreshift::duration step,
                foreshift::time_point live_from);

  /// Who runs on the site's own hosts, asked when readings have come.
  void set_residents(residents who) { residents_ = std::move(who); }
  template <class Sink>
  void poll(Sink&& sink) {
    for (const auto& r : take()) sink(r);
  }
  /// Series of before, whole steps, as far as they have come since the last call.
  [[nodiscard]] std::vector<std::pair<foreshift::telemetry::entity, foreshift::telemetry::series>>
  take_history();
  [[nodiscard]] std::string trouble() const;

 private:
  std::vector<foreshift::telemetry::reading> take();

  struct work;
  std::shared_ptr<work> work_;  // shared so that the site's bag of ports can be moved
  foreshift::duration step_;
  foreshift::time_point live_from_;
  residents residents_;
  foreshift::flat_map<foreshift::telemetry::entity, std::vector<foreshift::telemetry::sample>> before_;
};
static_assert(foreshift::ports::TelemetrySource<smc_telemetry>);

/// Nothing is asked yet. @param names outlives the source
foreshift::result<std::unique_ptr<reading_source>, foreshift::diagnostic> open_telemetry(
    const smc_telemetry_options& options, const smc_telemetry_times& times, const fleet_names& names);

}  // namespace tool
