#pragma once
// The clusters that the program speaks to: Docker Swarms or Kubernetes, behind one face.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/migration/object_record.hpp>
#include <foreshift/ports/cluster_inventory.hpp>

#include <CLI/CLI.hpp>

#include <functional>
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

/// The site that a cluster stands for where there is one only.
inline constexpr foreshift::site_id only_site{1};
/// The cluster of one data centre.
struct site_cluster {
  foreshift::site_id site;
  cluster_options how;
};

/// Clusters, opened. Every call may wait for a cluster; a reason names the request. Threads: one call at a
/// time.
class open_clusters {
 public:
  virtual ~open_clusters() = default;
  [[nodiscard]] virtual foreshift::result<foreshift::ports::cluster_inventory, std::string> inventory(
      foreshift::site_id of) = 0;
  /// What the workload's object keeps; the default for one that keeps nothing.
  [[nodiscard]] virtual foreshift::result<foreshift::migration::object_record, std::string> record_of(
      foreshift::site_id at, foreshift::workload_id workload) = 0;
  /// Names as `inventory` prints them, for clusters whose objects cannot be found by number alone: to be
  /// called for what is commanded without having been seen. A reason names what is wrong.
  [[nodiscard]] virtual foreshift::result<void, std::string> learn_names(
      foreshift::site_id at, const std::vector<std::string>& hosts,
      const std::vector<std::string>& workloads) = 0;
  /// What directs traffic when a workload goes from one cluster to another; as `driver::traffic_switch`.
  virtual void switch_traffic(std::function<std::string(const foreshift::migration::command&)> hook) = 0;
  virtual std::error_code submit(const foreshift::migration::command& what) = 0;
  /// Carries out what was submitted; the answers that have come.
  [[nodiscard]] virtual std::vector<foreshift::migration::event> poll() = 0;
};

/// Nothing is asked of them yet. @pre not empty, all of one orchestrator
foreshift::result<std::unique_ptr<open_clusters>, foreshift::diagnostic> open(
    const std::vector<site_cluster>& clusters);

}  // namespace tool
