// `foreshift risk`: series and a limit in, how likely each is to exceed it, for how long and when, and why.

#include "command.hpp"
#include "files.hpp"
#include "forecast_options.hpp"
#include "option_checks.hpp"
#include "option_error.hpp"
#include "remarks.hpp"
#include "risk_run.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <cstdio>
#include <memory>

namespace tool {

namespace {

using foreshift::diagnostic;
using foreshift::failure;
using foreshift::result;

constexpr const char* subcommand = "risk";

/// Says which series have no risk; true when there is one left.
bool report(const forecast_input& input, const std::vector<risk_outcome>& outcomes) {
  std::vector<failed_series> failed;
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    if (!outcomes[i]) failed.push_back({i, outcomes[i].error()});
  report_failures(subcommand, input.table, failed, "risk");
  return failed.size() < outcomes.size();
}

result<int, diagnostic> run(const forecast_options& o) {
  if (o.input.empty()) return wrong("--input", "which series? Name a file, or - for standard input");
  if (o.layout.empty()) return wrong("--layout", "how is it written: m4, wide or long?");
  if (o.limit.empty()) return wrong("--limit", "which value must not be exceeded?");
  const std::string to = !o.output.empty() ? o.output : o.json.empty() ? "-" : "";
  if (to == "-" && o.json == "-") return wrong("--json", "standard output is taken by --output");
  for (const auto* path : {&o.output, &o.json})
    if (!path->empty())
      if (const auto possible = can_write(*path); !possible) return failure{possible.error()};
  const auto input = read_input(o);
  if (!input) return failure{input.error()};
  if (const auto quality = describe_quality(input->table))
    remark(subcommand, input->source + ": " + *quality);

  const auto outcomes = assess_all(*input);
  if (!report(*input, outcomes)) {
    remark(subcommand, "no series has a risk");
    return exit_no;
  }
  if (!to.empty())
    if (const auto written = write_result(to, risk_csv(*input, outcomes)); !written)
      return failure{written.error()};
  if (!o.json.empty())
    if (const auto written = write_result(o.json, risk_json(*input, outcomes)); !written)
      return failure{written.error()};
  return exit_fine;
}

}  // namespace

void add_risk(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<forecast_options>();
  auto& o = *options;
  o.horizon = 12;
  auto& c =
      *app.add_subcommand("risk", "Says how likely series are to exceed a limit, for how long and when");
  c.footer(
      "Layouts\n"
      "  m4    a header line, then a row for each series: id,v0,v1,...\n"
      "  wide  the same without a header line\n"
      "  long  series,timestamp,value, a row for each sample, in any order; times are UTC\n"
      "Rows may end early; an empty cell is a missing value. A series that is too short is named on "
      "standard\n"
      "error, and the others go on. What held for one series is believed of the others until they know "
      "better.\n\n"
      "Out comes a row for each series: p_overload, the probability of a value above the limit within the\n"
      "horizon; past_rate, how often that was so before; expected_minutes above it; minutes until it is\n"
      "exceeded (p10, p50, p90 of the futures in which it is) and never, the share of the others; and the\n"
      "reasons: base_rate, forecast, increments and analogues, the probability by each alone.\n\n"
      "  foreshift risk --input load.csv --layout long --season 288 --horizon 12 --limit 80\n"
      "  foreshift risk --input disks.csv --layout m4 --step 1h --season 24 --horizon 168 --limit 95 --json "
      "-\n\n"
      "Exit code 0: fine; 1: no series has a risk; 2: something given was wrong. The reason stands on\n"
      "standard error.");
  const auto say = [&c](const char* group, const std::string& name, auto& value, const std::string& help,
                        const char* type) {
    return c.add_option(name, value, help)->type_name(type)->group(group);
  };
  say("Series", "--input", o.input, "the history, - for standard input", "FILE");
  say("Series", "--layout", o.layout, "how it is written: m4, wide or long", "NAME");
  say("Series", "--step", o.step, "time between two values; by default 1h, in long the most common one",
      "TIME");
  say("Series", "--season", o.season,
      "steps in a season, and in a longer one; by default the longer is seven times the first", "N[,N]")
      ->capture_default_str();
  say("Series", "--lower", o.lower, "no value can be below it: 0 for load", "X");
  say("Series", "--upper", o.upper, "no value can be above it: 100 for percent", "X");
  say("Risk", "--limit", o.limit, "a value above it is an overload", "X");
  say("Risk", "--horizon", o.horizon, "steps within which it counts", "N")
      ->check(within(std::size_t{1}, horizon_max))
      ->capture_default_str();
  say("Output", "--output", o.output, "where the rows go; by default standard output, unless --json is given",
      "FILE");
  say("Output", "--json", o.json, "the risks and all their reasons for programs, - for standard output",
      "FILE");
  c.callback([options, &exit_status] {
    const auto done = run(*options);
    exit_status = done ? *done : refuse("risk: " + to_string(done.error()));
  });
}

}  // namespace tool
