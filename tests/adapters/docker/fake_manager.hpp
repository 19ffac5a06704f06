#pragma once
// A manager that keeps services under versions, as the Engine API does, and lets a test say what happens
// next. What a real Swarm does with them is for the system test.

#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/http_client.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace docker_test {

class fake_manager {
 public:
  using json = foreshift::docker::json;
  using request = foreshift::ports::http_request;
  using response = foreshift::ports::http_response;
  using answer = foreshift::result<response, foreshift::ports::http_error>;

  json nodes = json::array(), tasks = json::array();
  std::map<std::string, json> services{};                   ///< by name
  std::map<std::string, std::string> networks{};            ///< names by id
  std::map<std::string, std::string> secrets{}, configs{};  ///< ids by name
  std::map<std::string, json> images{};                     ///< by name, as it is asked for
  std::vector<std::string> asked{};
  /// Answers in place of the manager where it gives a status other than 0; may change things meanwhile.
  std::function<response(const request&)> instead{};

  void node(const std::string& id, const std::string& name) {
    nodes.push_back({{"ID", id},
                     {"Spec", {{"Availability", "active"}, {"Role", "worker"}}},
                     {"Description", {{"Hostname", name}}},
                     {"Status", {{"State", "ready"}}}});
  }
  void serves_at(const std::string& service, const std::string& node, std::uint64_t forced = 0) {
    task(service, node, "running", "running", forced);
  }
  void task(const std::string& service, const std::string& node, const std::string& state,
            const std::string& wanted, std::uint64_t forced = 0) {
    tasks.push_back({{"ID", "task" + std::to_string(tasks.size())},
                     {"ServiceID", service},
                     {"NodeID", node},
                     {"Spec", {{"ForceUpdate", forced}}},
                     {"Status", {{"State", state}}},
                     {"DesiredState", wanted}});
  }
  json& put(const json& spec) {
    const std::string name = spec["Name"];
    json& s = services[name];
    s = {{"ID", "id-" + name}, {"Version", {{"Index", ++version_}}}, {"Spec", spec}};
    return s;
  }
  json& spec(const std::string& name) { return services.at(name)["Spec"]; }
  /// Somebody else's write.
  void touch(const std::string& name) { services.at(name)["Version"]["Index"] = ++version_; }

  answer exchange(const request& r) {
    asked.push_back(r.method + " " + r.target);
    if (instead)
      if (auto other = instead(r); other.status != 0) return other;
    const std::string path = r.target.substr(std::string{"/v1.41"}.size());
    if (path == "/nodes") return text(200, nodes);
    if (path.starts_with("/tasks")) return text(200, tasks);
    if (path == "/services") {
      json all = json::array();
      for (const auto& [name, s] : services) all.push_back(s);
      return text(200, all);
    }
    if (path.starts_with("/networks/")) {
      for (const auto& [id, name] : networks)
        if (path == "/networks/" + id + "?scope=swarm" || path == "/networks/" + name + "?scope=swarm")
          return text(200, {{"Id", id}, {"Name", name}});
      return say(404, "network not found");
    }
    for (const auto& [kind, all] : {std::pair{"/secrets/", &secrets}, std::pair{"/configs/", &configs}})
      if (path.starts_with(kind)) {
        const auto at = all->find(path.substr(std::string{kind}.size()));
        if (at == all->end()) return say(404, std::string{kind}.substr(1, 6) + " x not found");
        return text(200, {{"ID", at->second}, {"Spec", {{"Name", at->first}}}});
      }
    if (path.starts_with("/images/")) {
      for (const auto& [name, image] : images)
        if (path == "/images/" + name + "/json") return text(200, image);
      return say(404, "No such image: x");
    }
    if (path == "/services/create") {
      const json spec = json::parse(r.body);
      if (services.contains(spec["Name"])) return say(409, "name conflicts with an existing object");
      return text(201, {{"ID", put(spec)["ID"]}});
    }
    for (auto& [name, s] : services) {
      if (path == "/services/" + name || path == "/services/id-" + name) return text(200, s);
      if (!path.starts_with("/services/id-" + name + "/update?version=")) continue;
      if (!path.ends_with("=" + std::to_string(s["Version"]["Index"].get<std::uint64_t>())))
        return say(500, "rpc error: code = Unknown desc = update out of sequence");
      s["PreviousSpec"] = s["Spec"];
      s["Spec"] = json::parse(r.body);
      s.erase("UpdateStatus");
      touch(name);
      return text(200, {{"Warnings", nullptr}});
    }
    return say(404, "service not found");
  }

 private:
  static answer text(std::uint16_t status, const json& body) { return response{status, {}, body.dump()}; }
  static answer say(std::uint16_t status, const std::string& message) {
    return text(status, {{"message", message}});
  }
  std::uint64_t version_ = 16;
};

}  // namespace docker_test
