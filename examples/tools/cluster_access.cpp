#include "cluster_access.hpp"

#include "clocks.hpp"
#include "docker_daemon.hpp"
#include "files.hpp"
#include "option_error.hpp"

#include <foreshift/adapters/docker/swarm_cluster.hpp>
#include <foreshift/adapters/http/client.hpp>
#include <foreshift/adapters/kubernetes/access.hpp>
#include <foreshift/adapters/kubernetes/kubeconfig.hpp>
#include <foreshift/adapters/kubernetes/kubernetes_cluster.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/driver/cluster_orchestrator.hpp>

#include <chrono>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <utility>

namespace tool {

using foreshift::diagnostic;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;
namespace docker = foreshift::docker;
namespace http = foreshift::http;
namespace kubernetes = foreshift::kubernetes;
namespace migration = foreshift::migration;
namespace ports = foreshift::ports;

namespace {

template <class Cluster>
class opened : public open_clusters {
 public:
  template <class... Args>
  void reach(foreshift::site_id site, std::string space, http::options to, Args&&... args) {
    spaces_.insert_or_assign(site, std::move(space));
    clients_.emplace_back(std::move(to));
    orchestrator_.reach(site, make(clients_.back(), std::forward<Args>(args)...));
  }

  result<ports::cluster_inventory, std::string> inventory(foreshift::site_id of) override {
    Cluster& cluster = *orchestrator_.cluster(of);
    auto seen = [&] {
      if constexpr (requires { cluster.inventory(std::string{}); })
        return cluster.inventory(*spaces_.find(of));
      else
        return cluster.inventory();
    }();
    if (!seen) return failure{seen.error().reason};
    return *std::move(seen);
  }
  result<migration::object_record, std::string> record_of(foreshift::site_id at,
                                                          foreshift::workload_id workload) override {
    migration::command about;
    about.workload = workload, about.from_site = about.to_site = at;
    auto seen = orchestrator_.cluster(at)->read(about);
    if (!seen) return failure{seen.error().reason};
    return seen->record;
  }
  result<void, std::string> learn_names(foreshift::site_id at, const std::vector<std::string>& hosts,
                                        const std::vector<std::string>& workloads) override {
    if constexpr (requires(Cluster & c) { c.names().learn_node(std::string{}); }) {
      auto& names = orchestrator_.cluster(at)->names();
      for (const auto& host : hosts)
        if (auto kept = names.learn_node(host); !kept) return failure{kept.error()};
      for (const auto& workload : workloads) {
        const auto which = kubernetes::parse_object_name(workload);
        if (!which || kubernetes::to_string(*which) != workload)
          return failure{excerpt(workload) +
                         " is no workload of Kubernetes: write deployment/NAMESPACE/NAME or "
                         "statefulset/NAMESPACE/NAME, as `foreshift inventory` does"};
        if (auto kept = names.learn_workload(*which); !kept) return failure{kept.error()};
      }
    }
    return {};
  }
  void switch_traffic(std::function<std::string(const migration::command&)> hook) override {
    orchestrator_.switch_traffic(std::move(hook));
  }
  std::error_code submit(const migration::command& what) override { return orchestrator_.submit(what); }
  std::vector<migration::event> poll() override {
    std::vector<migration::event> heard;
    orchestrator_.poll([&](const migration::event& e) { heard.push_back(e); });
    return heard;
  }

 private:
  static foreshift::driver::cluster_orchestrator_options paces() {
    return {.look_every = std::chrono::milliseconds{500}};
  }
  static auto make(http::client& client) { return docker::swarm_cluster<http::client>{client}; }
  static auto make(http::client& client, kubernetes::access as) {
    return Cluster{kubernetes::authorised_client<http::client>{client, std::move(as)}};
  }

  foreshift::flat_map<foreshift::site_id, std::string> spaces_;
  std::deque<http::client> clients_;  // stay where they are
  foreshift::driver::cluster_orchestrator<Cluster, steady_clock> orchestrator_{steady_clock{}, paces()};
};
using opened_swarms = opened<docker::swarm_cluster<http::client>>;
using opened_kubernetes = opened<kubernetes::kubernetes_cluster<kubernetes::authorised_client<http::client>>>;

result<void, diagnostic> reach(opened_swarms& all, foreshift::site_id site, const cluster_options& o) {
  auto to = docker_daemon_at(o.server.empty() ? "unix:///var/run/docker.sock" : o.server);
  if (!to) return wrong("--server", to.error());
  to->tls = {o.authorities, o.certificate, o.key};
  all.reach(site, "", *std::move(to));
  return {};
}

result<kubernetes::access, diagnostic> access_of(const cluster_options& o) {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string{value == nullptr ? "" : value};
  };
  if (o.kubeconfig.empty()) {
    auto as = kubernetes::in_cluster_access(variable("KUBERNETES_SERVICE_HOST"),
                                            variable("KUBERNETES_SERVICE_PORT"));
    if (!as) return wrong("--kubeconfig", "missing: say which file; " + as.error());
    return *std::move(as);
  }
  const auto text = read_text(o.kubeconfig);
  if (!text) return failure{text.error()};
  return kubernetes::parse_kubeconfig(*text, source_name(o.kubeconfig),
                                      std::filesystem::path{o.kubeconfig}.parent_path().string(), o.context);
}

result<void, diagnostic> reach(opened_kubernetes& all, foreshift::site_id site, const cluster_options& o) {
  if (!o.server.empty()) return wrong("--server", "only with swarm: a kubeconfig names its server");
  auto as = access_of(o);
  if (!as) return failure{as.error()};
  http::options to{.server = as->server,
                   .tls = {as->authorities.given(), as->certificate.given(), as->key.given()}};
  all.reach(site, o.space, std::move(to), *std::move(as));
  return {};
}

template <class Opened>
result<std::unique_ptr<open_clusters>, diagnostic> open_all(const std::vector<site_cluster>& clusters) {
  auto all = std::make_unique<Opened>();
  for (const auto& one : clusters)
    if (auto reached = reach(*all, one.site, one.how); !reached) return failure{reached.error()};
  return std::unique_ptr<open_clusters>{std::move(all)};
}

}  // namespace

void add_cluster_options(CLI::App& c, cluster_options& o) {
  const auto add = [&](const char* name, std::string& to, const std::string& what, const char* type) {
    return c.add_option(name, to, what)->type_name(type)->group("Cluster");
  };
  add("--orchestrator", o.orchestrator, "swarm or kubernetes", "NAME")->required();
  add("--server", o.server, "swarm: a manager's API; by default unix:///var/run/docker.sock", "URL");
  add("--ca", o.authorities, "swarm: whom to trust, PEM; by default whom the system trusts", "FILE");
  add("--cert", o.certificate, "swarm: our own certificate, PEM", "FILE");
  add("--key", o.key, "swarm: the key of the certificate, PEM", "FILE");
  add("--kubeconfig", o.kubeconfig, "kubernetes: the file; by default what a pod finds in its surroundings",
      "FILE");
  add("--context", o.context, "kubernetes: of the kubeconfig; by default its current one", "NAME");
  add("--namespace", o.space, "kubernetes: only its workloads; by default all", "NAME");
}

result<std::unique_ptr<open_clusters>, diagnostic> open(const std::vector<site_cluster>& clusters) {
  const std::string& kind = clusters.front().how.orchestrator;
  if (kind == "swarm") return open_all<opened_swarms>(clusters);
  if (kind == "kubernetes") return open_all<opened_kubernetes>(clusters);
  return wrong("--orchestrator", "neither swarm nor kubernetes: " + excerpt(kind));
}

}  // namespace tool
