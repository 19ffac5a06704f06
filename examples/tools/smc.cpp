// `foreshift smc`: the State Monitoring Component of one data centre, for real.

#include "command.hpp"
#include "option_checks.hpp"
#include "smc_run.hpp"

#include <memory>

namespace tool {

void add_smc(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<smc_options>();
  auto& o = *options;
  auto& c = *app.add_subcommand("smc",
                                "Runs a site: watches, forecasts, proposes, votes and moves, with its peers");
  c.footer(
      "One process for each data centre, all with the same fleet file:\n\n"
      "  step: 5m\n"
      "  orchestrator: swarm              # swarm, kubernetes, or none: agreed moves are only told\n"
      "  sites:\n"
      "  - name: north                    # south and west likewise\n"
      "    address: '10.0.0.1:7400'\n"
      "    cluster: {server: 'https://10.0.0.1:2376', ca: ca.pem, cert: cert.pem, key: key.pem}\n"
      "  hosts:\n"
      "  - {name: node1, site: north, cpu: 8, memory_gib: 32}\n"
      "  - {name: node2, site: south, cpu: 8, memory_gib: 32}\n"
      "  workloads:\n"
      "  - {name: web, host: node1, criticality: 2}\n\n"
      "A cluster is a manager of a swarm, or a `kubeconfig`; each site opens all of them. Hosts and "
      "workloads are called as `foreshift inventory` prints them, and of the maps "
      "that are\n"
      "built in swarm and deployments call them so. Readings come from one of --prometheus, --node and "
      "--lines.\n\n"
      "What the sites agree on is kept under --data and survives a crash. The file cannot be changed under a "
      "log: begin\n"
      "with empty folders, everywhere. While one of two sites is away nothing is decided; three bear the "
      "loss "
      "of one.\n"
      "Sites trust the network between them: keep it private.\n\n"
      "  foreshift smc --fleet fleet.yaml --site north --data /var/lib/foreshift --prometheus "
      "http://localhost:9090 "
      "--map swarm\n\n"
      "Serves /metrics and /status. Exit code 0: it was stopped; 1: it had to give up; 2: something given "
      "was wrong.");
  const auto say = [&c](const char* group, const char* name, std::string& value, const char* help,
                        const char* type) {
    return c.add_option(name, value, help)->type_name(type)->group(group)->capture_default_str();
  };
  say("Site", "--fleet", o.fleet, "what all sites start from", "FILE")->required();
  say("Site", "--site", o.site, "which of its sites this is", "NAME")->required();
  say("Site", "--data", o.data, "folder of the log; made where there is none", "FOLDER")->required();
  say("Site", "--listen", o.listen,
      "where the other sites come in; by default this site's address of the fleet file", "ADDRESS:PORT");
  say("Site", "--serve", o.serve,
      "where /metrics and /status are served: an address and a port, 0 for any that is free", "ADDRESS:PORT");
  say("Site", "--switch-traffic", o.switch_traffic,
      "program that directs traffic when a workload goes to another cluster, called with WORKLOAD FROM_SITE "
      "FROM_HOST TO_SITE TO_HOST; 0 within a minute says that it is done",
      "PROGRAM");
  say("Site", "--calendar", o.calendar, "announced events, CSV start,end,kind,label or iCalendar; read once",
      "FILE");
  add_prometheus_options(c, o.telemetry.prometheus, prometheus_times::live);
  say("Telemetry", "--history", o.history, "how far back the Prometheus is asked at first", "TIME");
  c.add_option(
       "--node", o.telemetry.nodes,
       "daemon of Docker on one of the site's own nodes, in place of a Prometheus; once for each node")
      ->allow_extra_args(false)
      ->type_name("URL")
      ->group("Telemetry");
  say("Telemetry", "--lines", o.telemetry.lines,
      "lines of JSON in place of a Prometheus: a file, a pipe, or -", "FILE");
  say("Telemetry", "--recorded", o.telemetry.recorded, "lines of the same kind from before the site began",
      "FILE");
  c.add_option("--seed", o.seed, "of forecasts' paths and of elections")
      ->type_name("N")
      ->group("Site")
      ->capture_default_str()
      ->check(any_seed());
  c.add_flag("--json", o.json, "print what happens as a JSON object a line")->group("Site");
  c.callback([options, &exit_status] {
    const auto done = run_site(*options);
    exit_status = done ? *done : refuse("smc: " + to_string(done.error()));
  });
}

}  // namespace tool
