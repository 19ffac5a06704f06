// `foreshift forecast`: series in, their forecasts out, or how good these are.

#include "command.hpp"
#include "files.hpp"
#include "forecast_evaluate.hpp"
#include "forecast_options.hpp"
#include "option_checks.hpp"
#include "option_error.hpp"
#include "remarks.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace tool {

namespace {

using foreshift::diagnostic;
using foreshift::failure;
using foreshift::result;

constexpr const char* subcommand = "forecast";

result<void, diagnostic> check_outputs(const forecast_options& o) {
  if (o.output == "-" && o.json == "-") return wrong("--json", "standard output is taken by --output");
  if (o.output == "-" && !o.evaluate.empty() && o.json.empty())
    return wrong("--output", "standard output is for the scores: name a file, or give --json FILE for them");
  for (const auto* path : {&o.output, &o.json})
    if (!path->empty())
      if (const auto possible = can_write(*path); !possible) return possible;
  return {};
}

/// Says which series have no forecast; true when there is one left.
bool report(const forecast_input& input, const std::vector<series_outcome>& outcomes) {
  std::vector<failed_series> failed;
  std::size_t asked = 0;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].asked) continue;
    ++asked;
    if (!outcomes[i].forecast) failed.push_back({i, outcomes[i].forecast.error()});
  }
  report_failures(subcommand, input.table, failed, "forecast");
  return failed.size() < asked;
}

result<int, diagnostic> run(const forecast_options& o) {
  if (o.model == "help") {
    std::fputs(model_help().c_str(), stdout);
    return exit_fine;
  }
  if (o.input.empty()) return wrong("--input", "which series? Name a file, or - for standard input");
  if (o.layout.empty()) return wrong("--layout", "how is it written: m4, wide or long?");
  if (const auto possible = check_outputs(o); !possible) return failure{possible.error()};
  const auto input = read_input(o);
  if (!input) return failure{input.error()};
  const std::size_t n = input->table.series.size();

  test_values test;
  std::vector<bool> asked(n, true);
  if (input->test) {
    test = match_test(*input);
    if (std::ranges::all_of(test.of, &std::vector<double>::empty))
      return failure{diagnostic{source_name(o.evaluate), 0, "",
                                "none of its series goes on where one of " + input->source + " ends"}};
    // Nobody looks at a forecast that is neither written nor scored.
    if (o.output.empty())
      for (std::size_t i = 0; i < n; ++i) asked[i] = !test.of[i].empty();
  }
  if (const auto quality = describe_quality(input->table))
    remark(subcommand, input->source + ": " + *quality);
  for (const auto& note : test.notes) remark(subcommand, input->test_source + ": " + note);

  const auto outcomes = forecast_all(*input, asked);
  if (!report(*input, outcomes)) {
    remark(subcommand, "no series has a forecast");
    return exit_no;
  }
  std::optional<evaluation> scores;
  if (input->test) scores = evaluate(*input, outcomes, test);

  const bool csv_wanted = !o.output.empty() || (!input->test && o.json.empty());
  if (csv_wanted)
    if (const auto written = write_result(o.output.empty() ? "-" : o.output, forecast_csv(*input, outcomes));
        !written)
      return failure{written.error()};
  if (!o.json.empty())
    if (const auto written =
            write_result(o.json, forecast_json(*input, outcomes, scores ? &*scores : nullptr));
        !written)
      return failure{written.error()};
  if (scores && o.output != "-" && o.json != "-")
    if (const auto written = write_result("-", evaluation_table(*input, *scores)); !written)
      return failure{written.error()};
  return exit_fine;
}

}  // namespace

void add_forecast(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<forecast_options>();
  auto& o = *options;
  auto& c =
      *app.add_subcommand("forecast", "Forecasts series with intervals, or says how good that would be");
  c.footer(
      "Layouts\n"
      "  m4    a header line, then a row for each series: id,v0,v1,...\n"
      "  wide  the same without a header line\n"
      "  long  series,timestamp,value, a row for each sample, in any order; times are UTC\n"
      "Rows may end early; an empty cell is a missing value. A series that cannot be forecast is named on\n"
      "standard error, and the others go on.\n\n"
      "Models\n" +
      model_help() +
      "\n"
      "Out comes series,step,mean,lo80,hi80,..., a row for each step; with --limit also p_exceed, the\n"
      "probability to be above it at that step.\n\n"
      "  foreshift forecast --input load.csv --layout long --season 288 --horizon 12 --lower 0 --limit 80\n"
      "  foreshift forecast --input train.csv --layout m4 --season 24,168 --evaluate test.csv\n\n"
      "Exit code 0: fine; 1: no series could be forecast; 2: something given was wrong. The reason stands "
      "on\n"
      "standard error.");

  const auto say = [&c](const char* group, const std::string& name, auto& value, const std::string& help,
                        const char* type) {
    return c.add_option(name, value, help)->type_name(type)->group(group);
  };
  say("Series", "--input", o.input, "the history, - for standard input", "FILE");
  say("Series", "--layout", o.layout, "how it is written: m4, wide or long", "NAME");
  say("Series", "--step", o.step, "time between two values; by default 1h, in long the most common one",
      "TIME");
  say("Series", "--start", o.start, "time of the first value, UTC; only a calendar needs it", "DATE");
  say("Series", "--calendar", o.calendar, "events past and announced, CSV start,end,kind,label or iCalendar",
      "FILE");
  say("Series", "--event-lead", o.event_lead, "an event also acts so many steps before it begins", "N")
      ->check(within(std::size_t{0}, event_shift_max))
      ->capture_default_str();
  say("Series", "--event-lag", o.event_lag, "and so many after it has ended; each step has its own effect",
      "N")
      ->check(within(std::size_t{0}, event_shift_max))
      ->capture_default_str();

  say("Forecast", "--model", o.model, "one of the models below", "NAME")->capture_default_str();
  say("Forecast", "--season", o.season,
      "steps in a season, and in a longer one; by default the longer is seven times the first", "N[,N]")
      ->capture_default_str();
  say("Forecast", "--horizon", o.horizon, "steps to forecast", "N")
      ->check(within(std::size_t{1}, horizon_max))
      ->capture_default_str();
  say("Forecast", "--level", o.level, "of the prediction intervals, in percent", "N[,N...]")
      ->capture_default_str();
  say("Forecast", "--lower", o.lower, "no value can be below it: 0 for load", "X");
  say("Forecast", "--upper", o.upper, "no value can be above it: 100 for percent", "X");
  say("Forecast", "--limit", o.limit, "adds the probability to be above it", "X");
  say("Forecast", "--seed", o.seed, "of everything that is drawn at random", "N")
      ->check(any_seed())
      ->capture_default_str();
  say("Forecast", "--threads", o.threads, "series at the same time, 0 for every core; changes no number", "N")
      ->check(within(std::size_t{0}, threads_max))
      ->capture_default_str();

  say("Output", "--output", o.output, "where the forecasts go; by default standard output", "FILE");
  say("Output", "--evaluate", o.evaluate,
      "what came after the history, in the same layout: prints scores instead of forecasts", "FILE");
  say("Output", "--json", o.json, "forecasts and scores for programs, - for standard output", "FILE");

  c.callback([options, &exit_status] {
    const auto done = run(*options);
    exit_status = done ? *done : refuse("forecast: " + to_string(done.error()));
  });
}

}  // namespace tool
