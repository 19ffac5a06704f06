#pragma once
/// @file
/// Requests to an API server, as values: nothing here connects to anything.
///
/// Five ways to write, each for what it alone can do: `apply` (server-side apply) sets fields in our name and
/// drops those that we no longer name, `create` never meets an object that is there already, `replace` puts a
/// whole object in the place of the version that was read, `merge` changes single members whoever owns them,
/// and `evict` asks for the end of a pod as far as its budget allows. Credentials are no part of a request:
/// they are added on its way out.

#include <foreshift/adapters/kubernetes/api_target.hpp>
#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/ports/http_url.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// In whose name we write: the owner of our fields in `metadata.managedFields`.
inline constexpr std::string_view field_manager = "foreshift";

/// Whether a write is carried out, or only judged: admission, validation and conflicts included.
enum class dry_run : bool { no, yes };
/// Whether an apply takes fields over from their managers, or fails and names them.
enum class take_over : bool { no, yes };

/// `PATCH /apis/apps/v1/namespaces/shop/deployments/web`: what reasons call a request. No query, no header.
[[nodiscard]] inline std::string name_of(const ports::http_request& request) {
  return request.method + ' ' + request.target.substr(0, request.target.find('?'));
}

namespace detail {

inline ports::http_request read_request(std::string target) {
  return {"GET", std::move(target), {{"Accept", "application/json"}, {"User-Agent", "foreshift"}}, {}};
}
inline ports::http_request write_request(std::string method, std::string target, const json& body,
                                         std::string_view type, dry_run dry) {
  target += "?fieldManager=" + std::string{field_manager};
  if (dry == dry_run::yes) target += "&dryRun=All";
  return {std::move(method),
          std::move(target),
          {{"Accept", "application/json"}, {"User-Agent", "foreshift"}, {"Content-Type", std::string{type}}},
          to_text(body)};
}

}  // namespace detail

[[nodiscard]] inline ports::http_request get_request(kind k, std::string_view space, std::string_view name) {
  return detail::read_request(object_target(k, space, name));
}

/// What a list is asked for. A selector is written as on the command line: `app=web,tier!=test`.
struct list_query {
  std::string space{};  ///< empty: every namespace
  std::string label_selector{};
  std::string field_selector{};
  std::size_t limit = 500;       ///< objects in one answer; 0: all
  std::string continue_token{};  ///< of the answer before
};

[[nodiscard]] inline ports::http_request list_request(kind k, const list_query& query) {
  auto target = collection_target(k, query.space) + "?limit=" + std::to_string(query.limit);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) target += std::string{"&"} + name + "=" + ports::percent_encoded(value);
  };
  add("labelSelector", query.label_selector);
  add("fieldSelector", query.field_selector);
  add("continue", query.continue_token);
  return detail::read_request(std::move(target));
}

/// What changed after `version`, for so long. The answer is one event a line; the server ends it.
[[nodiscard]] inline ports::http_request watch_request(kind k, const list_query& query,
                                                       std::string_view version, duration how_long) {
  const auto seconds = std::max<duration::rep>(1, std::chrono::ceil<std::chrono::seconds>(how_long).count());
  auto target = collection_target(k, query.space) +
                "?watch=1&allowWatchBookmarks=true&resourceVersion=" + ports::percent_encoded(version) +
                "&timeoutSeconds=" + std::to_string(seconds);
  if (!query.label_selector.empty())
    target += "&labelSelector=" + ports::percent_encoded(query.label_selector);
  if (!query.field_selector.empty())
    target += "&fieldSelector=" + ports::percent_encoded(query.field_selector);
  auto request = detail::read_request(std::move(target));
  request.timeout = std::chrono::seconds{seconds + 10};
  return request;
}

/// Server-side apply. A `metadata.resourceVersion` in the body makes it conditional on what is there. What is
/// not there it creates, whatever the version, unless the body names a `metadata.uid`.
[[nodiscard]] inline ports::http_request apply_request(kind k, std::string_view space, std::string_view name,
                                                       const json& body, take_over force,
                                                       dry_run dry = dry_run::no) {
  auto request = detail::write_request("PATCH", object_target(k, space, name), body,
                                       "application/apply-patch+yaml", dry);
  request.target += force == take_over::yes ? "&force=true" : "&force=false";
  return request;
}
/// RFC 7386, but of lists whose elements have names (containers) only the named ones are changed.
[[nodiscard]] inline ports::http_request merge_request(kind k, std::string_view space, std::string_view name,
                                                       const json& body, dry_run dry = dry_run::no) {
  return detail::write_request("PATCH", object_target(k, space, name), body,
                               "application/strategic-merge-patch+json", dry);
}
[[nodiscard]] inline ports::http_request create_request(kind k, std::string_view space, const json& body,
                                                        dry_run dry = dry_run::no) {
  return detail::write_request("POST", collection_target(k, space), body, "application/json", dry);
}
/// @pre the body holds the `metadata.resourceVersion` that was read: without it nothing is protected
[[nodiscard]] inline ports::http_request replace_request(kind k, std::string_view space,
                                                         std::string_view name, const json& body,
                                                         dry_run dry = dry_run::no) {
  return detail::write_request("PUT", object_target(k, space, name), body, "application/json", dry);
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
