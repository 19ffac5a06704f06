#pragma once
/// @file
/// Requests of the Engine API v1.41, for whatever HTTP client the host has.

#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/ports/http_url.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::docker {

inline constexpr std::string_view api_version = "/v1.41";

[[nodiscard]] inline ports::http_request get(std::string_view path) {
  ports::http_request out;
  out.target = std::string{api_version} + std::string{path};
  out.headers = {{"Accept", "application/json"}};
  return out;
}
[[nodiscard]] inline ports::http_request post(std::string_view path, const json& body) {
  auto out = get(path);
  out.method = "POST";
  out.headers.emplace_back("Content-Type", "application/json");
  out.body = to_text(body);
  return out;
}

[[nodiscard]] inline ports::http_request list_nodes() { return get("/nodes"); }
[[nodiscard]] inline ports::http_request list_services() { return get("/services"); }
/// @param service an id; empty: of all services
[[nodiscard]] inline ports::http_request list_tasks(std::string_view service = {}) {
  if (service.empty()) return get("/tasks");
  return get("/tasks?filters=" + ports::percent_encoded(to_text(json{{"service", {service}}})));
}
/// @param service a name or an id
[[nodiscard]] inline ports::http_request get_service(std::string_view service) {
  return get("/services/" + ports::percent_encoded(service));
}
/// The swarm's: "host" is the name of one of each daemon's own as well. @param network a name or an id
[[nodiscard]] inline ports::http_request get_network(std::string_view network) {
  return get("/networks/" + ports::percent_encoded(network) + "?scope=swarm");
}
/// @param kind "secret" or "config" @param name_or_id of one
[[nodiscard]] inline ports::http_request get_named(std::string_view kind, std::string_view name_or_id) {
  return get("/" + std::string{kind} + "s/" + ports::percent_encoded(name_or_id));
}
/// From a node that has it. @param image as a specification names it
[[nodiscard]] inline ports::http_request get_image(std::string_view image) {
  return get("/images/" + ports::percent_encoded(image) + "/json");
}
/// From the node that the container runs on. Waits about a second, for the rate of use.
[[nodiscard]] inline ports::http_request get_container_stats(std::string_view container) {
  return get("/containers/" + ports::percent_encoded(container) + "/stats?stream=false");
}

/// The same without the rate, as soon as the daemon has looked again, which takes up to a second.
[[nodiscard]] inline ports::http_request get_container_counts(std::string_view container) {
  auto out = get_container_stats(container);
  out.target += "&one-shot=true";
  return out;
}
/// From a node: the containers of services that run on it.
[[nodiscard]] inline ports::http_request list_service_containers() {
  return get("/containers/json?filters=" +
             ports::percent_encoded(R"({"label":["com.docker.swarm.service.name"],"status":["running"]})"));
}
/// From a node: about itself.
[[nodiscard]] inline ports::http_request get_info() { return get("/info"); }

/// Replaces the whole specification if the service still is the version that was read.
[[nodiscard]] inline ports::http_request update_service(std::string_view id, std::uint64_t version,
                                                        const json& spec) {
  return post("/services/" + ports::percent_encoded(id) + "/update?version=" + std::to_string(version), spec);
}
[[nodiscard]] inline ports::http_request create_service(const json& spec) {
  return post("/services/create", spec);
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
