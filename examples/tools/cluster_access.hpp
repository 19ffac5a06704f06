#pragma once
// The cluster that `inventory` and `move` speak to: a Docker Swarm or a Kubernetes, behind one face.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/migration/object_record.hpp>
#include <foreshift/ports/cluster_inventory.hpp>

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace tool {

/// As said on the command line.
struct cluster_options {
  std::string orchestrator;  ///< swarm or kubernetes
  std::string server;        ///< swarm: unix:///var/run/docker.sock or https://host:2376
  std::string authorities, certificate, key;
  std::string kubeconfig, context;  ///< kubernetes; without a file: that of a pod
  std::string space;                ///< kubernetes: of the workloads; empty: all
};

/// Adds `--orchestrator` and what goes with it.
void add_cluster_options(CLI::App& command, cluster_options& options);

/// The site that the one cluster stands for.
inline constexpr foreshift::site_id only_site{1};

/// One cluster, opened. Every call may wait for the cluster; a reason names the request.
class open_cluster {
 public:
  virtual ~open_cluster() = default;
  [[nodiscard]] virtual foreshift::result<foreshift::ports::cluster_inventory, std::string> inventory() = 0;
  /// What the workload's object keeps; the default for one that keeps nothing.
  [[nodiscard]] virtual foreshift::result<foreshift::migration::object_record, std::string> record_of(
      foreshift::workload_id workload) = 0;
  virtual std::error_code submit(const foreshift::migration::command& what) = 0;
  /// Carries out what was submitted; the answers that have come.
  [[nodiscard]] virtual std::vector<foreshift::migration::event> poll() = 0;
};

/// Nothing is asked of the cluster yet.
foreshift::result<std::unique_ptr<open_cluster>, foreshift::diagnostic> open(const cluster_options& options);

}  // namespace tool
