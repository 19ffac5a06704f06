// `foreshift inventory`: what a cluster has, as the site of its data centre would see it.

#include "cluster_access.hpp"
#include "command.hpp"
#include "files.hpp"
#include "text.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace tool {

namespace {

using foreshift::diagnostic;
using foreshift::failure;
using foreshift::resource;
using foreshift::result;
namespace ports = foreshift::ports;
using json = nlohmann::ordered_json;

struct inventory_options {
  cluster_options cluster;
  std::string json_file, fleet_site;
};

std::string name_of(const ports::cluster_inventory& in, foreshift::host_id id) {
  const auto found = std::ranges::find(in.hosts, id, &ports::seen_host::id);
  return found == in.hosts.end() ? "?" : found->name;
}
std::string cores(const foreshift::resources& r) {
  return r[resource::cpu] > 0 ? format_number(r[resource::cpu], 3) : "-";
}
std::string gibibytes(const foreshift::resources& r) {
  return r[resource::memory] > 0 ? format_number(r[resource::memory] / (1U << 30U), 3) : "-";
}

std::string text_of(const ports::cluster_inventory& in) {
  std::vector<std::vector<std::string>> hosts{{"HOST", "STATE", "CORES", "GIB", "WORKLOADS"}};
  for (const auto& h : in.hosts) {
    const auto here = std::ranges::count_if(
        in.workloads, [&](const auto& w) { return std::ranges::find(w.on, h.id) != w.on.end(); });
    hosts.push_back({h.name,
                     !h.ready        ? "down"
                     : h.schedulable ? "ready"
                                     : "takes nothing new",
                     cores(h.capacity), gibibytes(h.capacity), std::to_string(here)});
  }
  std::vector<std::vector<std::string>> workloads{{"WORKLOAD", "RUNNING", "ON", "CORES", "GIB", "MAY MOVE"}};
  for (const auto& w : in.workloads) {
    std::string on;
    for (const auto id : w.on) on += (on.empty() ? "" : ",") + name_of(in, id);
    workloads.push_back({w.name, std::to_string(w.running) + "/" + std::to_string(w.replicas),
                         on.empty() ? "-" : on, cores(w.reserved), gibibytes(w.reserved),
                         w.movable ? "yes" : "no: " + w.why_not});
  }
  return text_table(hosts) + '\n' + text_table(workloads);
}

/// A name as YAML takes it, whatever is in it.
std::string quoted(const std::string& name) {
  return json(name).dump(-1, ' ', false, json::error_handler_t::replace);
}
/// The cluster's part of a fleet file, as a document of its own. What cannot be moved is pinned, what runs
/// nowhere is left out.
std::string fleet_of(const ports::cluster_inventory& in, const std::string& site) {
  std::string hosts = "---\nhosts:\n", workloads = "workloads:\n";
  for (const auto& h : in.hosts)
    hosts += "- {name: " + quoted(h.name) + ", site: " + quoted(site) + ", cpu: " + cores(h.capacity) +
             ", memory_gib: " + gibibytes(h.capacity) + "}\n";
  for (const auto& w : in.workloads) {
    if (w.on.empty()) continue;
    const auto amount = [&](const char* key, const std::string& value) {
      return value == "-" ? std::string{} : std::string{", "} + key + ": " + value;
    };
    workloads += "- {name: " + quoted(w.name) + ", host: " + quoted(name_of(in, w.on.front())) +
                 amount("cpu", cores(w.reserved)) + amount("memory_gib", gibibytes(w.reserved)) +
                 amount("cpu_limit", cores(w.limits)) +
                 (w.movable ? "}" : ", pinned: true}  # " + w.why_not) + "\n";
  }
  return hosts + workloads;
}

json amounts(const foreshift::resources& r) {
  json out;
  for (std::size_t i = 0; i < foreshift::resource_count; ++i)
    out[std::string{name_of(static_cast<resource>(i))}] = r.amount[i];
  return out;
}
json labels_of(const ports::name_labels& labels) {
  json out = json::object();
  for (const auto& [name, value] : labels) out[name] = value;
  return out;
}

std::string json_of(const ports::cluster_inventory& in) {
  json out{{"hosts", json::array()}, {"workloads", json::array()}};
  for (const auto& h : in.hosts)
    out["hosts"].push_back({{"name", h.name},
                            {"ready", h.ready},
                            {"schedulable", h.schedulable},
                            {"capacity", amounts(h.capacity)},
                            {"labels", labels_of(h.labels)}});
  for (const auto& w : in.workloads) {
    json on = json::array();
    for (const auto id : w.on) on.push_back(name_of(in, id));
    out["workloads"].push_back({{"name", w.name},
                                {"replicas", w.replicas},
                                {"running", w.running},
                                {"on", std::move(on)},
                                {"reserved", amounts(w.reserved)},
                                {"limits", amounts(w.limits)},
                                {"movable", w.movable},
                                {"why_not", w.why_not},
                                {"labels", labels_of(w.labels)}});
  }
  return out.dump(1, ' ', false, json::error_handler_t::replace) + '\n';
}

result<void, diagnostic> run(const inventory_options& o) {
  if (!o.json_file.empty())
    if (const auto possible = can_write(o.json_file); !possible) return possible;
  auto cluster = open({{only_site, o.cluster}});
  if (!cluster) return failure{cluster.error()};
  const auto seen = (*cluster)->inventory(only_site);
  if (!seen) return failure{diagnostic{"", 0, "", seen.error()}};
  if (!o.fleet_site.empty()) return write_result("-", fleet_of(*seen, o.fleet_site));
  return o.json_file.empty() ? write_result("-", text_of(*seen)) : write_result(o.json_file, json_of(*seen));
}

}  // namespace

void add_inventory(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<inventory_options>();
  auto& o = *options;
  auto& c = *app.add_subcommand("inventory", "Prints the hosts and workloads of a cluster");
  c.footer(
      "  foreshift inventory --orchestrator swarm\n"
      "  foreshift inventory --orchestrator swarm --server https://10.0.0.1:2376 --ca ca.pem --cert cert.pem "
      "--key key.pem\n"
      "  foreshift inventory --orchestrator kubernetes --kubeconfig ~/.kube/config --json -\n"
      "  foreshift inventory --orchestrator swarm --fleet north >>fleet.yaml\n\n"
      "Exit code 2: something given was wrong, or the cluster did not answer.");
  add_cluster_options(c, o.cluster);
  auto* json =
      c.add_option("--json", o.json_file, "the same for programs, - for standard output")->type_name("FILE");
  c.add_option("--fleet", o.fleet_site,
               "the cluster's part of a fleet file for `smc`, under this site's name")
      ->type_name("SITE")
      ->excludes(json);
  c.callback([options, &exit_status] {
    if (const auto done = run(*options); !done) exit_status = refuse("inventory: " + to_string(done.error()));
  });
}

}  // namespace tool
