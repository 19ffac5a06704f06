// `foreshift record`: a range of a Prometheus's history as a trace for `foreshift replay`.

#include "command.hpp"
#include "files.hpp"
#include "option_checks.hpp"
#include "option_error.hpp"
#include "prometheus_fleet.hpp"
#include "prometheus_options.hpp"
#include "remarks.hpp"
#include "replay_options.hpp"
#include "text.hpp"
#include "trace_writer.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

namespace tool {

namespace {

using foreshift::diagnostic;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;

struct record_options {
  prometheus_options prometheus;
  std::string step = "5m", output = "-";
  double size = 1;
};

result<void, diagnostic> run(const record_options& o) {
  if (o.prometheus.url.empty()) return wrong("--prometheus", "missing: say which, as http://localhost:9090");
  const auto step = parse_duration(o.step);
  if (!step) return wrong("--step", "not a duration: " + excerpt(o.step) + ": write 5m, 90s, 2h or 1d");
  if (const auto possible = can_write(o.output); !possible) return possible;
  const auto fleet = pull_fleet(o.prometheus, *step, o.size, values_max);
  if (!fleet) return failure{fleet.error()};
  if (const auto written = write_result(o.output, trace_text(fleet->trace)); !written) return written;
  for (const auto& what : fleet->remarks) remark("record", what);
  if (o.output == "-") return {};
  std::printf("%s: %zu workload%s, %zu steps of %s from %s\n", o.output.c_str(),
              fleet->trace.workloads.size(), fleet->trace.workloads.size() == 1 ? "" : "s",
              fleet->trace.steps(), format_duration(*step).c_str(),
              foreshift::format_time(fleet->trace.start).c_str());
  std::printf("foreshift replay --trace %s --step %s --start %s --size %s\n", o.output.c_str(),
              o.step.c_str(), foreshift::format_time(fleet->trace.start).c_str(),
              format_number(o.size, 6).c_str());
  return {};
}

}  // namespace

void add_record(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<record_options>();
  auto& o = *options;
  auto& c = *app.add_subcommand("record", "Records a range of a Prometheus's history as a trace for replay");
  c.footer(
      "The map names what to ask and whose the answers are: [cpu], [memory], ... with query, host, workload, "
      "site, "
      "kind,\n"
      "factor and combine; node_exporter, cadvisor, docker, swarm and deployments are built in.\n\n"
      "  foreshift record --prometheus http://localhost:9090 --from now-14d --map cadvisor -o trace.csv\n\n"
      "Exit code 2: something given was wrong, or the server did not answer; the reason stands on standard "
      "error.");
  add_prometheus_options(c, o.prometheus);
  c.add_option("--step", o.step, "time between two values")->type_name("TIME")->capture_default_str();
  c.add_option("--size", o.size, "cores that 100 % in the trace stand for")
      ->check(within(0.001, 10'000.0))
      ->type_name("CORES")
      ->capture_default_str();
  c.add_option("-o,--output", o.output, "the trace, - for standard output")
      ->type_name("FILE")
      ->capture_default_str();
  c.callback([options, &exit_status] {
    if (const auto done = run(*options); !done) exit_status = refuse("record: " + to_string(done.error()));
  });
}

}  // namespace tool
