#pragma once
// A daemon whose containers use what a test says, on a clock that a test moves.

#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/cluster_inventory.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/telemetry/sample.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace docker_test {

using namespace foreshift;
using namespace std::chrono_literals;

inline constexpr time_point noon{12h};
struct told_clock {
  time_point at = noon;
  time_point now() { return at; }
};
inline const telemetry::entity node1 = host_id{ports::id_of_name("node1")};
inline telemetry::entity service(const char* name) { return workload_id{ports::id_of_name(name)}; }

/// A daemon whose containers each use so many cores and bytes; each exchange takes a while.
struct small_daemon {
  using response = ports::http_response;
  using answer = result<response, ports::http_error>;
  struct use {
    std::string service;
    double cores = 0, memory = 0;
    time_point begun = noon - 1h;
  };
  told_clock* clock;
  std::string name = "node1";
  std::map<std::string, use> containers{};
  duration takes{};
  std::vector<ports::http_request> asked{};
  /// Answers in place of the daemon where it gives a status other than 0, and nothing where it gives 1.
  std::function<response(const std::string& path)> instead{};

  answer exchange(const ports::http_request& r) {
    asked.push_back(r);
    const std::string path = r.target.substr(std::string{"/v1.41"}.size());
    if (instead) {
      if (auto other = instead(path); other.status == 1) {
        clock->at += r.timeout;
        return failure{ports::http_error{true, "n: the server does not answer in time"}};
      } else if (other.status != 0) {
        return other;
      }
    }
    clock->at += takes;
    if (path == "/info") return response{200, {}, R"({"NCPU": 2, "Name": ")" + name + "\"}"};
    if (path.starts_with("/containers/json?filters=")) {
      docker::json all = docker::json::array();
      for (const auto& [id, c] : containers)
        all.push_back({{"Id", id}, {"Labels", {{"com.docker.swarm.service.name", c.service}}}});
      return response{200, {}, all.dump()};
    }
    for (const auto& [id, c] : containers)
      if (path == "/containers/" + id + "/stats?stream=false&one-shot=true")
        return response{200, {}, stats(c).dump()};
    return response{404, {}, R"({"message":"No such container: x"})"};
  }
  [[nodiscard]] docker::json stats(const use& c) const {
    return {
        {"read", format_time(clock->at)},
        {"cpu_stats",
         {{"cpu_usage", {{"total_usage", c.cores * static_cast<double>((clock->at - c.begun).count())}}}}},
        {"memory_stats", {{"usage", c.memory}}}};
  }
};

/// Null where it was not told.
inline const double* value_of(const std::vector<telemetry::reading>& all, telemetry::entity who,
                              telemetry::metric what) {
  const auto at = std::ranges::find(all, telemetry::series_key{who, what}, &telemetry::reading::key);
  return at == all.end() ? nullptr : &at->what.value;
}

}  // namespace docker_test
