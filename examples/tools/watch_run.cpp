#include "watch_run.hpp"

#include "address_argument.hpp"
#include "clocks.hpp"
#include "option_error.hpp"
#include "prometheus_input.hpp"
#include "remarks.hpp"
#include "serving.hpp"
#include "text.hpp"

#include <foreshift/adapters/http/client.hpp>
#include <foreshift/adapters/http/server.hpp>
#include <foreshift/adapters/prometheus/polled_source.hpp>
#include <foreshift/adapters/prometheus/series_metrics.hpp>
#include <foreshift/anomaly/standard_ensemble.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/scenario.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace tool {

namespace prometheus = foreshift::prometheus;
namespace telemetry = foreshift::telemetry;
using foreshift::diagnostic;
using foreshift::duration;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;
using foreshift::time_point;
using namespace std::chrono_literals;

namespace {

using forecaster = foreshift::forecast::backtested<foreshift::forecast::auto_forecaster>;
using outlook = prometheus::series_metrics<forecaster, foreshift::anomaly::standard_ensemble>;
using source_type = prometheus::polled_source<foreshift::http::client, wall_clock>;

struct checked_options {
  duration step{}, scrape{};
  std::size_t history_steps = 0;
  foreshift::http::server_options listen;
  prometheus::series_metrics_options series;
};

result<void, diagnostic> read_limit(const std::string& text, prometheus::series_metrics_options& out) {
  const auto equals = std::min(text.find('='), text.size());
  const auto what = telemetry::parse_metric(std::string_view{text}.substr(0, equals));
  double limit = 0;
  const char* const begin = text.data() + std::min(equals + 1, text.size());
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, limit);
  if (!what || is_counter(*what) || error != std::errc{} || stop != end || !std::isfinite(limit) ||
      limit <= 0)
    return wrong("--limit", "not a metric and its limit: " + excerpt(text) +
                                ": write cpu=1.6; there is cpu, memory, network, io and latency");
  out.limits[static_cast<std::size_t>(*what)] = limit;
  return {};
}

result<checked_options, diagnostic> check(const watch_options& o) {
  if (o.prometheus.url.empty()) return wrong("--prometheus", "missing: say which, as http://localhost:9090");
  checked_options out;
  const auto read = [](const char* option, const std::string& text,
                       duration& to) -> result<void, diagnostic> {
    const auto d = parse_duration(text);
    if (!d) return wrong(option, "not a duration: " + excerpt(text) + ": write 15s, 1m, 2h or 1d");
    return to = *d, result<void, diagnostic>{};
  };
  duration history{};
  if (auto r = read("--step", o.step, out.step); !r) return failure{r.error()};
  if (auto r = read("--scrape", o.prometheus.scrape, out.scrape); !r) return failure{r.error()};
  if (auto r = read("--history", o.history, history); !r) return failure{r.error()};
  if (out.step > 24h) return wrong("--step", "longer than a day: " + excerpt(o.step));
  const auto steps = std::max<duration::rep>(history / out.step, 1);
  constexpr duration::rep steps_max = 100'000;
  if (steps > steps_max)
    return wrong("--history", std::to_string(steps) + " steps: at most " + std::to_string(steps_max));
  out.history_steps = static_cast<std::size_t>(steps);
  const auto where = parse_address(o.listen);
  if (!where)
    return wrong("--listen", "not an address and a port: " + excerpt(o.listen) + ": write 0.0.0.0:9464");
  out.listen.address = where->address, out.listen.port = where->port;
  for (const auto& limit : o.limits)
    if (auto r = read_limit(limit, out.series); !r) return failure{r.error()};

  foreshift::random_stream random{o.seed, 71};
  auto& series = out.series;
  series.series_max = o.series_max;
  series.book.step = out.step;
  series.book.horizon = o.horizon;
  series.book.history_max = std::max<std::size_t>(out.history_steps, 2040);
  series.book.plan = foreshift::forecast::make_scenario_plan({.count = 200, .ages_max = 128}, random);
  series.near_steps = std::max<std::size_t>(o.horizon / 5, 1);
  series.leads = {1, std::max<std::size_t>(o.horizon / 2, 1), o.horizon};
  series.leads.erase(std::unique(series.leads.begin(), series.leads.end()), series.leads.end());
  return out;
}

forecaster make_forecaster(const checked_options& o) {
  const auto day = static_cast<std::size_t>(std::max<duration::rep>(24h / o.step, 2));
  return {.inner = {.season_length = day, .horizon = o.series.book.horizon},
          .horizon = o.series.book.horizon,
          .errors_kept = 128,
          .lower = 0};
}

/// What the program itself has done.
void write_health(prometheus::exposition_writer& out, const source_type& source) {
  using enum prometheus::metric_type;
  const auto& n = source.counts();
  const auto one = [&](const char* name, const char* help, std::uint64_t value) {
    out.family({name, counter, "", help});
    out.sample({}, static_cast<double>(value));
  };
  one("foreshift_polls", "Attempts to ask the server.", n.polls);
  one("foreshift_poll_failures", "Attempts that had no answer.", n.failures);
  one("foreshift_steps_skipped", "Steps that were given up after an outage.", n.steps_skipped);
  one("foreshift_answers_incomplete", "Answers that the server warned about.", n.warnings);
  out.family({"foreshift_samples", counter, "", "Samples of the server's answers, by what became of them."});
  for (std::size_t k = 0; k < telemetry::offer_outcome_count; ++k) {
    const auto outcome = static_cast<telemetry::offer_outcome>(k);
    out.sample({{"outcome", telemetry::name_of(outcome)}}, static_cast<double>(source.samples().of(outcome)));
  }
  out.family({"foreshift_source_up", gauge, "", "1 where the last poll was answered."});
  out.sample({}, n.polls > 0 && source.trouble().empty() ? 1 : 0);
}

std::string page_of(prometheus::exposition_format format, const outlook& series, const source_type& source,
                    const prometheus::subject_book& names) {
  prometheus::exposition_writer out{format};
  series.write(out, [&](telemetry::entity of) { return names.find(of); });
  write_health(out, source);
  return out.take();
}

}  // namespace

result<void, diagnostic> watch(const watch_options& o) {
  auto checked = check(o);
  if (!checked) return failure{checked.error()};
  const auto at = read_endpoint(o.prometheus);
  if (!at) return failure{at.error()};
  const auto map = read_map(o.prometheus);
  if (!map) return failure{map.error()};

  foreshift::http::client http{
      {.server = at->url, .tls = {o.prometheus.authorities, o.prometheus.certificate, o.prometheus.key}}};
  wall_clock clock;
  prometheus::subject_book names;
  const auto delay = std::clamp<duration>(checked->step / 6, 1s, 10s);
  source_type source{*at,
                     *map,
                     http,
                     clock,
                     names,
                     {.schedule = {.step = checked->step,
                                   .delay = delay,
                                   .spread = std::min<duration>(delay / 2, checked->step),
                                   .seed = o.seed},
                      .scrape = checked->scrape,
                      .history_steps = checked->history_steps}};
  outlook series{make_forecaster(*checked), foreshift::anomaly::make_standard_ensemble(),
                 std::move(checked->series)};
  auto server = foreshift::http::server::listen(checked->listen, [&](const auto& request) {
    return answer_metrics(
        request, [&](auto format) { return page_of(format, series, source, names); },
        "foreshift watch: see /metrics");
  });
  if (!server) return wrong("--listen", server.error());

  note_stop_signals();
  std::printf("http://%s:%u/metrics: forecasts of what %s sees, every %s\n", checked->listen.address.c_str(),
              static_cast<unsigned>((*server)->port()), to_string(at->url).c_str(),
              format_duration(checked->step).c_str());
  std::fflush(stdout);
  std::string told;
  while (!told_to_stop()) {
    source.poll([&](const telemetry::reading& r) { series.push(r); });
    series.settle();
    if (source.trouble() != told) {
      told = source.trouble();
      remark("watch", told.empty() ? "the server answers again" : told);
    }
    (*server)->wait(200ms);
  }
  return {};
}

}  // namespace tool
