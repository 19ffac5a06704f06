#pragma once
/// @file
/// A site's `/metrics`: what it predicts, decides and agrees to, where people already look.
///
/// The exporter serves no sockets: it writes the page that whoever serves HTTP answers with. It has to be
/// told of three things: notes, by the observer that it gives; steps, by `follow`; and when a page is wanted.
/// Every name begins with `foreshift_` and stays what it is; units are base units and part of the name.

#include <foreshift/adapters/prometheus/agreement_metrics.hpp>
#include <foreshift/adapters/prometheus/decision_metrics.hpp>
#include <foreshift/adapters/prometheus/exposition_writer.hpp>
#include <foreshift/adapters/prometheus/forecast_record.hpp>
#include <foreshift/adapters/prometheus/host_metrics.hpp>
#include <foreshift/core/config.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

struct exporter_options {
  host_metrics_options hosts;
  forecast_record_options record;
  std::size_t credits_max = 256;  ///< rows of sites and classes
};

/// Of one site. Threads: as the site's, one call at a time. Stays where it is: its observer points to it.
class exporter {
 public:
  explicit exporter(exporter_options options = {}) : options_(std::move(options)), record_(options_.record) {}
  exporter(const exporter&) = delete;
  exporter& operator=(const exporter&) = delete;

  /// For the site's host; tells the next observer as well.
  template <ports::Observer Next = ports::null_observer>
  [[nodiscard]] counting_observer<Next> observer(Next next = {}) {
    return {&counts_, std::move(next)};
  }

  /// Scores the forecasts whose time has come and writes down new ones. After each poll of the site: does
  /// nothing until a step has ended. What is not followed is not scored. @tparam Site a `driver::agent`
  template <class Site>
  void follow(Site& site) {
    const auto& fleet = site.outlook();
    const duration step = fleet.book().options().step;
    time_point end{};
    for (const auto& w : fleet.known().workloads())
      if (fleet.is_mine(w.host)) end = std::max(end, fleet.book().end(w.id));
    if (end <= followed_) return;
    followed_ = end;
    record_.keep([&](host_id h) { return fleet.is_mine(h); });
    for (const auto& h : fleet.known().hosts()) {
      if (!fleet.is_mine(h.id)) continue;
      const auto residents = fleet.known().workloads_on(h.id);
      record_.observe(h.id, residents, end - step, observed(fleet, h.id, end));
      const auto* paths = fleet.paths(h.id);
      if (paths != nullptr && !changes(fleet, h.id))
        record_.expect(h.id, fleet.known().limit(h.id, fleet.options().what), *paths, end, step);
    }
  }

  /// The page as it is now. O(hosts x paths x horizon). @tparam Site a `driver::agent`
  template <class Site>
  [[nodiscard]] std::string page(Site& site, time_point now,
                                 exposition_format format = exposition_format::openmetrics) const {
    using enum metric_type;
    exposition_writer out{format};
    const auto& book = site.outlook().book().options();
    out.family({"foreshift_site", info, "", "Which site this is, and its version."});
    out.sample({{"site", std::to_string(site.fleet().options().self.value)}, {"version", FORESHIFT_VERSION}},
               1);
    out.family({"foreshift_step_seconds", gauge, "seconds", "Length of a step."});
    out.sample({}, to_seconds(book.step));
    out.family({"foreshift_horizon_seconds", gauge, "seconds", "How far ahead predictions reach."});
    out.sample({}, to_seconds(static_cast<duration::rep>(book.horizon) * book.step));
    write_hosts(out, site, now, options_.hosts);
    write(out, counts_);
    out.family({"foreshift_migrations_under_way", gauge, "",
                "Migrations that this site follows and that have not ended."});
    out.sample({}, static_cast<double>(site.flights().size()));
    write(out, record_, book.step);
    write_credits(out, site.log(), site.score(), options_.credits_max);
    write_log(out, site.log(), site.replica());
    return out.take();
  }

  [[nodiscard]] const decision_counts& counts() const { return counts_; }
  [[nodiscard]] const forecast_record& record() const { return record_; }

 private:
  /// The sum of the step that has just ended; NaN where a reading is missing.
  template <class Fleet>
  [[nodiscard]] static double observed(const Fleet& fleet, host_id h, time_point end) {
    double sum = 0;
    for (const workload_id w : fleet.known().workloads_on(h)) {
      const auto last = fleet.book().recent(w, 1);
      sum +=
          last.size() == 1 && last.end() == end ? last.values[0] : std::numeric_limits<double>::quiet_NaN();
    }
    return sum;
  }
  /// Whether a move from or to the host is under way: its paths are those of afterwards.
  template <class Fleet>
  [[nodiscard]] static bool changes(const Fleet& fleet, host_id h) {
    return std::ranges::any_of(fleet.known().in_flight(), [&](const auto& move) {
      const auto* workload = fleet.known().find(move.workload);
      return move.to == h || (workload != nullptr && workload->host == h);
    });
  }

  exporter_options options_;
  decision_counts counts_;
  forecast_record record_;
  time_point followed_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
