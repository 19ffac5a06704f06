#include <foreshift/adapters/docker/container_source.hpp>

#include <adapters/docker/recorded.hpp>
#include <adapters/docker/small_daemon.hpp>
#include <contracts/telemetry_source_contract.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using contracts::readings;
using docker_test::node1, docker_test::noon, docker_test::service, docker_test::small_daemon,
    docker_test::told_clock, docker_test::value_of;
using telemetry::metric;
using telemetry::reading;

namespace {

struct bench {
  explicit bench(docker::container_source_options options = {}) : source(http, clock, std::move(options)) {}
  told_clock clock{};
  small_daemon http{&clock};
  docker::container_source<small_daemon, told_clock> source;

  void runs(const std::string& id, const std::string& service, double cores, double memory = 0) {
    http.containers[id] = {service, cores, memory, clock.at};
  }
  std::vector<reading> poll() { return readings(source); }
  /// Polls every second up to an instant.
  std::vector<reading> until(time_point end) {
    std::vector<reading> all;
    for (; clock.at < end; clock.at += 1s)
      for (const auto& r : poll()) all.push_back(r);
    return all;
  }
};
struct quiet_harness : bench {
  auto& source() { return bench::source; }
};

}  // namespace

TEST_CASE("a node's containers do what a source must") {
  contracts::telemetry_source_contract<quiet_harness>();
}

TEST_CASE("after each step a round tells the cores and bytes of services and of the node") {
  bench b;
  b.runs("a", "web", 0.5, 100);
  b.runs("b", "web", 0.25, 200);
  b.runs("c", "db", 1, 300);
  const auto told = b.until(noon + 16min);
  REQUIRE(told.size() == 3 * 6);
  for (std::size_t i = 0; i < told.size(); ++i)
    CHECK(told[i].what.at == noon + 5min * static_cast<int>(i / 6));
  CHECK(*value_of(told, service("web"), metric::cpu) == doctest::Approx(0.75));
  CHECK(*value_of(told, service("web"), metric::memory) == 300);
  CHECK(*value_of(told, service("db"), metric::cpu) == doctest::Approx(1.0));
  CHECK(*value_of(told, node1, metric::cpu) == doctest::Approx(1.75));
  CHECK(*value_of(told, node1, metric::memory) == 600);
  CHECK(b.source.node() == host_id{ports::id_of_name("node1")});
  CHECK(b.source.trouble().empty());
  CHECK(b.source.counts().rounds == 4);
  CHECK(b.http.asked.size() == 1 + 4 * (1 + 3));
}

TEST_CASE("recorded answers of one container give what docker stats shows") {
  bench b;
  auto whole = docker_test::recorded("container_stats.json");
  auto first = whole;
  first["read"] = whole["preread"], first["cpu_stats"] = whole["precpu_stats"];
  const docker::json* now = &first;
  b.http.instead = [&](const std::string& path) -> ports::http_response {
    if (path.starts_with("/containers/json")) return {200, {}, docker_test::recorded_text("containers.json")};
    return {path == "/info" ? std::uint16_t{0} : std::uint16_t{200}, {}, now->dump()};
  };
  CHECK(b.poll().empty());
  now = &whole;
  b.clock.at += 5min;
  const auto told = b.poll();
  CHECK(*value_of(told, service("busy"), metric::cpu) == doctest::Approx(0.007938795 / 1.074266343));
  CHECK(*value_of(told, service("busy"), metric::memory) == 626688);
  CHECK(*value_of(told, node1, metric::memory) == 2 * 626688);
  CHECK(value_of(told, service("busy"), metric::network) == nullptr);
}

TEST_CASE("a round over many containers goes on from poll to poll, and none takes longer than it may") {
  bench b;
  for (int i = 0; i < 40; ++i) b.runs("c" + std::to_string(i), "web", 0.1);
  b.http.takes = 900ms;
  std::vector<reading> told;
  for (; b.clock.at < noon + 12min; b.clock.at += 1s) {
    const auto begin = b.clock.at;
    for (const auto& r : b.poll()) told.push_back(r);
    CHECK(b.clock.at - begin <= 10s);
  }
  CHECK(b.source.counts().rounds == 3);
  CHECK(*value_of(told, service("web"), metric::cpu) == doctest::Approx(4.0).epsilon(0.01));
}

TEST_CASE("a round that takes longer than a step is followed by the next at once") {
  bench b{{.schedule = {.step = 10s, .delay = 0s, .spread = 0s}}};
  for (int i = 0; i < 30; ++i) b.runs("c" + std::to_string(i), "web", 0.1);
  b.http.takes = 1s;
  const auto told = b.until(noon + 10min);
  CHECK(b.source.counts().rounds >= 10);
  std::vector<time_point> at;
  for (const auto& r : told)
    if (r.key == telemetry::series_key{node1, metric::cpu}) at.push_back(r.what.at);
  CHECK(at.size() >= 10);
  for (std::size_t i = 1; i < at.size(); ++i) CHECK(at[i - 1] < at[i]);
}

TEST_CASE(
    "a daemon that does not answer is left alone for longer and longer, and what it missed is caught up") {
  bench b;
  b.runs("a", "web", 0.5, 100);
  static_cast<void>(b.until(noon + 6min));
  bool up = false;
  b.http.instead = [&](const std::string&) {
    return ports::http_response{up ? std::uint16_t{0} : std::uint16_t{1}, {}, {}};
  };
  const auto before = b.http.asked.size();
  CHECK(b.until(noon + 20min).empty());
  CHECK(b.source.trouble().starts_with("node: GET /v1.41/containers/json"));
  CHECK(b.source.trouble().ends_with("n: the server does not answer in time"));
  CHECK(b.source.counts().failures > 5);
  CHECK(b.source.counts().failures < 20);
  CHECK(b.http.asked.size() - before == b.source.counts().failures);
  up = true;
  const auto told = b.until(noon + 22min);
  CHECK(b.source.trouble().empty());
  CHECK(*value_of(told, service("web"), metric::cpu) == doctest::Approx(0.5));
  CHECK(told.front().what.at == noon + 15min);
  CHECK(told.size() == 4);
}

TEST_CASE("a container that is silent leaves out its service, a second one ends the round") {
  bench b;
  b.runs("a", "web", 0.5);
  b.runs("b", "db", 0.5);
  b.runs("c", "shop", 0.5);
  static_cast<void>(b.until(noon + 4min));
  std::vector<std::string> silent{"/containers/a/"};
  b.http.instead = [&](const std::string& path) {
    const bool is = std::ranges::any_of(silent, [&](const auto& s) { return path.starts_with(s); });
    return ports::http_response{is ? std::uint16_t{1} : std::uint16_t{0}, {}, {}};
  };
  auto told = b.until(noon + 6min);
  CHECK(told.size() == 4);
  CHECK(value_of(told, service("web"), metric::cpu) == nullptr);
  CHECK(*value_of(told, service("db"), metric::cpu) == doctest::Approx(0.5));
  CHECK(b.source.trouble().find("container a of service web: node: GET /v1.41/containers/a/stats") !=
        std::string::npos);
  silent.emplace_back("/containers/c/");
  CHECK(b.until(noon + 11min).empty());
  CHECK(b.source.counts().failures > 0);
  silent.clear();
  told = b.until(noon + 16min);
  CHECK(*value_of(told, service("web"), metric::cpu) == doctest::Approx(0.5));
  CHECK(b.source.trouble().empty());
}

TEST_CASE("a container that ends between the list and its turn, or has just ended, is no trouble") {
  bench b;
  b.runs("a", "web", 0.5);
  for (const char* id : {"b", "c", "d"}) b.runs(id, "web", 1);
  static_cast<void>(b.until(noon + 4min));
  b.http.instead = [&](const std::string& path) -> ports::http_response {
    if (path.starts_with("/containers/b/")) return {404, {}, R"({"message":"No such container: b"})"};
    if (path.starts_with("/containers/c/"))
      return {409, {}, R"({"message":"Container c is marked for removal"})"};
    if (path.starts_with("/containers/d/"))  // as 20.10.24 answers for one that does not run
      return {
          200,
          {},
          R"({"read":"0001-01-01T00:00:00Z","cpu_stats":{"cpu_usage":{"total_usage":0}},"memory_stats":{}})"};
    return {};
  };
  const auto told = b.until(noon + 6min);
  CHECK(*value_of(told, service("web"), metric::cpu) == doctest::Approx(0.5));
  CHECK(b.source.trouble().empty());
}

TEST_CASE("bad answers are told with the request, and nothing else comes of them") {
  const auto why = [](const char* path, const ports::http_response& answer, std::size_t containers_max = 10) {
    bench b{{.name = "node 1", .containers_max = containers_max}};
    b.runs("a", "web", 0.5);
    b.runs("b", "db", 0.5);
    b.http.instead = [&](const std::string& asked) {
      return asked.starts_with(path) ? answer : ports::http_response{};
    };
    for (const auto& r : b.until(noon + 6min))
      CHECK(r.key.of == service("db"));  // the good half of the round
    return b.source.trouble();
  };
  CHECK(why("/info", {200, {}, "{}"}) == "node 1: GET /info: without Name");
  CHECK(why("/containers/json", {200, {}, "{}"}) == "node 1: GET /containers/json: not a list of containers");
  CHECK(why("/containers/json", {500, {}, "<html>"}).starts_with("node 1: GET /v1.41/containers/json"));
  CHECK(why("/none", {}, 1) == "node 1: GET /containers/json: lists 2, more than containers_max: 1");
  CHECK(why("/containers/a/", {200, {}, "[]"}).find("of service web: statistics without") !=
        std::string::npos);
  CHECK(why("/containers/", {200, {}, "[" + std::string(10, '[')}).find("not JSON") != std::string::npos);
}

TEST_CASE("a daemon that asks for patience gets it") {
  bench b;
  b.http.instead = [](const std::string&) {
    return ports::http_response{429, {{"Retry-After", "90"}}, R"({"message":"later"})"};
  };
  CHECK(b.poll().empty());
  CHECK(*b.source.next_poll() == noon + 90s);
}
