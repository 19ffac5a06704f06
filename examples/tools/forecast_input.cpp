#include "calendar_reader.hpp"
#include "files.hpp"
#include "forecast_options.hpp"
#include "option_error.hpp"
#include "text.hpp"

#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/csv.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <utility>

namespace tool {

using foreshift::diagnostic;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;
using foreshift::telemetry::parse_csv_number;

namespace {

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0;;) {
    const std::size_t comma = text.find(',', at);
    out.push_back(text.substr(at, comma - at));
    if (comma == std::string_view::npos) return out;
    at = comma + 1;
  }
}

/// 24 or 24,168: a season, and a longer one that is a multiple of it.
result<void, diagnostic> read_season(const std::string& text, model_choice& choice) {
  const auto parts = parts_of(text);
  std::vector<std::size_t> steps;
  for (const auto part : parts) {
    std::size_t n = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), n);
    if (error != std::errc{} || end != part.data() + part.size() || n < 1 || n > season_max)
      return wrong("--season",
                   "not a number of steps from 1 to " + std::to_string(season_max) + ": " + excerpt(part));
    steps.push_back(n);
  }
  if (steps.size() > 2)
    return wrong("--season", "more than two seasons: " + excerpt(text) + ": write 24 or 24,168");
  choice.season_length = steps[0];
  if (steps.size() == 2 && steps[1] % steps[0] != 0)
    return wrong("--season", std::to_string(steps[1]) + " is no multiple of " + std::to_string(steps[0]));
  // Whoever names one season means a day; the week behind it is tried where a series is long enough.
  const std::size_t days_a_week = 7 * steps[0] <= season_max ? 7 : 1;
  choice.seasons_in_cycle = steps.size() == 2 ? steps[1] / steps[0] : days_a_week;
  return {};
}

result<std::vector<interval_level>, diagnostic> read_levels(const std::string& text) {
  std::vector<interval_level> out;
  for (const auto part : parts_of(text)) {
    const auto percent = parse_csv_number(part);
    if (!percent || *percent <= 0 || *percent >= 100)
      return wrong("--level", "not a percentage between 0 and 100: " + excerpt(part));
    // Closer to the ends nothing can be learned from errors, and numbers run out of digits.
    if (*percent < 0.001 || *percent > 99.999)
      return wrong("--level", "not between 0.001 and 99.999: " + excerpt(part));
    if (std::ranges::find(out, *percent, &interval_level::percent) != out.end())
      return wrong("--level", excerpt(part) + " is there twice");
    out.push_back({format_number(*percent, 6), *percent});
  }
  return out;
}

result<void, diagnostic> read_number(const char* option, const std::string& text, double& value) {
  if (text.empty()) return {};
  const auto parsed = parse_csv_number(text);
  if (!parsed) return wrong(option, "not a finite number: " + excerpt(text));
  value = *parsed;
  return {};
}

result<time_base, diagnostic> read_time_base(const forecast_options& o, series_layout layout) {
  time_base base;
  if (!o.step.empty()) {
    base.step = parse_duration(o.step);
    if (!base.step)
      return wrong("--step", "not a duration: " + excerpt(o.step) + ": write 5m, 90s, 2h or 1d");
  }
  if (!o.start.empty()) {
    if (layout == series_layout::samples)
      return wrong("--start", "samples have their own times: leave it out with --layout long");
    const auto start = foreshift::parse_time(o.start);
    if (!start)
      return wrong("--start", "not a time: " + excerpt(o.start) + ": write YYYY-MM-DD or YYYY-MM-DDTHH:MM");
    base.start = *start;
  } else if (!o.calendar.empty() && layout != series_layout::samples) {
    return wrong("--calendar", "its events need the time of the first value: give --start");
  }
  return base;
}

/// Instants end in the year 2262; nobody means that far a forecast.
result<void, diagnostic> check_end(const forecast_input& input, const std::string& source) {
  constexpr double year_2250_seconds = 8'835'955'200;
  for (const auto& one : input.table.series) {
    const auto steps = static_cast<double>(one.values.size() + input.choice.horizon);
    if (foreshift::to_seconds(one.values.start.time_since_epoch()) +
            steps * foreshift::to_seconds(input.table.step) >
        year_2250_seconds)
      return failure{diagnostic{source, 0, "",
                                "series " + excerpt(one.name) + " in steps of " +
                                    format_duration(input.table.step) +
                                    " would be forecast beyond the year 2250: check --step"}};
  }
  return {};
}

std::string short_name(const std::string& path) {
  return path == "-" ? "stdin" : std::filesystem::path{path}.filename().string();
}

/// What does not need any file.
result<forecast_input, diagnostic> read_choices(const forecast_options& o) {
  forecast_input input;
  const auto layout = parse_layout(o.layout);
  if (!layout) return wrong("--layout", "not m4, wide or long: " + excerpt(o.layout));
  input.layout = *layout;
  input.model = find_model(o.model);
  if (input.model == nullptr)
    return wrong("--model", "unknown: " + excerpt(o.model) + ": there is " + model_names());
  if (o.calendar.empty() && o.event_lead + o.event_lag > 0)
    return wrong(o.event_lead > 0 ? "--event-lead" : "--event-lag", "of which events? It needs --calendar");
  input.event_lead = o.event_lead;
  input.event_lag = o.event_lag;
  if (const auto done = read_season(o.season, input.choice); !done) return failure{done.error()};
  auto levels = read_levels(o.level);
  if (!levels) return failure{levels.error()};
  input.levels = *std::move(levels);
  input.choice.horizon = o.horizon;
  input.choice.seed = o.seed;
  input.threads = o.threads;
  const std::pair<const char*, double*> bounds[] = {{"--lower", &input.choice.lower},
                                                    {"--upper", &input.choice.upper}};
  for (const auto& [option, value] : bounds)
    if (const auto done = read_number(option, value == bounds[0].second ? o.lower : o.upper, *value); !done)
      return failure{done.error()};
  if (input.choice.lower > input.choice.upper) return wrong("--upper", "below --lower: " + excerpt(o.upper));
  if (!o.limit.empty()) {
    double limit = 0;
    if (const auto done = read_number("--limit", o.limit, limit); !done) return failure{done.error()};
    input.limit = limit;
  }
  if (o.input == "-" && o.evaluate == "-") return wrong("--evaluate", "standard input is taken by --input");
  return input;
}

/// From a day before the first value to a day after the last one forecast, so that what leads or lags is in.
event_window window_of(const forecast_input& input) {
  constexpr auto day = std::chrono::hours{24};
  event_window out{foreshift::time_point::max(), foreshift::time_point::min()};
  for (const auto& one : input.table.series) {
    const auto steps = static_cast<foreshift::duration::rep>(one.values.size() + input.choice.horizon);
    out.from = std::min(out.from, one.values.start - day);
    out.to = std::max(out.to, one.values.start + steps * input.table.step + day);
  }
  return out;
}

}  // namespace

result<forecast_input, diagnostic> read_input(const forecast_options& o) {
  auto input = read_choices(o);
  if (!input) return input;
  auto base = read_time_base(o, input->layout);
  if (!base) return failure{base.error()};
  auto table = read_table(o.input, input->layout, *base);
  if (!table) return failure{table.error()};
  input->table = *std::move(table);
  if (const auto done = check_end(*input, source_name(o.input)); !done) return failure{done.error()};
  if (!o.calendar.empty()) {
    auto calendar = read_calendar(o.calendar, window_of(*input), "forecast");
    if (!calendar) return failure{calendar.error()};
    input->calendar = *std::move(calendar);
  }
  input->source = short_name(o.input);
  if (!o.evaluate.empty()) {
    base->step = input->table.step;
    auto test = read_table(o.evaluate, input->layout, *base);
    if (!test) return failure{test.error()};
    input->test = *std::move(test);
    input->test_source = short_name(o.evaluate);
  }
  return input;
}

}  // namespace tool
