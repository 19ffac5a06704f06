#pragma once
/// @file
/// What a site expects of its own hosts: predictions with their quantiles, dangers, anomalies.
///
/// A fleet has more hosts than a monitoring system wants series of, so the first so many, in the inventory's
/// order, are shown one by one; how many are not, and the greatest danger among all, is said beside.

#include <foreshift/adapters/prometheus/exposition_writer.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/driver/overload_watch.hpp>
#include <foreshift/numeric/statistics.hpp>
#include <foreshift/telemetry/metric.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// What a resource's amounts are counted in, as a unit's name.
[[nodiscard]] constexpr std::string_view unit_of(resource r) {
  return r == resource::cpu ? "cores" : r == resource::memory ? "bytes" : "bytes_per_second";
}

/// The last readings of everything that runs on a host, summed; NaN where one is missing.
template <class Fleet>
[[nodiscard]] double demand_on(const Fleet& fleet, host_id h) {
  double sum = 0;
  for (const workload_id w : fleet.known().workloads_on(h)) sum += fleet.book().last(w);
  return sum;
}

namespace detail {

/// One own host, as a row of every family.
struct host_row {
  host_id id;
  std::string label;  ///< its name, told apart from others of the same name
  double limit = 0;
  double demand = 0;
  std::optional<driver::overload_odds> odds;  ///< nothing: no forecast yet
  double expected_overload_s = 0;
};

template <class Fleet>
[[nodiscard]] std::vector<host_row> own_hosts(const Fleet& fleet, time_point now) {
  std::vector<host_row> rows;
  std::set<std::string_view> names;
  for (const auto& h : fleet.known().hosts()) {
    if (!fleet.is_mine(h.id)) continue;
    host_row row{h.id, h.name, fleet.known().limit(h.id, fleet.options().what), demand_on(fleet, h.id),
                 {},   0};
    if (h.name.empty() || !names.insert(h.name).second) row.label += "#" + std::to_string(h.id.value);
    if (fleet.paths(h.id) != nullptr) {
      row.odds = fleet.odds_of(h.id);
      row.expected_overload_s = to_seconds(fleet.risk_of(h.id, now).expected_overload);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace detail

struct host_metrics_options {
  std::size_t hosts_max = 200;                  ///< own hosts that are shown one by one
  std::vector<std::size_t> leads{1, 3, 6};      ///< steps ahead, at least 1; beyond the horizon: not shown
  std::vector<double> levels{0.05, 0.5, 0.95};  ///< of the quantiles, in (0, 1)
};

/// @tparam Site a `driver::agent` whose outlook is fresh. O(hosts x paths x horizon).
template <class Site>
void write_hosts(exposition_writer& out, const Site& site, time_point now,
                 const host_metrics_options& options) {
  using enum metric_type;
  const auto& fleet = site.fleet();
  const auto all = detail::own_hosts(fleet, now);
  const auto shown = std::span{all}.first(std::min(all.size(), options.hosts_max));
  const std::string unit{unit_of(fleet.options().what)}, what{name_of(fleet.options().what)};
  const auto each = [&](const family_head& head, auto value) {
    out.family(head);
    for (const auto& row : shown) out.sample({{"host", row.label}, {"resource", what}}, value(row));
  };

  out.family({"foreshift_hosts", gauge, "", "Hosts of this site."});
  out.sample({}, static_cast<double>(all.size()));
  out.family({"foreshift_hosts_not_shown", gauge, "",
              "Hosts of this site beyond the most that are shown one by one."});
  out.sample({}, static_cast<double>(all.size() - shown.size()));
  out.family({"foreshift_highest_overload_probability_ratio", gauge, "ratio",
              "The highest probability of an overload within the far horizon, of all hosts of this site."});
  double highest = std::numeric_limits<double>::quiet_NaN();
  for (const auto& row : all)
    if (row.odds) highest = std::fmax(highest, row.odds->slow);
  out.sample({}, highest);

  each({"foreshift_host_limit_" + unit, gauge, unit, "Demand above this is an overload."},
       [](const auto& row) { return row.limit; });
  each({"foreshift_host_demand_" + unit, gauge, unit,
        "Last demand observed, of all that runs on the host; NaN where a reading is missing."},
       [](const auto& row) { return row.demand; });

  out.family({"foreshift_predicted_demand_" + unit, gauge, unit, "Quantiles of the demand some time ahead."});
  std::vector<double> across;
  for (const auto& row : shown) {
    const auto* paths = fleet.paths(row.id);
    for (const std::size_t lead : options.leads) {
      if (paths == nullptr || paths->count() == 0 || lead == 0 || lead > paths->horizon()) continue;
      across.clear();
      for (std::size_t p = 0; p < paths->count(); ++p) across.push_back((*paths)[p][lead - 1]);
      const auto ahead =
          value_text(to_seconds(static_cast<duration::rep>(lead) * fleet.book().options().step));
      for (const double level : options.levels)
        out.sample(
            {{"host", row.label}, {"resource", what}, {"lead_seconds", ahead}, {"level", value_text(level)}},
            numeric::quantile_in_place(across, level));
    }
  }

  out.family({"foreshift_overload_probability_ratio", gauge, "ratio",
              "Probability that the host is overloaded within a horizon."});
  for (const auto& row : shown) {
    if (!row.odds) continue;
    out.sample({{"host", row.label}, {"resource", what}, {"horizon", "near"}}, row.odds->fast);
    out.sample({{"host", row.label}, {"resource", what}, {"horizon", "far"}}, row.odds->slow);
  }
  out.family({"foreshift_expected_overload_seconds", gauge, "seconds",
              "Mean time above the limit within the horizon, by the joint paths."});
  for (const auto& row : shown)
    if (row.odds) out.sample({{"host", row.label}, {"resource", what}}, row.expected_overload_s);

  out.family(
      {"foreshift_anomaly_score_ratio", gauge, "ratio",
       "How strange the last values of the host's workloads were, the strangest: 0 as usual, at most 1."});
  for (const auto& row : shown) {
    double strangest = std::numeric_limits<double>::quiet_NaN();
    for (const workload_id w : fleet.known().workloads_on(row.id))
      if (const auto score = site.strangeness(w)) strangest = std::fmax(strangest, score->value);
    if (!std::isnan(strangest)) out.sample({{"host", row.label}}, strangest);
  }
  out.family(
      {"foreshift_host_failure_probability_ratio", gauge, "ratio", "Probability that the host fails soon."});
  for (const auto& row : shown)
    out.sample({{"host", row.label}}, site.failures().of_own(row.id, now).probability);
  out.family({"foreshift_site_failure_probability_ratio", gauge, "ratio",
              "Probability that another site has failed or cannot be reached."});
  for (const auto& member : site.log().members().electors())
    if (member.site != fleet.options().self)
      out.sample({{"peer", std::to_string(member.site.value)}},
                 site.failures().of(member.site, now).probability);
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
