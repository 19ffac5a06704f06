#include <foreshift/adapters/docker/service_usage.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using telemetry::metric;

namespace {

const telemetry::entity here = host_id{7};
telemetry::entity service(const char* name) { return workload_id{ports::id_of_name(name)}; }

/// What a container says: a time in seconds, counts since it started.
struct said {
  double at_s = 0, cpu_s = 0, memory = 0, received = 0, read = 0;
  bool networks = true, devices = true;
};
docker::container_usage usage_of(const said& s) {
  docker::container_usage u;
  u.use[resource::memory] = s.memory;
  u.cpu_s = s.cpu_s, u.received = s.received, u.read = s.read;
  u.networks = s.networks, u.devices = s.devices;
  u.at = time_point{duration{static_cast<duration::rep>(s.at_s * 1e9)}};
  return u;
}
/// Containers as "service/id"; without a word they are unheard.
using round = std::vector<std::pair<const char*, std::optional<said>>>;

struct bench {
  docker::service_usage book{};
  std::map<std::pair<telemetry::entity, metric>, double> told{};

  void run(double now_s, const round& containers) {
    std::vector<docker::container> running;
    for (const auto& [name, words] : containers) {
      const std::string text = name;
      running.push_back({text, text.substr(0, text.find('/'))});
    }
    book.begin(running, time_point{duration{static_cast<duration::rep>(now_s * 1e9)}});
    for (const auto& [name, words] : containers) {
      REQUIRE(book.due() != nullptr);
      CHECK(book.due()->id == name);
      words ? book.heard(usage_of(*words)) : book.unheard();
    }
    CHECK(book.due() == nullptr);
    tell();
  }
  void tell() {
    told.clear();
    book.tell({7}, time_point{5min}, [&](const telemetry::reading& r) {
      CHECK(r.what.at == time_point{5min});
      CHECK(told.emplace(std::pair{r.key.of, r.key.what}, r.what.value).second);
    });
  }
  [[nodiscard]] std::optional<double> of(telemetry::entity who, metric what) const {
    const auto found = told.find({who, what});
    return found == told.end() ? std::nullopt : std::optional{found->second};
  }
};

}  // namespace

TEST_CASE("rates are differences over the daemon's time, services are sums, and the node is theirs") {
  bench b;
  b.run(0, {{"web/1", said{0, 10, 100, 1000, 50}}, {"web/2", said{0, 20, 200}}, {"db/1", said{0, 5, 300}}});
  CHECK(b.told.empty());
  b.run(10,
        {{"web/1", said{10, 12, 110, 1500, 70}}, {"web/2", said{20, 30, 210}}, {"db/1", said{8, 9, 310}}});
  CHECK(b.of(service("web"), metric::cpu) == 0.2 + 0.5);
  CHECK(b.of(service("web"), metric::memory) == 320);
  CHECK(b.of(service("web"), metric::network) == 50);
  CHECK(b.of(service("web"), metric::io) == 2);
  CHECK(b.of(service("db"), metric::cpu) == 0.5);
  CHECK(b.of(here, metric::cpu) == doctest::Approx(1.2));
  CHECK(b.of(here, metric::memory) == 630);
  CHECK(b.of(here, metric::network) == 50);
  CHECK(b.told.size() == 12);
}

TEST_CASE("what is not counted is not told as nothing") {
  bench b;
  const said quiet{.at_s = 0, .networks = false, .devices = false};
  b.run(0, {{"web/1", quiet}});
  auto later = quiet;
  later.at_s = 1;
  b.run(1, {{"web/1", later}});
  CHECK(b.of(service("web"), metric::cpu) == 0.0);
  CHECK(b.told.size() == 4);
}

TEST_CASE("a container that has come counts from its start over the time since the round before") {
  bench b;
  b.run(0, {});
  b.run(10, {{"web/1", said{10, 4, 100}}});
  CHECK(b.of(service("web"), metric::cpu) == 0.4);
  CHECK(b.of(here, metric::cpu) == 0.4);
  b.run(20, {{"web/2", said{20, 3}}});  // the other one has gone
  CHECK(b.of(service("web"), metric::cpu) == doctest::Approx(0.3));
  b.run(30, {});
  CHECK(b.told.size() == 2);
  CHECK(b.of(here, metric::cpu) == 0.0);
}

TEST_CASE("a count that is smaller than before is of a new start") {
  bench b;
  b.run(0, {{"web/1", said{0, 100, 0, 5000}}});
  b.run(10, {{"web/1", said{10, 5, 0, 20}}});
  CHECK(b.of(service("web"), metric::cpu) == 0.5);
  CHECK(b.of(service("web"), metric::network) == 2);
}

TEST_CASE("a service of which one container is silent is left out, and the node with it") {
  bench b;
  b.run(0, {{"web/1", said{0, 1}}, {"web/2", said{0, 1}}, {"db/1", said{0, 1}}});
  b.run(10, {{"web/1", said{10, 2}}, {"web/2", std::nullopt}, {"db/1", said{10, 2}}});
  CHECK(b.of(service("db"), metric::cpu) == 0.1);
  CHECK(b.told.size() == 4);
  b.run(20, {{"web/1", said{20, 3}}, {"web/2", said{20, 5}}, {"db/1", said{20, 3}}});
  CHECK(b.of(service("web"), metric::cpu) == 0.1 + 0.2);  // over the gap
}

TEST_CASE("a container that came and was silent at first has no rate until it was heard twice") {
  bench b;
  b.run(0, {});
  b.run(10, {{"web/1", std::nullopt}});
  CHECK(b.told.empty());
  b.run(20, {{"web/1", said{20, 16, 3}}});
  CHECK(!b.of(service("web"), metric::cpu));
  CHECK(b.of(service("web"), metric::memory) == 3);
  b.run(30, {{"web/1", said{30, 18}}});
  CHECK(b.of(service("web"), metric::cpu) == doctest::Approx(0.2));
}

TEST_CASE("a round that was given up is as if those it has not asked were silent") {
  bench b;
  b.run(0, {{"web/1", said{0, 1}}});
  b.book.begin({{"web/1", "web"}, {"db/1", "db"}}, time_point{10s});
  b.book.heard(usage_of({10, 2}));
  b.run(20, {{"web/1", said{20, 4}}, {"db/1", said{20, 30}}});
  CHECK(b.of(service("web"), metric::cpu) == 0.2);
  CHECK(!b.of(service("db"), metric::cpu));
}

TEST_CASE("where the daemon's clock stands still or goes back there is no rate") {
  bench b;
  b.run(0, {{"web/1", said{100, 1}}});
  for (const double at : {100.0, 50.0}) {
    b.run(10, {{"web/1", said{at, 2}}});
    CHECK(!b.of(service("web"), metric::cpu));
    CHECK(b.of(service("web"), metric::memory));
  }
  b.run(20, {{"web/1", said{60, 4}}});
  CHECK(b.of(service("web"), metric::cpu) == 0.2);
}

TEST_CASE("a container that has ended is left out, and what is beyond all numbers too") {
  bench b;
  b.run(0, {{"web/1", said{0, 1}}, {"web/2", said{0, 1}}});
  b.book.begin({{"web/1", "web"}, {"web/2", "web"}}, time_point{10s});
  b.book.heard(usage_of({10, 3}));
  b.book.gone();
  b.tell();
  CHECK(b.of(service("web"), metric::cpu) == 0.2);
  b.run(20, {{"web/1", said{20, 1e308, 1e308}}, {"web/3", said{20, 1e308, 1e308}}});
  CHECK(!b.of(service("web"), metric::memory));
}
