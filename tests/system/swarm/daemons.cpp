// What a single daemon tells: over TLS, and of the containers that it runs.
#include <foreshift/adapters/docker/container_source.hpp>
#include <foreshift/adapters/docker/site_source.hpp>

#include <contracts/telemetry_source_contract.hpp>
#include <system/swarm/swarms.hpp>

#include <doctest/doctest.h>

#include <unistd.h>  // the ticks of /proc are POSIX

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

using namespace swarm_test;

namespace {

/// Seconds of a core that a process has used, as the kernel says it: /proc/PID/stat, fields 14 and 15.
double used_by(const std::string& pid) {
  std::ifstream in{"/proc/" + pid + "/stat"};
  std::string skipped;
  for (int field = 1; field < 14; ++field) in >> skipped;
  double user = 0, system = 0;
  in >> user >> system;
  REQUIRE_MESSAGE(in, "no process " << pid);
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// Begins at the start of a step.
struct fresh_clock {
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
  [[nodiscard]] time_point now() const {
    return time_point{12h} + (std::chrono::steady_clock::now() - begun);
  }
};

}  // namespace

TEST_CASE(
    "over TLS a daemon tells the same as over its Unix socket, to who shows a certificate that it trusts") {
  town here;
  web w{here};
  const auto over_tls = [&](const std::string& authority, const std::string& who) {
    const std::string at = here.place + "/tls/";
    http::options to{.server = {.tls = true, .host = here.network + "1", .port = 2376},
                     .tls = {.authorities = at + authority + ".pem"}};
    if (!who.empty()) to.tls.certificate = at + who + ".pem", to.tls.key = at + who + ".key";
    return http::client{to};
  };
  const auto listed = [](http::client& c) {
    std::string text;
    const auto seen = swarm{c, {.name = "swarm a"}}.inventory();
    if (!seen) return "error: " + seen.error().reason;
    for (const auto& h : seen->hosts) text += h.name + " ";
    for (const auto& one : seen->workloads) text += one.name + " " + std::to_string(one.running) + " ";
    return text;
  };
  auto known = over_tls("ca", "client");
  CHECK(listed(known) == "node1 node2 " + w.name() + " 1 ");
  CHECK(listed(known) == listed(here.http[0]));

  const auto s = docker::manager<http::client>{known, "swarm a"}.find(w.name());
  REQUIRE(s.has_value());
  auto labelled = s->spec;
  labelled["Labels"]["by"] = "TLS";
  CHECK(docker::manager<http::client>{known, "swarm a"}.update(*s, labelled).has_value());
  CHECK(w.seen().label("by") == "TLS");

  const auto why = [&](const std::string& authority, const std::string& who) {
    auto other = over_tls(authority, who);
    return listed(other);
  };
  const auto says = [](const std::string& reason, const char* claim) {
    CHECK_MESSAGE(reason.find(claim) != std::string::npos, reason);
  };
  says(why("ca", ""), "the server wants to see a certificate of ours: give one");
  says(why("ca", "late"), "/tls/late.pem has expired on 20");
  says(why("ca", "stranger"), "signed by an authority that it trusts");
  says(why("other", "client"), "no trusted authority has signed the server's certificate: name the file");
}

TEST_CASE("a busy service shows the cores that the kernel has counted of it, within 0.05") {
  town here;
  here.by_hand(1,
               "service create -d --name busy --no-resolve-image --network host --limit-cpu 0.5 "
               "--stop-grace-period 200ms "
               "--constraint node.hostname==node1 foreshift-test:1 /bin/sh -c 'while :; do :; done'");
  std::string container;
  REQUIRE(comes_true([&] {
    container = here.by_hand(1, "ps -q --filter name=busy");
    return !container.empty();
  }));
  container.pop_back();  // the end of the line
  auto pid = here.by_hand(1, "inspect --format '{{.State.Pid}}' " + container);
  pid.pop_back();

  fresh_clock clock;
  constexpr duration step = 3s;
  const docker::container_source_options each{.schedule = {.step = step, .delay = 0s, .spread = 0s}};
  docker::container_source source{here.http[0], clock, each};
  auto node1_again = here.client_of(1), node2_only = here.client_of(2);
  docker::site_source<http::client, fresh_clock> site{clock, each};
  site.reach(node1_again, "node 1").reach(node2_only, "node 2");
  std::vector<telemetry::reading> of_site;
  const auto round = [&] {
    const auto before = source.counts().rounds;
    std::vector<telemetry::reading> told;
    REQUIRE(comes_true([&] {
      for (const auto& r : contracts::readings(site)) of_site.push_back(r);
      for (const auto& r : contracts::readings(source)) told.push_back(r);
      CHECK_MESSAGE(source.trouble().empty(), source.trouble());
      return source.counts().rounds > before;
    }));
    return told;
  };
  CHECK(round().empty());
  std::vector<telemetry::reading> told;
  const auto value = [&](telemetry::entity who, telemetry::metric what) {
    const auto at = std::ranges::find(told, telemetry::series_key{who, what}, &telemetry::reading::key);
    return at == told.end() ? std::numeric_limits<double>::quiet_NaN() : at->what.value;
  };
  const workload_id busy{ports::id_of_name("busy")};
  const host_id node1{ports::id_of_name("node1")};
  // The daemon looks a little before we do, and more than a little where the machine is busy: one step of
  // four.
  double counted = 0;
  for (int i = 0; i < 4; ++i) {
    const auto begun = wall_clock{}.now();
    const double used_before = used_by(pid);
    told = round();
    counted = (used_by(pid) - used_before) / to_seconds(wall_clock{}.now() - begun);
    if (std::abs(value(busy, telemetry::metric::cpu) - counted) <= 0.05) break;
  }
  const double cores = value(busy, telemetry::metric::cpu), bytes = value(busy, telemetry::metric::memory);
  MESSAGE("cores: " << cores << ", by the kernel " << counted << "; memory: " << bytes << " bytes");
  CHECK(cores > 0.01);  // the machine may be busy
  CHECK(std::abs(cores - counted) <= 0.05);
  CHECK(bytes > 10'000);
  CHECK(bytes < 64e6);
  CHECK(value(node1, telemetry::metric::cpu) >= cores);
  CHECK(value(node1, telemetry::metric::memory) >= bytes);
  const std::vector<telemetry::entity> all{busy, node1, host_id{ports::id_of_name("node2")}};
  CHECK(comes_true([&] {
    for (const auto& r : contracts::readings(site)) of_site.push_back(r);
    return std::ranges::all_of(all, [&](const telemetry::entity& who) {
      return std::ranges::count(of_site, telemetry::series_key{who}, &telemetry::reading::key) > 0;
    });
  }));
  CHECK_MESSAGE(site.trouble().empty(), site.trouble());
  const auto seen = swarm{here.http[0]}.inventory();
  REQUIRE(seen.has_value());
  CHECK(std::ranges::count(seen->workloads, busy, &ports::seen_workload::id) == 1);
  CHECK(std::ranges::count(seen->hosts, node1, &ports::seen_host::id) == 1);
  here.by_hand(1, "service rm busy");
  CHECK(comes_true([&] { return here.by_hand(1, "ps -q --filter name=busy").empty(); }));
}

TEST_CASE("a health check that only the image has is seen on the manager's node") {
  town here;
  here.by_hand(1, "import --change 'HEALTHCHECK CMD true' " + here.place + "/image.tar checked:1");
  for (const char* image : {"checked:1", "foreshift-test:1", "elsewhere:1"})
    here.by_hand(1, std::string{"service create -d --name of-"} + std::string{image}.substr(0, 7) +
                        " --no-resolve-image --network host --constraint node.hostname==nowhere " + image);
  const auto seen = swarm{here.http[0]}.inventory();
  REQUIRE(seen.has_value());
  for (const auto& one : seen->workloads) {
    CAPTURE(one.why_not);
    CHECK(one.movable == (one.name == "of-checked"));
  }
  CHECK(seen->workloads.size() == 3);
  here.by_hand(1, "service rm of-checked of-foreshi of-elsewhe");
}

TEST_CASE("a node whose daemon is not there is trouble that names it, at once") {
  town here;
  auto nobody = here.client_of(9);
  fresh_clock clock;
  docker::container_source source{nobody, clock, {.name = "node 9"}};
  CHECK(contracts::readings(source).empty());
  CHECK_MESSAGE(source.trouble().starts_with("node 9: GET /v1.41/info: " + here.place + "/9/sock: "),
                source.trouble());
  CHECK(clock.now() - time_point{12h} < 5s);
}
