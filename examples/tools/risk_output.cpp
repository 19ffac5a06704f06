// The risks as CSV, and for programs as JSON:
//
//   version                   of the program
//   source, layout            of the series
//   limit, horizon, season, step_seconds    what was asked; horizon and season in steps
//   series                    a list in the order of the file:
//     name, values, missing   how many values it has, and how many steps of it are gaps
//     error                   why there is no risk; then nothing follows
//     p_overload              probability that a value above the limit comes within the horizon
//     past_rate               how often that was so in the past: what the probability is held against
//     expected_minutes        above the limit within the horizon, mean over the forecast's joint paths
//     time_to_limit           of these paths: never, the share that stays below; and of the others p10, p50,
//                             p90, minutes to the first step above it, null where all stay below
//     reasons                 probabilities by one opinion each: base_rate, of all of the past and shrunk to
//                             that of all series; forecast, the share of the joint paths; increments, of past
//                             rises that would reach the limit from here; analogues, the same among past
//                             moments like this one; recent_rate and seasonal_rate, of late and at this time
//                             of the season. over_now, whether the last value is above the limit

#include "risk_run.hpp"
#include "text.hpp"

#include <foreshift/core/config.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/telemetry/csv.hpp>

#include <nlohmann/json.hpp>

namespace tool {

namespace {

double minutes(foreshift::duration d) { return foreshift::to_seconds(d) / 60; }

}  // namespace

std::string risk_csv(const forecast_input& input, const std::vector<risk_outcome>& outcomes) {
  std::string out =
      "series,p_overload,past_rate,expected_minutes,p10_minutes,p50_minutes,p90_minutes,never,base_rate,"
      "forecast,increments,analogues\n";
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i]) continue;
    const auto& r = *outcomes[i];
    const auto& why = r.estimate.evidence;
    const auto say = [&](double value) { out += ',' + format_number(value, 6); };
    out += foreshift::telemetry::csv_field(input.table.series[i].name);
    say(r.estimate.probability), say(r.estimate.past_rate), say(r.expected_minutes);
    for (const auto time : {r.crossing.p10, r.crossing.p50, r.crossing.p90})
      if (r.crossing.never < 1)
        say(minutes(time));
      else
        out += ',';
    say(r.crossing.never), say(why.base_rate), say(why.forecast), say(why.increments), say(why.analogues);
    out += '\n';
  }
  return out;
}

std::string risk_json(const forecast_input& input, const std::vector<risk_outcome>& outcomes) {
  using json = nlohmann::ordered_json;
  json out{{"version", FORESHIFT_VERSION},
           {"source", input.source},
           {"layout", name_of(input.layout)},
           {"limit", *input.limit},
           {"horizon", input.choice.horizon},
           {"season", input.choice.season_length},
           {"step_seconds", foreshift::to_seconds(input.table.step)},
           {"series", json::array()}};
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto& one = input.table.series[i];
    const std::size_t seen = foreshift::forecast::count_observed(one.values.values);
    json row{{"name", one.name},
             {"values", one.values.values.size()},
             {"missing", one.values.values.size() - seen}};
    if (!outcomes[i]) {
      row["error"] = explain(outcomes[i].error());
    } else {
      const auto& r = *outcomes[i];
      const auto& why = r.estimate.evidence;
      const auto time = [&](foreshift::duration d) {
        return r.crossing.never < 1 ? json(minutes(d)) : json(nullptr);
      };
      row["p_overload"] = r.estimate.probability;
      row["past_rate"] = r.estimate.past_rate;
      row["expected_minutes"] = r.expected_minutes;
      row["time_to_limit"] = {{"never", r.crossing.never},
                              {"p10", time(r.crossing.p10)},
                              {"p50", time(r.crossing.p50)},
                              {"p90", time(r.crossing.p90)}};
      row["reasons"] = {{"base_rate", why.base_rate},     {"forecast", why.forecast},
                        {"increments", why.increments},   {"analogues", why.analogues},
                        {"recent_rate", why.recent_rate}, {"seasonal_rate", why.seasonal_rate},
                        {"over_now", why.over_now}};
    }
    out["series"].push_back(std::move(row));
  }
  return out.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace tool
