#include "forecast_run.hpp"

#include "progress.hpp"
#include "tbb_executor.hpp"

#include <foreshift/driver/event_ledger.hpp>
#include <foreshift/forecast/event_adjustment.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/telemetry/event_regressors.hpp>

#include <ctime>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <utility>

namespace tool {

using foreshift::failure;
using foreshift::result;
using foreshift::forecast::errc;
namespace forecast = foreshift::forecast;
namespace telemetry = foreshift::telemetry;

namespace {

double thread_cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double lower_end(const interval_level& l) { return 0.5 * (1 - l.percent / 100); }
double upper_end(const interval_level& l) { return 1 - lower_end(l); }

/// What the calendar says of each series, with what all of them have seen.
class known_events {
 public:
  known_events(const forecast_input& input, const std::vector<telemetry::series_view>& pasts)
      : input_(&input),
        ledger_(input.calendar, input.table.step, input.event_lead, input.event_lag,
                input.choice.season_length) {
    std::vector<foreshift::driver::series_effects> seen(pasts.size());
    for (std::size_t i = 0; i < pasts.size(); ++i) ledger_.learn(seen[i], pasts[i]);
    for (const auto& past : pasts) effects_.push_back(ledger_.effects_of(past));
  }
  [[nodiscard]] bool any() const { return !ledger_.empty(); }
  [[nodiscard]] const std::vector<forecast::event_effect>& effects(std::size_t series) const {
    return effects_[series];
  }
  /// A row for each of n steps. May be called by several threads at once.
  [[nodiscard]] std::vector<double> shares(foreshift::time_point start, std::size_t n) const {
    const auto& columns = ledger_.columns();
    auto rows = telemetry::event_regressors(input_->calendar, columns, {start, input_->table.step, n});
    telemetry::set_apart(rows, columns);
    return rows;
  }

 private:
  const forecast_input* input_;
  foreshift::driver::event_ledger ledger_;
  std::vector<std::vector<forecast::event_effect>> effects_;
};

/// The forecast of a series without its events, and these put in again.
result<series_forecast, errc> forecast_one(const forecast_input& input, const forecast_function& model,
                                           telemetry::series_view past, const known_events& events,
                                           std::size_t series, const std::vector<double>& levels) {
  const std::size_t horizon = input.choice.horizon;
  series_task task{.past = past, .wanted = {.horizon = horizon, .levels = levels}, .limits = {}};
  if (input.limit) task.limits.assign(horizon, *input.limit);
  if (!events.any()) return model(task);

  const auto& effects = events.effects(series);
  const auto seen = events.shares(past.start, past.size()), coming = events.shares(past.end(), horizon);
  const forecast::regressor_view ahead{coming, effects.size()};
  std::vector<double> quiet(past.values.begin(), past.values.end());
  forecast::take_out(quiet, {seen, effects.size()}, effects);
  task.past.values = quiet;
  for (std::size_t h = 0; h < task.limits.size(); ++h)
    task.limits[h] *= std::exp(-combined(ahead.row(h), effects).log_factor);
  auto made = model(task);
  if (!made) return made;
  put_in(made->curve, ahead, effects);
  for (auto* curve : {&made->curve.mean, &made->curve.quantiles})
    for (double& y : *curve) y = std::clamp(y, input.choice.lower, input.choice.upper);
  made->effects = effects;
  return made;
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
  std::vector<telemetry::series_view> pasts;
  for (const std::size_t i : wanted) {
    const auto all = series[i].values.view();
    pasts.push_back(all.last(all.size() - foreshift::forecast::first_observed(all.values)));
  }
  const known_events events{input, pasts};
  const auto model = input.model->make(input.choice);
  progress bar{std::string{input.model->name}};
  std::mutex drawing;
  std::atomic<std::size_t> done{0};
  tbb_executor{input.threads}.bulk(wanted.size(), [&](std::size_t w) {
    series_outcome& outcome = out[wanted[w]];
    const double begin = thread_cpu_seconds();
    const auto& past = pasts[w];
    outcome.asked = true;
    if (past.size() > 0) outcome.forecast = forecast_one(input, model, past, events, w, levels);
    outcome.cpu_seconds = thread_cpu_seconds() - begin;
    const std::size_t n = ++done;
    if (const std::unique_lock mine{drawing, std::try_to_lock}) bar.at(n, wanted.size());
  });
  return out;
}

}  // namespace tool
