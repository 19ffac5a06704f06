// The program foreshift beside the fake API server: what it sees, one move by hand, and a site that moves by
// itself.
#include "fake_server.hpp"

#include <support/scratch_directory.hpp>
#include <support/shell.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>

using namespace foreshift;
using kubernetes::json, kubernetes::kind;
using namespace std::chrono_literals;

namespace {

constexpr const char* token = "a-token-that-nobody-may-see";

struct stage {
  scratch_directory home;
  fake::server server;
  const char* const program = std::getenv("FORESHIFT_PROGRAM");

  stage() {
    REQUIRE(server.port() != 0);
    const auto config = [&](const char* name, const std::string& user) {
      std::ofstream{file(name)} << "apiVersion: v1\nkind: Config\ncurrent-context: fake\n"
                                   "contexts: [{name: fake, context: {cluster: fake, user: fake}}]\n"
                                   "clusters: [{name: fake, cluster: {server: '"
                                << server.url() << "'}}]\nusers: [{name: fake, user: {" << user << "}}]\n";
    };
    config("config", "");
    config("with_token", std::string{"token: "} + token);
    server.with([](fake::api& api, fake::rollouts&) {
      for (const char* n : {"n1", "n2"}) api.put(kind::node, "", n, fake::node_object());
      for (const char* w : {"web", "shop"}) api.put(kind::deployment, "shop", w, fake::workload_object(2, w));
    });
    const auto running = [](fake::api&, fake::rollouts& all) {
      return all.where("web").size() == 2 && all.where("shop").size() == 2;
    };
    for (int tries = 0; tries < 100 && !server.with(running); ++tries) std::this_thread::sleep_for(100ms);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return (home.path() / name).string(); }
  [[nodiscard]] shell_result foreshift(const std::string& arguments) const {
    return run_shell("cd '" + home.path().string() + "' && timeout 60 '" + program + "' " + arguments);
  }
  /// Of the cluster, by hand.
  [[nodiscard]] shell_result by_hand(const std::string& verb, const std::string& more = {},
                                     const std::string& config = "config") const {
    return foreshift(verb + " --orchestrator kubernetes --kubeconfig " + config + " " + more);
  }
  /// What is wanted of the object, as text.
  [[nodiscard]] std::string wanted(const std::string& name) {
    return server.with([&](fake::api& api, fake::rollouts&) {
      const json* found = api.get(kind::deployment, "shop", name);
      return found != nullptr ? found->at("spec").dump() : std::string{};
    });
  }
  [[nodiscard]] bool is_placed_on(const std::string& name, const std::string& node) {
    const auto now = wanted(name);
    return now.find("requiredDuringScheduling") != std::string::npos &&
           now.find("[\"" + node + "\"]") != std::string::npos;
  }
};
bool has_foreshift() {
  if (std::getenv("FORESHIFT_PROGRAM") != nullptr) return true;
  std::printf("skipped: no program foreshift was built\n");
  return false;
}

}  // namespace

TEST_SUITE_BEGIN("program");

TEST_CASE(
    "the program lists a cluster and moves one workload; a token neither goes without TLS nor is told") {
  if (!has_foreshift()) return;
  stage s;
  const auto seen = s.by_hand("inventory");
  CHECK_MESSAGE(seen.output.find("deployment/shop/web") != std::string::npos, seen.output);
  const auto part = s.by_hand("inventory", "--fleet north");
  CHECK_MESSAGE(part.output.find("name: \"deployment/shop/web\"") != std::string::npos, part.output);
  const auto before = s.wanted("web");
  const auto planned = s.by_hand("move", "--workload deployment/shop/web --to n2 --dry-run");
  CHECK_MESSAGE(planned.status == 0, planned.output);
  CHECK(s.wanted("web") == before);
  const auto moved = s.by_hand("move", "--workload deployment/shop/web --to n2");
  CHECK_MESSAGE(moved.status == 0, moved.output);
  CHECK(s.is_placed_on("web", "n2"));
  const auto unknown = s.by_hand("move", "--workload deployment/shop/none --to n2");
  CHECK_MESSAGE(unknown.status == 2, unknown.output);
  for (const char* verb : {"inventory", "move --workload deployment/shop/web --to n1"}) {
    const auto refused = s.by_hand(verb, "", "with_token");
    CHECK_MESSAGE(refused.status == 2, refused.output);
    CHECK(refused.output.find("not sent without TLS") != std::string::npos);
    CHECK(refused.output.find(token) == std::string::npos);
  }
}

TEST_CASE(
    "a site moves a workload off a node that a peak will overload, after a move of it by hand as well") {
  if (!has_foreshift()) return;
  stage s;
  const auto first = s.by_hand("move", "--workload deployment/shop/web --to n2");
  CHECK_MESSAGE(first.status == 0, first.output);
  const auto back = s.by_hand("move", "--workload deployment/shop/web --to n1");
  CHECK_MESSAGE(back.status == 0, back.output);

  std::ofstream{s.file("fleet.yaml")}
      << "step: 1s\nseason: 30s\nhorizon: 12\nmoves_per_hour: 3\norchestrator: kubernetes\n"
         "sites: [{name: north, address: '127.0.0.1:"
      << 20'000 + ::getpid() % 20'000 << "', cluster: {kubeconfig: " << s.file("config")
      << "}}]\n"
         "hosts: [{name: n1, site: north, cpu: 2}, {name: n2, site: north, cpu: 2}]\n"
         "workloads: [{name: deployment/shop/web, host: n1}, {name: deployment/shop/shop, host: n1}]\n";
  // Seconds 20 to 25 of every thirty are the peak of both: 2.2 cores where 1.6 are the limit.
  const auto line = [](std::time_t t) {
    const auto in = t % 30;
    const double each = in >= 20 && in < 25 ? 1.1 : 0.5 + 0.01 * static_cast<double>(t * 7 % 5);
    std::string all;
    for (const char* name : {"web", "shop"})
      all += "{\"time\":" + std::to_string(t) + ",\"workload\":\"deployment/shop/" + name +
             "\",\"metric\":\"cpu\",\"value\":" + std::to_string(each) + "}\n";
    return all;
  };
  while (std::time(nullptr) % 30 != 26) std::this_thread::sleep_for(50ms);
  const std::time_t begin = std::time(nullptr);
  {
    std::ofstream past{s.file("before.jsonl")};
    for (std::time_t t = begin - 600; t < begin; ++t) past << line(t);
  }
  REQUIRE(run_shell("mkfifo " + s.file("lines")).status == 0);
  shell_result said;
  std::thread site{[&] {
    said = run_shell("cd '" + s.home.path().string() + "' && echo $$ >pid && exec timeout 80 '" + s.program +
                     "' smc --fleet fleet.yaml --site north --data data --serve 127.0.0.1:0 "
                     "--recorded before.jsonl --lines lines --json");
  }};
  bool moved = false;
  {
    std::fstream lines{s.file("lines")};  // for both ways, so that it need not wait for the site to open it
    std::time_t told = begin;
    for (; !moved && told < begin + 45; std::this_thread::sleep_for(100ms)) {
      for (; told < std::time(nullptr); ++told) lines << line(told) << std::flush;
      moved = s.is_placed_on("web", "n2") || s.is_placed_on("shop", "n2");
    }
    std::this_thread::sleep_for(3s);  // until it is settled
    run_shell("kill $(cat '" + s.file("pid") + "')");
  }
  site.join();
  CHECK_MESSAGE(moved, said.output);
  CHECK_MESSAGE(said.output.find("settled") != std::string::npos, said.output);
}

TEST_SUITE_END();
