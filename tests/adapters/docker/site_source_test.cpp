#include <foreshift/adapters/docker/site_source.hpp>

#include <adapters/docker/small_daemon.hpp>
#include <contracts/telemetry_source_contract.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using contracts::readings;
using docker_test::noon, docker_test::service, docker_test::small_daemon, docker_test::told_clock;
using telemetry::metric;

namespace {

const telemetry::entity host_a = host_id{ports::id_of_name("a")}, host_b = host_id{ports::id_of_name("b")};

struct bench {
  told_clock clock{};
  small_daemon a{&clock, "a"}, b{&clock, "b"};
  docker::site_source<small_daemon, told_clock> site{clock};
  bool b_answers = true;
  std::map<time_point, std::map<telemetry::series_key, double>> told{};

  bench() {
    site.reach(a, "node a").reach(b, "node b");
    b.instead = [this](const std::string&) {
      return ports::http_response{b_answers ? std::uint16_t{0} : std::uint16_t{1}, {}, {}};
    };
  }
  auto& source() { return site; }
  static void runs(small_daemon& on, const std::string& id, const std::string& service, double cores) {
    on.containers[id] = {service, cores, 100, on.clock->at};
  }
  /// Polls every second up to an instant; every series comes once in a step, and steps in their order.
  void until(time_point end) {
    for (; clock.at < end; clock.at += 1s) {
      const auto begin = clock.at;
      for (const auto& r : readings(site)) {
        CHECK((told.empty() || told.rbegin()->first <= r.what.at));
        CHECK(told[r.what.at].emplace(r.key, r.what.value).second);
      }
      CHECK(clock.at - begin <= 12s);
    }
  }
  [[nodiscard]] double of(time_point step, telemetry::entity who, metric what = metric::cpu) const {
    const auto at = told.find(step);
    if (at == told.end()) return -1;
    const auto found = at->second.find({who, what});
    return found == at->second.end() ? -1 : found->second;
  }
};

}  // namespace

TEST_CASE("the nodes of a site do what a source must") { contracts::telemetry_source_contract<bench>(); }

TEST_CASE("a service on two nodes is the sum of both, and each node is its own") {
  bench s;
  s.runs(s.a, "1", "web", 0.5);
  s.runs(s.b, "2", "web", 0.25);
  s.runs(s.b, "3", "db", 1);
  s.until(noon + 16min);
  CHECK(s.told.size() == 3);
  for (const auto step : {noon, noon + 5min, noon + 10min}) {
    CHECK(s.of(step, service("web")) == doctest::Approx(0.75));
    CHECK(s.of(step, service("web"), metric::memory) == 200);
    CHECK(s.of(step, service("db")) == doctest::Approx(1.0));
    CHECK(s.of(step, host_a) == doctest::Approx(0.5));
    CHECK(s.of(step, host_b) == doctest::Approx(1.25));
  }
  CHECK(s.site.trouble().empty());
}

TEST_CASE(
    "a node that does not answer holds nobody up, what it ran is left out and then is gone from there") {
  bench s;
  s.runs(s.a, "1", "web", 0.5);
  s.runs(s.b, "2", "web", 0.25);
  s.runs(s.a, "3", "db", 1);
  s.until(noon + 9min);
  s.b_answers = false;
  s.until(noon + 11min);
  CHECK(s.of(noon + 5min, service("db")) == doctest::Approx(1.0));
  CHECK(s.of(noon + 5min, host_a) == doctest::Approx(1.5));
  CHECK(s.of(noon + 5min, host_b) == -1);
  CHECK(s.of(noon + 5min, service("web")) == -1);
  CHECK(s.of(noon + 5min, service("web"), metric::memory) == -1);
  CHECK(s.site.trouble().starts_with("node b: GET "));
  s.until(noon + 21min);
  CHECK(s.of(noon + 10min, service("web")) == -1);
  CHECK(s.of(noon + 15min, service("web")) == doctest::Approx(0.5));
  s.b_answers = true;
  s.until(noon + 31min);
  CHECK(s.site.trouble().empty());
  CHECK(s.of(noon + 25min, service("web")) == doctest::Approx(0.75));
  CHECK(s.of(noon + 25min, host_b) == doctest::Approx(0.25));
}

TEST_CASE("a slow node is waited for until the next step is over") {
  bench s;
  s.runs(s.a, "1", "web", 0.5);
  for (int i = 0; i < 100; ++i) s.runs(s.b, "b" + std::to_string(i), "web", 0.01);
  s.b.takes = 900ms;
  s.until(noon + 14min);
  CHECK(s.of(noon + 5min, service("web")) == doctest::Approx(1.5).epsilon(0.01));
  for (int i = 100; i < 1000; ++i) s.runs(s.b, "b" + std::to_string(i), "web", 0);
  s.until(noon + 21min);
  CHECK(s.of(noon + 10min, host_a) == doctest::Approx(0.5).epsilon(0.01));
  CHECK(s.of(noon + 10min, service("web")) == -1);
}

TEST_CASE(
    "a container without an answer leaves out its service on all nodes, and one that has gone does not") {
  bench s;
  s.runs(s.a, "1", "web", 0.5);
  s.runs(s.b, "2", "web", 0.25);
  s.runs(s.b, "3", "db", 1);
  s.runs(s.a, "4", "db", 1);
  s.until(noon + 4min);
  s.b.containers.erase("2");
  s.until(noon + 6min);
  CHECK(s.of(noon, service("web")) == doctest::Approx(0.5));
  s.b.instead = [](const std::string& path) {
    return ports::http_response{
        path.starts_with("/containers/3/") ? std::uint16_t{1} : std::uint16_t{0}, {}, {}};
  };
  s.until(noon + 11min);
  CHECK(s.of(noon + 5min, service("db")) == -1);
  CHECK(s.of(noon + 5min, service("web")) == doctest::Approx(0.5));
  CHECK(s.of(noon + 5min, host_b) == -1);
  CHECK(s.site.trouble().find("container 3 of service db") != std::string::npos);
}

TEST_CASE("bytes of a service without its cores on one node are no cores of it") {
  bench s;
  s.runs(s.a, "1", "web", 0.5);
  s.until(noon + 4min);
  s.runs(s.b, "2", "web", 0.5);
  s.runs(s.b, "3", "db", 0.5);
  s.b.instead = [](const std::string& path) {  // the new one is silent at first
    return ports::http_response{
        path.starts_with("/containers/2/") ? std::uint16_t{1} : std::uint16_t{0}, {}, {}};
  };
  s.until(noon + 6min);
  s.b.instead = nullptr;
  s.until(noon + 11min);
  CHECK(s.of(noon + 5min, service("web"), metric::memory) == 200);
  CHECK(s.of(noon + 5min, service("web")) == -1);
  s.until(noon + 16min);
  CHECK(s.of(noon + 10min, service("web")) == doctest::Approx(1.0));
}
