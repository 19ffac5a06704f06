#pragma once
/// @file
/// What a site perceives: its readings, step by step, the other sites' reports, and how strange either is.
///
/// A step is closed when its readings have had time to come. Then forecasts move on, detectors and the watch
/// on failures have looked, and there is a report for the other sites. Theirs come in at any time.

#include <foreshift/anomaly/detector.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/driver/agent_options.hpp>
#include <foreshift/driver/fleet_outlook.hpp>
#include <foreshift/driver/site_telemetry.hpp>
#include <foreshift/driver/site_watch.hpp>
#include <foreshift/driver/status_report.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::driver {

template <anomaly::Detector Detector>
class site_senses {
 public:
  /// @param fresh the detector that each series begins with
  /// @param life  larger in every life of this site; see `site_telemetry`
  site_senses(const agent_options& options, Detector fresh, std::uint32_t life)
      : step_(options.book.step),
        collect_(options.collect),
        telemetry_(options.telemetry, options.outlook.what, options.book.step, life),
        watch_(options.outlook.self, std::move(fresh), options.failure) {}

  /// Takes what the source has. The first step is the one that is open now.
  template <class Source, class F>
  void read(Source& source, const fleet_outlook<F>& fleet, time_point now) {
    source.poll([&](const telemetry::reading& r) {
      telemetry_.push(r);
      if (const auto of = r.key.of; of.what == telemetry::entity::kind::host && fleet.is_mine({of.number}))
        watch_.hear(host_id{of.number}, r, now);
    });
    if (!step_end_) step_end_ = telemetry::align_down(now, step_);
  }
  /// What came on the monitoring channel. False when it is no report.
  template <class F>
  bool hear(site_id from, byte_span bytes, fleet_outlook<F>& fleet, time_point now) {
    const auto report = decode_status_report(bytes);
    if (!report) return false;
    telemetry_.hear(from, *report, fleet);
    watch_.failures().heard(from, now);
    for (const auto& h : report->hosts)
      if (const auto* known = fleet.known().find(h.host); known != nullptr && known->site == from)
        watch_.failures().told(h.host, h.failure);
    return true;
  }

  /// Whether the open step is over and its readings have had time to come. @pre something was read
  [[nodiscard]] bool due(time_point now) const { return now >= *step_end_ + collect_; }
  /// The end of the open step. @pre something was read
  [[nodiscard]] time_point step_end() const { return *step_end_; }
  /// Closes the step and opens the next. Gives what the others should know of it.
  /// @param watched workloads that somebody else may need readings of
  /// @param say takes what an observer is to be told
  template <class F, class Say>
  [[nodiscard]] status_report close(fleet_outlook<F>& fleet, std::span<const workload_id> watched,
                                    std::span<const consensus::elector> members, time_point now,
                                    const Say& say) {
    watch_.next_step();
    for (const auto& v : telemetry_.close(*step_end_, fleet))
      watch_.observe(v, own_host_of(v.of, fleet), say);
    auto report = telemetry_.report(*step_end_ - step_, fleet, watched);
    watch_.suspect(report, members, now, say);
    *step_end_ += step_;
    return report;
  }
  void residents_changed(host_id h) { telemetry_.residents_changed(h); }
  /// The histories of own hosts go out with the next reports.
  template <class F>
  void share_histories(const fleet_outlook<F>& fleet) {
    telemetry_.share_histories(fleet);
  }

  /// The last step's values, own and reported.
  [[nodiscard]] const step_table& table() const { return telemetry_.table(); }
  [[nodiscard]] const site_watch<Detector>& watch() const { return watch_; }

 private:
  /// The own host that a series tells of: itself, or where the workload runs.
  template <class F>
  [[nodiscard]] static std::optional<host_id> own_host_of(telemetry::entity series,
                                                          const fleet_outlook<F>& fleet) {
    const host_id named{series.number};
    if (series.what == telemetry::entity::kind::host)
      return fleet.is_mine(named) ? std::optional{named} : std::nullopt;
    const auto* record = fleet.known().find(workload_id{series.number});
    if (record == nullptr || !fleet.is_mine(record->host)) return std::nullopt;
    return record->host;
  }

  duration step_, collect_;
  site_telemetry telemetry_;
  site_watch<Detector> watch_;
  std::optional<time_point> step_end_;  ///< of the step that is open
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
