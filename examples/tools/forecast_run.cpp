#include "forecast_run.hpp"

#include "progress.hpp"
#include "tbb_executor.hpp"

#include <foreshift/forecast/observation.hpp>
#include <foreshift/telemetry/event_regressors.hpp>

#include <ctime>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <set>
#include <utility>

namespace tool {

using foreshift::failure;
using foreshift::forecast::errc;
namespace telemetry = foreshift::telemetry;

namespace {

double thread_cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double lower_end(const interval_level& l) { return 0.5 * (1 - l.percent / 100); }
double upper_end(const interval_level& l) { return 1 - lower_end(l); }

struct event_rows {
  std::vector<double> values;
  std::size_t columns = 0;
  [[nodiscard]] foreshift::forecast::regressor_view view() const { return {values, columns}; }
};

/// Events act by kind and label; where one is to come whose label is new, nothing has been learned of it yet
/// and events act by kind.
telemetry::event_grouping grouping_of(const telemetry::calendar& c, const telemetry::time_grid& grid,
                                      foreshift::time_point now) {
  std::set<std::pair<telemetry::event_kind, std::string>> past;
  for (const auto& e : c.events)
    if (e.start < now && e.end > grid.start) past.emplace(e.kind, e.label);
  for (const auto& e : c.events)
    if (e.end > now && e.start < grid.end() && !past.contains({e.kind, e.label}))
      return telemetry::event_grouping::by_kind;
  return telemetry::event_grouping::by_label;
}

/// Rows for the past and the horizon. A column without any event in the past is dropped: its effect is
/// unknown.
event_rows rows_of(const forecast_input& input, const telemetry::series_view& past) {
  event_rows out;
  const auto& c = input.calendar;
  const std::size_t horizon = input.choice.horizon;
  if (c.events.empty()) return out;
  const telemetry::time_grid grid{past.start, past.step, past.size() + horizon};
  const auto all = telemetry::event_columns(c, {.grouping = grouping_of(c, grid, past.end()),
                                                .lead_steps = input.event_lead,
                                                .lag_steps = input.event_lag});
  const auto values = telemetry::event_regressors(c, all, grid);
  std::vector<telemetry::event_column> known;
  for (std::size_t j = 0; j < all.size(); ++j) {
    bool seen = false;
    for (std::size_t i = 0; i < past.size() && !seen; ++i) seen = values[i * all.size() + j] > 0;
    if (seen) known.push_back(all[j]);
  }
  out.columns = known.size();
  if (!known.empty()) out.values = telemetry::event_regressors(c, known, grid);
  return out;
}

}  // namespace

std::vector<double> quantile_levels(const std::vector<interval_level>& levels) {
  std::vector<double> out;
  for (const auto& l : levels) {
    out.push_back(lower_end(l));
    out.push_back(upper_end(l));
  }
  std::ranges::sort(out);
  return out;
}

interval_curves interval_of(const foreshift::forecast::prediction& curve, const interval_level& level) {
  const auto at = [&](double p) {
    const auto found = std::ranges::lower_bound(curve.levels, p);
    return curve.quantile_curve(static_cast<std::size_t>(found - curve.levels.begin()));
  };
  return {at(lower_end(level)), at(upper_end(level))};
}

std::vector<series_outcome> forecast_all(const forecast_input& input, const std::vector<bool>& asked) {
  const auto& series = input.table.series;
  std::vector<series_outcome> out(series.size(), {false, failure{errc::all_missing}, 0});
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < series.size(); ++i)
    if (asked[i]) wanted.push_back(i);

  const auto levels = quantile_levels(input.levels);
  const std::size_t horizon = input.choice.horizon;
  const auto model = input.model->make(input.choice);
  progress bar{std::string{input.model->name}};
  std::mutex drawing;
  std::atomic<std::size_t> done{0};
  tbb_executor{input.threads}.bulk(wanted.size(), [&](std::size_t w) {
    series_outcome& outcome = out[wanted[w]];
    const double begin = thread_cpu_seconds();
    const auto all = series[wanted[w]].values.view();
    const auto past = all.last(all.size() - foreshift::forecast::first_observed(all.values));
    const auto events = rows_of(input, past);
    outcome.asked = true;
    if (past.size() > 0)
      outcome.forecast = model({.past = past,
                                .past_regressors = events.view().slice(0, past.size()),
                                .wanted = {.horizon = horizon,
                                           .levels = levels,
                                           .regressors = events.view().slice(past.size(), horizon)},
                                .limit = input.limit});
    outcome.cpu_seconds = thread_cpu_seconds() - begin;
    const std::size_t n = ++done;
    if (const std::unique_lock mine{drawing, std::try_to_lock}) bar.at(n, wanted.size());
  });
  return out;
}

}  // namespace tool
