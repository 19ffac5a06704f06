#include "calendar_reader.hpp"
#include "files.hpp"
#include "prometheus_fleet.hpp"
#include "remarks.hpp"
#include "replay_options.hpp"
#include "text.hpp"
#include "trace_reader.hpp"
#include "trace_writer.hpp"

#include <foreshift/core/time.hpp>
#include <foreshift/sim/trace_demand.hpp>
#include <foreshift/sim/workload.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>

namespace tool {

using foreshift::diagnostic;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;

namespace {

result<foreshift::duration, diagnostic> duration_of(const std::string& option, const std::string& text) {
  if (const auto d = parse_duration(text)) return *d;
  return wrong(option, "not a duration: " + excerpt(text) + ": write 5m, 90s, 2h or 1d");
}

// Within a step the sites report, vote, and move what they have agreed to move.
constexpr foreshift::duration step_min = std::chrono::minutes{1};
constexpr foreshift::duration day = std::chrono::hours{24};
// Proposals tell times from 1970 to 2169 only; the forecasts look a little beyond the trace.
constexpr foreshift::time_point start_min{};
constexpr foreshift::time_point end_max{
    std::chrono::sys_days{std::chrono::year{2169} / 1 / 1}.time_since_epoch()};

result<foreshift::duration, diagnostic> read_step(const replay_options& o) {
  const auto step = duration_of("--step", o.step);
  if (!step) return step;
  if (*step < step_min)
    return wrong("--step", format_duration(*step) +
                               " is too short for sites to report, vote and move: at least " +
                               format_duration(step_min));
  if (day % *step != foreshift::duration::zero())
    return wrong("--step",
                 format_duration(*step) +
                     " does not divide a day, the season of the forecasts: write 1m, 5m, 15m or 1h");
  return step;
}

result<foreshift::sim::scenario, diagnostic> read_rules(const replay_options& o) {
  auto rules = o.rules;
  const struct {
    const char* option;
    const std::string* text;
    foreshift::duration* value;
  } durations[] = {{"--warm-up", &o.warm_up, &rules.warm_up},
                   {"--judged-within", &o.judged_within, &rules.judged_within},
                   {"--ping-pong-within", &o.ping_pong_within, &rules.ping_pong_within}};
  for (const auto& d : durations) {
    const auto value = duration_of(d.option, *d.text);
    if (!value) return failure{value.error()};
    *d.value = *value;
  }
  if (rules.hosts > 0 && rules.hosts < rules.sites)
    return wrong("--hosts", std::to_string(rules.hosts) + " hosts are fewer than " +
                                std::to_string(rules.sites) + " sites: every site needs one");
  return rules;
}

result<void, diagnostic> take_trace(const std::string& text, const std::string& source,
                                    foreshift::time_point start, foreshift::duration step,
                                    const replay_options& o, replay_input& input) {
  auto trace = parse_trace(text, source);
  if (!trace) return failure{trace.error()};
  if (start > end_max || static_cast<std::size_t>((end_max - start) / step) < trace->steps())
    return wrong("--start", "the trace would end after 2168: proposals hold times from 1970 on");
  input.trace = *std::move(trace);
  input.trace.step = step;
  input.trace.start = start;
  for (auto& w : input.trace.workloads) w.size = o.size;
  return {};
}

result<void, diagnostic> read_recorded(const replay_options& o, foreshift::duration step,
                                       replay_input& input) {
  const auto text = read_text(o.trace);
  if (!text) return failure{text.error()};
  const auto start = foreshift::parse_time(o.start);
  if (!start)
    return wrong("--start", "not a time: " + excerpt(o.start) + ": write YYYY-MM-DD or YYYY-MM-DDTHH:MM");
  if (*start < start_min)
    return wrong("--start", "before 1970: " + excerpt(o.start) + ": proposals hold times from 1970 to 2168");
  input.source = o.trace == "-" ? "stdin" : std::filesystem::path{o.trace}.filename().string();
  return take_trace(*text, source_name(o.trace), *start, step, o, input);
}

/// What a server tells goes through the text of a trace, so that `record` and a replay of its file give the
/// same.
result<void, diagnostic> read_pulled(const replay_options& o, foreshift::duration step, replay_input& input) {
  const auto fleet = pull_fleet(o.prometheus, step, o.size, values_max);
  if (!fleet) return failure{fleet.error()};
  for (const auto& what : fleet->remarks) remark("replay", what);
  input.source = fleet->source;
  return take_trace(trace_text(fleet->trace), fleet->source, fleet->trace.start, step, o, input);
}

result<void, diagnostic> generate(const replay_options& o, replay_input& input) {
  foreshift::sim::fleet_recipe recipe{.seed = o.seed, .signal = !o.white_noise};
  if (input.rules.hosts == 0 && o.workloads == recipe.workloads)
    input.rules.hosts = std::max(recipe.hosts, input.rules.sites);
  recipe.workloads = o.workloads;
  recipe.days = o.days;
  if (const auto values = o.workloads * o.days * static_cast<std::size_t>(day / recipe.step);
      values > values_max)
    return wrong("--workloads", std::to_string(o.workloads) + " over " + std::to_string(o.days) +
                                    " days are " + std::to_string(values) + " values: at most " +
                                    std::to_string(values_max));
  auto fleet = foreshift::sim::generate_fleet(recipe);
  input.source = o.white_noise ? "generated white noise" : "generated fleet";
  input.trace = std::move(fleet.trace);
  input.calendar = std::move(fleet.calendar);
  return {};
}

}  // namespace

result<replay_input, diagnostic> read_input(const replay_options& o) {
  replay_input input;
  input.seed = o.seed;
  auto rules = read_rules(o);
  if (!rules) return failure{rules.error()};
  input.rules = *rules;
  const auto step = read_step(o);
  if (!step) return failure{step.error()};
  const auto read = !o.prometheus.url.empty() ? read_pulled(o, *step, input)
                    : o.trace.empty()         ? generate(o, input)
                                              : read_recorded(o, *step, input);
  if (!read) return failure{read.error()};

  if (!o.calendar.empty()) {
    const auto& trace = input.trace;
    const auto length = static_cast<foreshift::duration::rep>(trace.steps() + 1) * trace.step;
    auto calendar = read_calendar(o.calendar, {trace.start - trace.step, trace.start + 2 * length}, "replay");
    if (!calendar) return failure{calendar.error()};
    input.calendar = *std::move(calendar);
  }
  const std::size_t warm = foreshift::sim::steps_covering(input.rules.warm_up, input.trace.step);
  if (input.trace.steps() <= warm)
    return failure{diagnostic{o.trace.empty() ? input.source : source_name(o.trace), 0, "",
                              std::to_string(input.trace.steps()) +
                                  " steps are too few: the warm-up alone takes " + std::to_string(warm)}};
  return input;
}

}  // namespace tool
