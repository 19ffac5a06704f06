// `foreshift watch`: forecasts of what a running Prometheus sees, as metrics that it can scrape.

#include "command.hpp"
#include "option_checks.hpp"
#include "watch_run.hpp"

#include <memory>

namespace tool {

void add_watch(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<watch_options>();
  auto& o = *options;
  auto& c = *app.add_subcommand("watch", "Forecasts what a running Prometheus sees, as metrics to scrape");
  c.footer(
      "Asks the server after each step what the map names, and serves /metrics: what is predicted of every\n"
      "host and workload by lead and level, the odds that a limit is exceeded, and how strange the last "
      "value\n"
      "was. While a series is too short for a model it is predicted to stay as it is. Runs until it is\n"
      "stopped (SIGINT, SIGTERM), also while the server is away.\n\n"
      "  foreshift watch --prometheus http://localhost:9090 --map node_exporter --limit cpu=1.6\n\n"
      "Exit code 0: it was stopped; 2: something given was wrong. The reason stands on standard error.");
  add_prometheus_options(c, o.prometheus, prometheus_times::live);
  const auto say = [&c](const char* group, const std::string& name, auto& value, const std::string& help,
                        const char* type) {
    return c.add_option(name, value, help)->type_name(type)->group(group)->capture_default_str();
  };
  say("Series", "--step", o.step, "time between two values", "TIME");
  say("Series", "--history", o.history, "how far back the server is asked at first", "TIME");
  say("Series", "--series", o.series_max, "how many are followed at most", "N")
      ->check(within(std::size_t{1}, std::size_t{100'000}));
  say("Forecasts", "--horizon", o.horizon, "steps ahead", "N")
      ->check(within(std::size_t{1}, std::size_t{1000}));
  c.add_option("--limit", o.limits,
               "above it is an overload, as cpu=1.6, in the map's units; may be repeated")
      ->allow_extra_args(false)
      ->type_name("METRIC=X")
      ->group("Forecasts");
  say("Forecasts", "--seed", o.seed, "of the forecasts' paths and of the times to ask at", "N")
      ->check(any_seed());
  say("Output", "--listen", o.listen,
      "where /metrics is served: an address and a port, 0 for any that is free", "ADDRESS:PORT");
  c.callback([options, &exit_status] {
    if (const auto done = watch(*options); !done) exit_status = refuse("watch: " + to_string(done.error()));
  });
}

}  // namespace tool
