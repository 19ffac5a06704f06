#pragma once
/// @file
/// What an API server answers, and why it refuses, told apart by what can be done about it.
///
/// A status code alone does not say: 409 is a stale version, a name that is taken, or a field that another
/// manager owns; 429 is a server that wants patience or a budget that allows no disruption; 500 is a fault,
/// or a pod that several budgets claim. The body, a `Status`, tells them apart. A body that is none, such as
/// a proxy's page, is an error of its own. Every reason begins with the request and repeats nothing of its
/// headers.

#include <foreshift/adapters/kubernetes/api_request.hpp>
#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/ports/retry_after.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// `unsent`       no exchange took place: certainly not carried out
/// `unanswered`   sent, and no answer came: nobody knows
/// `malformed`    an answer that is none of an API server: a page, a cut body, a wrong type; nobody knows
/// `not_let_in`   401, 403 of the server itself: the credentials are missing, wrong, or have not the right
/// `absent`       404
/// `exists`       409: the name is taken
/// `stale`        409: the object has changed since it was read
/// `owned`        409: other managers own fields that an apply sets; `managers` names them
/// `expired`      410: that version, or that continuation of a list, is forgotten
/// `invalid`      400, 422: never to be carried out as it stands
/// `over_budget`  429: a disruption budget allows no eviction now
/// `busy`         429, 503: not carried out; to be tried again, after `retry_after` where it is said
/// `many_budgets` 500 to an eviction: several budgets claim the pod, which has to be mended by hand
/// `broken`       any other 5xx: nobody knows
/// `refused`      any other status
enum class fault : std::uint8_t {
  unsent,
  unanswered,
  malformed,
  not_let_in,
  absent,
  exists,
  stale,
  owned,
  expired,
  invalid,
  over_budget,
  busy,
  many_budgets,
  broken,
  refused
};

struct api_error {
  fault what = fault::refused;
  std::string reason{};                 ///< one line: the request, the answer, what to do
  std::vector<std::string> managers{};  ///< of `owned`
  std::optional<duration> retry_after{};
  friend bool operator==(const api_error&, const api_error&) = default;
};

/// The body of a success. @param request_name what reasons call the request, as by `name_of`
[[nodiscard]] result<json, api_error> read_answer(const std::string& request_name,
                                                  const ports::http_response& answer);

/// Of a list: no success has another kind. @param wanted such as `PodList`
[[nodiscard]] result<json, api_error> read_answer_of(std::string_view wanted, const std::string& request_name,
                                                     const ports::http_response& answer);

[[nodiscard]] inline api_error malformed(const std::string& request_name, const std::string& what) {
  return {fault::malformed, request_name + ": the answer cannot be used: " + what};
}

/// One exchange and its answer.
template <ports::HttpClient H>
[[nodiscard]] result<json, api_error> ask(H& client, const ports::http_request& request) {
  const auto answer = client.exchange(request);
  if (!answer) {
    const auto& e = answer.error();
    return failure{api_error{e.sent ? fault::unanswered : fault::unsent, name_of(request) + ": " + e.reason}};
  }
  return read_answer(name_of(request), *answer);
}

namespace detail {

/// A server's own words in one line, of readable length.
inline std::string one_line(std::string_view text) {
  constexpr std::size_t longest = 300;
  std::string out{text.substr(0, longest)};
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }, ' ');
  return text.size() > longest ? out + "..." : out;
}

inline std::optional<duration> retry_after(const ports::http_response& answer, fields& status) {
  if (const auto wish = ports::retry_after(answer)) return wish;
  const auto said = status.integer("details.retryAfterSeconds");
  if (!said || *said <= 0) return std::nullopt;
  constexpr std::int64_t longest = 24 * 60 * 60;  // as of the header
  return std::chrono::seconds{std::min(*said, longest)};
}

/// The manager in `conflict with "kubectl" using apps/v1`.
inline std::string manager_in(const std::string& message) {
  const auto begin = message.find('"');
  const auto end = begin == std::string::npos ? begin : message.find('"', begin + 1);
  return end == std::string::npos ? one_line(message) : one_line(message.substr(begin + 1, end - begin - 1));
}

inline fault fault_of(std::uint16_t code, const std::string& reason, bool owned, bool budget,
                      const std::string& message) {
  switch (code) {
    case 400:
    case 422:
      return fault::invalid;
    case 401:
    case 403:
      return fault::not_let_in;
    case 404:
      return fault::absent;
    case 409:
      return owned ? fault::owned : reason == "AlreadyExists" ? fault::exists : fault::stale;
    case 410:
      return fault::expired;
    case 429:
      return budget ? fault::over_budget : fault::busy;
    case 503:
      return fault::busy;
    default:
      break;
  }
  // Kubernetes' registry/core/pod/storage/eviction.go answers this as an internal error.
  if (code == 500 && message.find("more than one PodDisruptionBudget") != std::string::npos)
    return fault::many_budgets;
  return code >= 500 ? fault::broken : fault::refused;
}

}  // namespace detail

inline result<json, api_error> read_answer(const std::string& request_name,
                                           const ports::http_response& answer) {
  auto body = parse_object(answer.body);
  if (answer.status >= 200 && answer.status < 300) {
    if (!body) return failure{malformed(request_name, body.error())};
    return *std::move(body);
  }
  const json none = json::object();
  fields status{body ? *body : none};
  const bool from_server = body && status.text("kind") == "Status";
  const auto message = status.text("message"), reason = status.text("reason");
  api_error out;
  std::string causes;
  bool owned = false, budget = false;
  for (const auto& one : status.list("details.causes")) {
    if (!one.is_object()) continue;
    fields cause{one};
    const auto type = cause.text("reason"), text = cause.text("message");
    if (type == "FieldManagerConflict") {
      owned = true;
      if (out.managers.size() < 16) out.managers.push_back(detail::manager_in(text));
      causes += "; " + detail::one_line(cause.text("field")) + " belongs to " + out.managers.back();
    }
    budget = budget || type == "DisruptionBudget";
    if (causes.size() > 2000) break;
  }
  // A proxy answers for a server that may never have seen the request, or may have carried it out.
  out.what = from_server || answer.status == 429 || answer.status == 503
                 ? detail::fault_of(answer.status, reason, owned, budget, message)
                 : fault::malformed;
  out.retry_after = detail::retry_after(answer, status);
  out.reason = request_name + ": " + std::to_string(answer.status) + " ";
  if (from_server)
    out.reason += detail::one_line(message.empty() ? reason : message) + causes;
  else
    out.reason += "and no Status of Kubernetes, as from a proxy or another server: " +
                  excerpt(std::string_view{answer.body}.substr(0, 60));
  return failure{std::move(out)};
}

inline result<json, api_error> read_answer_of(std::string_view wanted, const std::string& request_name,
                                              const ports::http_response& answer) {
  auto body = read_answer(request_name, answer);
  if (!body) return body;
  fields in{*body};
  if (const auto is = in.text("kind"); is != wanted)
    return failure{malformed(request_name, "it is of kind " + excerpt(is) + ", not " + std::string{wanted})};
  return body;
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
