#include "cluster_access.hpp"

#include "files.hpp"
#include "option_error.hpp"

#include <foreshift/adapters/docker/swarm_cluster.hpp>
#include <foreshift/adapters/http/client.hpp>
#include <foreshift/adapters/kubernetes/access.hpp>
#include <foreshift/adapters/kubernetes/kubeconfig.hpp>
#include <foreshift/adapters/kubernetes/kubernetes_cluster.hpp>
#include <foreshift/driver/cluster_orchestrator.hpp>
#include <foreshift/ports/http_url.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string_view>
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

/// Since the program began: only its pace counts.
struct steady_clock {
  foreshift::time_point now() {
    return foreshift::time_point{std::chrono::steady_clock::now().time_since_epoch()};
  }
};

template <class Cluster>
class opened : public open_cluster {
 public:
  template <class... Args>
  opened(std::string space, http::options to, Args&&... args)
      : space_(std::move(space)), client_(std::move(to)), orchestrator_(steady_clock{}, paces()) {
    orchestrator_.reach(only_site, make(client_, std::forward<Args>(args)...));
  }

  result<ports::cluster_inventory, std::string> inventory() override {
    auto seen = [&] {
      if constexpr (requires { cluster().inventory(space_); })
        return cluster().inventory(space_);
      else
        return cluster().inventory();
    }();
    if (!seen) return failure{seen.error().reason};
    return *std::move(seen);
  }
  result<migration::object_record, std::string> record_of(foreshift::workload_id workload) override {
    migration::command about;
    about.workload = workload, about.from_site = about.to_site = only_site;
    auto seen = cluster().read(about);
    if (!seen) return failure{seen.error().reason};
    return seen->record;
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
  Cluster& cluster() { return *orchestrator_.cluster(only_site); }

  std::string space_;
  http::client client_;
  foreshift::driver::cluster_orchestrator<Cluster, steady_clock> orchestrator_;
};

result<std::unique_ptr<open_cluster>, diagnostic> open_swarm(const cluster_options& o) {
  http::options to{.tls = {o.authorities, o.certificate, o.key}};
  const std::string server = o.server.empty() ? "unix:///var/run/docker.sock" : o.server;
  constexpr std::string_view local = "unix://";
  if (server.starts_with(local)) {
    to.unix_socket = server.substr(local.size());
    to.server.host = "localhost";
  } else {
    const auto url = ports::parse_http_url(server);
    if (!url) return wrong("--server", url.error());
    to.server = *url;
  }
  return std::unique_ptr<open_cluster>{
      std::make_unique<opened<docker::swarm_cluster<http::client>>>("", std::move(to))};
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

result<std::unique_ptr<open_cluster>, diagnostic> open_kubernetes(const cluster_options& o) {
  if (!o.server.empty()) return wrong("--server", "only with swarm: a kubeconfig names its server");
  auto as = access_of(o);
  if (!as) return failure{as.error()};
  http::options to{.server = as->server,
                   .tls = {as->authorities.given(), as->certificate.given(), as->key.given()}};
  using cluster = kubernetes::kubernetes_cluster<kubernetes::authorised_client<http::client>>;
  return std::unique_ptr<open_cluster>{
      std::make_unique<opened<cluster>>(o.space, std::move(to), *std::move(as))};
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

result<std::unique_ptr<open_cluster>, diagnostic> open(const cluster_options& o) {
  if (o.orchestrator == "swarm") return open_swarm(o);
  if (o.orchestrator == "kubernetes") return open_kubernetes(o);
  return wrong("--orchestrator", "neither swarm nor kubernetes: " + excerpt(o.orchestrator));
}

}  // namespace tool
