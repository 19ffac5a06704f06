#pragma once
/// @file
/// What a site sees: its own readings, folded into steps, and the other sites' reports of theirs.

#include <foreshift/core/flat_map.hpp>
#include <foreshift/driver/fleet_outlook.hpp>
#include <foreshift/driver/status_report.hpp>
#include <foreshift/driver/step_readings.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

struct site_telemetry_options {
  std::size_t rebase_steps = 288;  ///< of a host's history that are reported after a change of residents
  std::size_t rebase_reports = 2;  ///< how many reports carry it, since one may be lost
};

/// Feeds the forecasts of a `fleet_outlook` and says what to report.
class site_telemetry {
 public:
  /// @param life larger in every life of this site, so that its histories are newer than those of the last
  /// one
  site_telemetry(site_telemetry_options options, resource what, duration step, std::uint32_t life)
      : options_(options),
        step_(step),
        first_version_(std::uint64_t{life} << 32),
        readings_(static_cast<telemetry::metric>(what), step) {}

  void push(const telemetry::reading& r) { readings_.push(r); }

  /// A step of this site has ended: its values go to the forecasts and the watch on its hosts. Gives the
  /// values of own workloads.
  template <class F>
  std::vector<step_value> close(time_point step_end, fleet_outlook<F>& fleet) {
    auto values = readings_.close(step_end);
    for (const auto& v : values) table_.enter(v.what.at, v.of, v.what.value);
    std::erase_if(values, [](const step_value& v) { return v.of.what != telemetry::entity::kind::workload; });
    for (const auto& v : values) {
      const auto* record = fleet.known().find(workload_id{v.of.number});
      const bool resident = record != nullptr && fleet.is_mine(record->host);
      if (resident || fleet.book().knows(v.of)) fleet.book().observe(v.of, v.what.at, v.what.value);
    }
    for (const auto& h : fleet.known().hosts())
      if (fleet.is_mine(h.id))
        fleet.observe(h.id, table_.step_start < step_end - step_ ? nothing : table_.of(h.id));
    return values;
  }

  /// What the others should know of the step that began at `closed`.
  /// @param watched workloads that somebody else may need readings of; before any report of the step was
  /// heard, the
  ///                table holds own readings only, so nothing is passed on
  template <class F>
  [[nodiscard]] status_report report(time_point closed, const fleet_outlook<F>& fleet,
                                     std::span<const workload_id> watched) {
    status_report out{closed, {}, {}};
    for (const auto& h : fleet.known().hosts()) {
      if (!fleet.is_mine(h.id)) continue;
      auto& state = residents_[h.id];
      host_status status{h.id, table_.of(h.id), state.version, {}, 0};
      if (state.reports_left > 0)
        --state.reports_left, status.rebased = fleet.history(h.id, options_.rebase_steps);
      out.hosts.push_back(std::move(status));
    }
    for (const workload_id w : watched)
      if (const double y = table_.of(w); !std::isnan(y)) out.workloads.push_back({w, y});
    return out;
  }

  /// Another site's report. A site speaks for its own hosts only.
  template <class F>
  void hear(site_id from, const status_report& report, fleet_outlook<F>& fleet) {
    const duration step = fleet.book().options().step;
    for (const auto& h : report.hosts) {
      const auto* record = fleet.known().find(h.host);
      if (record == nullptr || record->site != from) continue;
      table_.enter(report.step_start, h.host, h.demand);
      auto& state = residents_[h.host];
      if (h.residents > state.version && !h.rebased.empty()) {
        state.version = h.residents;
        const auto before = static_cast<duration::rep>(h.rebased.size()) - 1;
        fleet.book().learn(h.host,
                           telemetry::series_view{report.step_start - before * step, step, h.rebased});
      } else {
        fleet.book().observe(h.host, report.step_start, h.demand);
      }
    }
    for (const auto& w : report.workloads) {
      table_.enter(report.step_start, w.workload, w.demand);
      if (fleet.book().knows(w.workload)) fleet.book().observe(w.workload, report.step_start, w.demand);
    }
  }

  /// A workload came to or left an own host.
  void residents_changed(host_id h) {
    auto& state = residents_[h];
    state.version = std::max(state.version, first_version_) + 1;
    state.reports_left = options_.rebase_reports;
  }
  /// The next reports carry the histories of all own hosts: somebody may not have them.
  template <class F>
  void share_histories(const fleet_outlook<F>& fleet) {
    for (const auto& h : fleet.known().hosts())
      if (fleet.is_mine(h.id)) residents_changed(h.id);
  }
  /// The last step's values, own and reported.
  [[nodiscard]] const step_table& table() const { return table_; }

 private:
  struct residents {
    std::uint64_t version = 0;  ///< own hosts: counted here; others': the last one whose history was taken in
    std::size_t reports_left = 0;
  };

  static constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  site_telemetry_options options_;
  duration step_;
  std::uint64_t first_version_;
  step_readings readings_;
  step_table table_;
  flat_map<host_id, residents> residents_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
