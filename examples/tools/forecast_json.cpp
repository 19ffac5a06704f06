// Forecasts and scores for programs.
//
//   version, seed             of the program and of everything drawn at random
//   source, layout            of the series
//   model                     its name
//   season, cycle             the season and the longer one, in steps; equal when there is none
//   horizon, step_seconds     steps that are forecast, and how long one is
//   levels                    of the intervals, in percent
//   limit                     null without one
//   evaluation                only with --evaluate:
//     test                    what was held against
//     series, steps           how many were scored
//     smape                   200 mean |y - f| / (|y| + |f|), in percent
//     mase                    mean absolute error over that of the seasonal naive forecast in the history
//     owa                     mean of smape and mase over those of Naive2 on M4 hourly; null but in layout m4
//     msis, msis_level        mean scaled interval score, and of which level
//     coverage                a list: level, and the share of the values that were inside, in percent
//     brier                   of p_exceed; null without a limit
//     without_scale           series whose history is constant: they count in smape and coverage alone
//     cpu_ms                  CPU time for a series, fit and forecast: min, median, mean, max
//   series                    a list in the order of the file, without those that only --evaluate left out:
//     name, values, missing   how many values it has, and how many steps of it are gaps
//     late                    samples out of order; layout long
//     duplicate               samples replaced by a later one of the same instant; layout long
//     error                   why there is no forecast; then nothing follows
//     start                   time of step 1; layout long, or with --start
//     mean                    a value for each step
//     intervals               a list: level, lower, upper; a value for each step
//     p_exceed                probability for each step; only with a limit
//     events                  only with --calendar, a list: kind, label, change (0.8: 80 % more; null where
//                             nothing is known), low and high of 80 %, and occurrences it was seen in
//     scores                  only with --evaluate; null where nothing came:
//                             steps, smape, mase, msis, coverage, brier, cpu_ms
//
// The scores of all series are the means of theirs. A number that does not exist is null. Only cpu_ms depends
// on the machine.

#include "forecast_evaluate.hpp"

#include <foreshift/core/config.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/telemetry/event_regressors.hpp>

#include <nlohmann/json.hpp>

#include <cmath>

namespace tool {

namespace {

using json = nlohmann::ordered_json;
namespace telemetry = foreshift::telemetry;

json number(double x) { return std::isfinite(x) ? json(x) : json(nullptr); }

json coverage_of(const forecast_input& input, const score_row& row) {
  json out = json::array();
  for (std::size_t l = 0; l < input.levels.size(); ++l)
    out.push_back({{"level", input.levels[l].percent}, {"percent", number(100 * row.coverage[l])}});
  return out;
}

json evaluation_of(const forecast_input& input, const evaluation& e) {
  return {{"test", input.test_source},
          {"series", e.scored},
          {"steps", e.mean.steps},
          {"smape", number(e.mean.smape)},
          {"mase", number(e.mean.mase)},
          {"owa", e.owa ? number(*e.owa) : json(nullptr)},
          {"msis", number(e.mean.msis)},
          {"msis_level", scored_level(input.levels).percent},
          {"coverage", coverage_of(input, e.mean)},
          {"brier", number(e.mean.brier)},
          {"without_scale", e.without_scale},
          {"cpu_ms",
           {{"min", 1e3 * e.cpu.min},
            {"median", 1e3 * e.cpu.median},
            {"mean", 1e3 * e.cpu.mean},
            {"max", 1e3 * e.cpu.max}}}};
}

json events_of(const forecast_input& input, const series_forecast& made) {
  json out = json::array();
  const auto columns = telemetry::event_columns(
      input.calendar, {telemetry::event_grouping::by_label, input.event_lead, input.event_lag});
  for (std::size_t j = 0; j < columns.size(); ++j) {
    if (columns[j].shift_steps != 0) continue;
    const auto& effect = made.effects[j];
    const auto at = [&](double deviations) {
      return number(std::expm1(effect.log_factor + deviations * std::sqrt(effect.variance)));
    };
    out.push_back({{"kind", name_of(columns[j].kind)},
                   {"label", columns[j].label.value_or("")},
                   {"change", effect.known() ? at(0) : json(nullptr)},
                   {"low", effect.known() ? at(-1.2816) : json(nullptr)},
                   {"high", effect.known() ? at(1.2816) : json(nullptr)},
                   {"occurrences", effect.occurrences}});
  }
  return out;
}

json series_of(const forecast_input& input, const read_series& read, const series_outcome& outcome) {
  const auto& values = read.values.values;
  json out{{"name", read.name},
           {"values", values.size()},
           {"missing", values.size() - foreshift::forecast::count_observed(values)}};
  if (input.layout == series_layout::samples) {
    out["late"] = read.quality.late;
    out["duplicate"] = read.quality.duplicate;
  }
  if (!outcome.forecast) {
    out["error"] = explain(outcome.forecast.error());
    return out;
  }
  const auto& made = *outcome.forecast;
  if (read.values.start != foreshift::time_point{}) out["start"] = foreshift::format_time(read.values.end());
  out["mean"] = made.curve.mean;
  out["intervals"] = json::array();
  for (const auto& level : input.levels) {
    const auto ends = interval_of(made.curve, level);
    out["intervals"].push_back({{"level", level.percent},
                                {"lower", std::vector<double>(ends.lower.begin(), ends.lower.end())},
                                {"upper", std::vector<double>(ends.upper.begin(), ends.upper.end())}});
  }
  if (input.limit) out["p_exceed"] = made.exceeds;
  if (!input.calendar.events.empty()) out["events"] = events_of(input, made);
  return out;
}

json scores_of(const forecast_input& input, const score_row& row, double cpu_seconds) {
  return {{"steps", row.steps},         {"smape", number(row.smape)},          {"mase", number(row.mase)},
          {"msis", number(row.msis)},   {"coverage", coverage_of(input, row)}, {"brier", number(row.brier)},
          {"cpu_ms", 1e3 * cpu_seconds}};
}

}  // namespace

std::string forecast_json(const forecast_input& input, const std::vector<series_outcome>& outcomes,
                          const evaluation* scores) {
  const auto& choice = input.choice;
  json out{{"version", FORESHIFT_VERSION},
           {"seed", choice.seed},
           {"source", input.source},
           {"layout", name_of(input.layout)},
           {"model", input.model->name},
           {"season", choice.season_length},
           {"cycle", choice.season_length * choice.seasons_in_cycle},
           {"horizon", choice.horizon},
           {"step_seconds", foreshift::to_seconds(input.table.step)}};
  out["levels"] = json::array();
  for (const auto& l : input.levels) out["levels"].push_back(l.percent);
  out["limit"] = input.limit ? json(*input.limit) : json(nullptr);
  if (scores != nullptr) out["evaluation"] = evaluation_of(input, *scores);
  out["series"] = json::array();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].asked) continue;
    json one = series_of(input, input.table.series[i], outcomes[i]);
    if (scores != nullptr && outcomes[i].forecast)
      one["scores"] =
          scores->series[i] ? scores_of(input, *scores->series[i], outcomes[i].cpu_seconds) : json(nullptr);
    out["series"].push_back(std::move(one));
  }
  // A name from a file may not be UTF-8; what is not is replaced.
  return out.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace tool
