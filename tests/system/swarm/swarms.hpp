#pragma once
/// @file
/// The two real swarms of two_swarms.sh, for tests: site 1 has node1 and node2, site 2 has node3 and node4.

#include <foreshift/adapters/docker/swarm_cluster.hpp>
#include <foreshift/adapters/http/client.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/driver/cluster_orchestrator.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/ports/cluster_inventory.hpp>

#include <support/shell.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace swarm_test {

using namespace foreshift;
using namespace std::chrono_literals;

struct wall_clock {
  [[nodiscard]] time_point now() const {
    return time_point{std::chrono::steady_clock::now().time_since_epoch()};
  }
};
using swarm = docker::swarm_cluster<http::client>;
using orchestrator = driver::cluster_orchestrator<swarm, wall_clock>;

/// Looks until it is so. A busy machine takes its time.
inline bool comes_true(const std::function<bool()>& claim, duration within = 60s) {
  const auto end = wall_clock{}.now() + within;
  while (!claim()) {
    if (wall_clock{}.now() > end) return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

/// What two_swarms.sh has started.
struct town {
  std::string place = std::getenv("FORESHIFT_SWARMS") != nullptr ? std::getenv("FORESHIFT_SWARMS") : "";
  std::string network{};
  std::array<http::client, 2> http{client_of(1), client_of(3)};
  std::function<std::string(const migration::command&)> switched{};

  town() {
    REQUIRE_MESSAGE(!place.empty(), "run me by two_swarms.sh run");
    std::ifstream{place + "/address"} >> network;
  }
  [[nodiscard]] http::client client_of(int daemon) const {
    return http::client{{.unix_socket = place + "/" + std::to_string(daemon) + "/sock"}};
  }
  /// A process with ways to both swarms.
  [[nodiscard]] orchestrator process() {
    orchestrator o{wall_clock{}, {.look_every = 0s}};
    o.reach({1}, swarm{http[0], {.name = "swarm a"}}).reach({2}, swarm{http[1], {.name = "swarm b"}});
    o.switch_traffic([this](const migration::command& c) { return switched ? switched(c) : std::string{}; });
    return o;
  }
  [[nodiscard]] docker::manager<http::client> manager(int site) {
    return {http[static_cast<std::size_t>(site - 1)], site == 1 ? "swarm a" : "swarm b"};
  }
  /// `docker ...` at a daemon, as a person would.
  std::string by_hand(int daemon, const std::string& words) const {
    const auto done =
        run_shell("docker -H unix://" + place + "/" + std::to_string(daemon) + "/sock " + words);
    CHECK_MESSAGE(done.status == 0, words << ": " << done.output);
    return done.output;
  }
  void flag(const std::string& name) const { std::ofstream{place + "/flags/" + name}; }
  void unflag() const {
    for (const auto& one : std::filesystem::directory_iterator{place + "/flags"})
      std::filesystem::remove(one.path());
  }
  [[nodiscard]] std::string id_of_node(int node) {
    const auto nodes = manager(node < 3 ? 1 : 2).nodes();
    REQUIRE(nodes.has_value());
    for (const auto& n : *nodes)
      if (n.name == "node" + std::to_string(node)) return n.id;
    FAIL("no node" << node);
    return {};
  }
};

/// A web service that works for each request, and ends when those under way are answered: pinned to a node,
/// healthy when it serves. Where there is a file sick-nodeN it does not get healthy on node N, where there is
/// crash-nodeN it ends at once.
class web {
 public:
  explicit web(town& where, int node = 1, const std::string& more = "") : town_(&where) {
    static int made = 0;
    name_ = "w" + std::to_string(++made);
    port_ = static_cast<std::uint16_t>(8000 + made);
    const std::string port = std::to_string(port_);
    town_->by_hand(
        node < 3 ? 1 : 3,
        "service create -d --name " + name_ +
            " --no-resolve-image --network host --constraint node.hostname==node" + std::to_string(node) +
            " --mount type=bind,src=" + town_->place +
            "/flags,dst=/flags,ro --env 'NODE={{.Node.Hostname}}' --health-cmd '[ ! -f /flags/sick-$NODE ] "
            "&& "
            "wget -q -O /dev/null http://127.0.0.1:" +
            port +
            "/cgi-bin/work' --health-interval 200ms --health-retries 3 --health-timeout 5s "
            "--stop-grace-period 2s "
            "--restart-delay 300ms --update-monitor 200ms " +
            more + " foreshift-test:1 /bin/sh -c '[ ! -f /flags/crash-$NODE ] || exit 3; httpd -f -p " +
            port + " -h /site & on=$!; trap \"kill $on; sleep 0.5\" TERM; wait $on'");
    REQUIRE(comes_true([&] { return serving(node).size() == 1; }));
  }
  web(const web&) = delete;
  web& operator=(const web&) = delete;
  ~web() {
    for (int daemon : {1, 3})
      static_cast<void>(run_shell("docker -H unix://" + town_->place + "/" + std::to_string(daemon) +
                                  "/sock service rm " + name_));
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] workload_id id() const { return {ports::id_of_name(name_)}; }
  [[nodiscard]] static place_id place(int node) { return {ports::id_of_name("node" + std::to_string(node))}; }

  [[nodiscard]] docker::service seen(int site = 1) {
    auto s = town_->manager(site).find(name_);
    REQUIRE_MESSAGE(s.has_value(), (s ? "" : s.error().reason));
    return *std::move(s);
  }
  [[nodiscard]] bool is_there(int site) { return town_->manager(site).find(name_).has_value(); }
  [[nodiscard]] std::vector<docker::task> tasks(int site = 1) {
    if (!is_there(site)) return {};
    auto all = town_->manager(site).tasks(seen(site).id);
    REQUIRE(all.has_value());
    return *std::move(all);
  }
  /// The ids of all tasks that were ever placed on a node.
  [[nodiscard]] std::set<std::string> begun(int node) {
    std::set<std::string> out;
    const std::string id = town_->id_of_node(node);
    for (const auto& t : tasks(node < 3 ? 1 : 2))
      if (t.node == id) out.insert(t.id);
    return out;
  }
  /// Nothing of it runs there any more, its port is free. (Swarm no longer lists what goes as a service
  /// shrinks.)
  [[nodiscard]] bool is_gone(int node) const {
    http::client client{
        {.server = {.tls = false, .host = town_->network + std::to_string(node), .port = port_}}};
    ports::http_request any;
    any.target = "/";
    any.timeout = 1s;
    return !client.exchange(any).has_value();
  }
  [[nodiscard]] std::set<std::string> serving(int node) {
    std::set<std::string> out;
    const std::string id = town_->id_of_node(node);
    for (const auto& t : tasks(node < 3 ? 1 : 2))
      if (t.node == id && t.serves()) out.insert(t.id);
    return out;
  }

 private:
  town* town_;
  std::string name_;
  std::uint16_t port_;
};

[[nodiscard]] inline site_id site_of(int node) { return {node < 3 ? 1U : 2U}; }

}  // namespace swarm_test
