#include "prometheus_fleet.hpp"

#include "fleet_of_panel.hpp"
#include "option_error.hpp"
#include "progress.hpp"
#include "prometheus_input.hpp"
#include "text.hpp"
#include "time_argument.hpp"

#include <foreshift/adapters/http/client.hpp>
#include <foreshift/adapters/prometheus/query_client.hpp>
#include <foreshift/adapters/prometheus/relabel.hpp>
#include <foreshift/adapters/prometheus/subject_panel.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <chrono>
#include <optional>
#include <set>
#include <utility>

namespace tool {

namespace prometheus = foreshift::prometheus;
using foreshift::diagnostic;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;
using foreshift::time_point;

namespace {

result<foreshift::telemetry::time_grid, diagnostic> read_grid(const prometheus_options& o,
                                                              foreshift::duration step) {
  const time_point now{std::chrono::system_clock::now().time_since_epoch()};
  const auto from = parse_when(o.from, now), to = parse_when(o.to, now);
  const std::string right = ": write 2026-03-02, 2026-03-02T00:05:00Z, seconds since 1970, or now-7d";
  if (!from) return wrong("--from", "not a time: " + excerpt(o.from) + right);
  if (!to) return wrong("--to", "not a time: " + excerpt(o.to) + right);
  if (*from < time_point{}) return wrong("--from", "before 1970: " + excerpt(o.from));
  if (*to > now) return wrong("--to", "in the future: " + excerpt(o.to));
  const auto begin = foreshift::telemetry::align_down(*from, step);
  const auto end = foreshift::telemetry::align_down(*to, step);
  if (end <= begin)
    return wrong("--to", "there is no whole step of " + format_duration(step) + " since --from");
  const auto steps = static_cast<std::size_t>(foreshift::telemetry::steps_between(begin, end, step));
  constexpr std::size_t steps_max = 1'000'000;
  if (steps > steps_max)
    return wrong("--from", std::to_string(steps) + " steps since then: at most " + std::to_string(steps_max));
  return foreshift::telemetry::time_grid{begin, step, steps};
}

}  // namespace

result<pulled_fleet, diagnostic> pull_fleet(const prometheus_options& o, foreshift::duration step,
                                            double size, std::size_t values_max) {
  const auto at = read_endpoint(o);
  if (!at) return failure{at.error()};
  const auto map = read_map(o);
  if (!map) return failure{map.error()};
  const auto grid = read_grid(o, step);
  if (!grid) return failure{grid.error()};
  const auto scrape = parse_duration(o.scrape);
  if (!scrape) return wrong("--scrape", "not a duration: " + excerpt(o.scrape) + ": write 15s or 1m");

  // Chunks of a day and a half at 5 minutes: answers of thousands of series stay within the client's bound.
  prometheus::query_rules rules;
  rules.points_max = 432;
  rules.again.attempts_max = 5;
  foreshift::http::client http{{.server = at->url, .tls = {o.authorities, o.certificate, o.key}}};
  prometheus::system_clock clock;
  prometheus::query_client client{*at, http, clock, rules};
  prometheus::subject_panel panel{*grid, values_max};
  std::set<std::string> warnings;
  progress bar{"prometheus"};
  for (std::size_t r = 0; r < map->rules.size(); ++r) {
    const auto& rule = map->rules[r];
    std::optional<std::string> refused;
    const auto asked =
        client.ask({prometheus::expand_query(rule, step, *scrape), panel.query_grid(rule)},
                   [&](const prometheus::query_answer& answer, std::size_t done, std::size_t all) {
                     warnings.insert(answer.warnings.begin(), answer.warnings.end());
                     if (const auto added = panel.add(rule, answer); !added) refused = added.error();
                     bar.at(r * all + done, map->rules.size() * all);
                     return !refused;
                   });
    const std::string name = '[' + std::string{name_of(rule.what)} + ']';
    if (refused) return failure{diagnostic{map->source, rule.line, name, *refused}};
    if (!asked) return failure{diagnostic{map->source, rule.line, name, asked.error().reason}};
  }
  auto fleet = fleet_of_panel(std::move(panel).finish(), size, *map);
  if (!fleet) return failure{fleet.error()};
  fleet->source = to_string(at->url);
  for (const auto& warning : warnings)
    fleet->remarks.push_back("the server warns: " + prometheus::printable(warning));
  return fleet;
}

}  // namespace tool
