#pragma once
/// @file
/// Why a query has no answer, told apart by what can be done about it; read from what came back.

#include <foreshift/adapters/prometheus/answer_reader.hpp>
#include <foreshift/adapters/prometheus/query_answer.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/ports/retry_after.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// `absent`          no exchange took place, and none ever has: the address is wrong more likely than busy
/// `unreachable`     no exchange took place this time, or it broke off
/// `busy`            the server or a proxy asks for patience: 408, 429, 502, 503, 504
/// `not_let_in`      the credentials are missing or wrong
/// `refused`         Prometheus says why: the query is wrong, or it costs too much
/// `not_prometheus`  something else answers, such as a login page
/// `malformed`       the answer begins as one of Prometheus and does not go on like it, or is too large
/// `misconfigured`   the request could not be made
enum class query_errc : std::uint8_t {
  absent,
  unreachable,
  busy,
  not_let_in,
  refused,
  not_prometheus,
  malformed,
  misconfigured,
};

struct query_error {
  query_errc why{};
  std::string reason;                     ///< a sentence that names the request, without credentials
  std::optional<duration> retry_after{};  ///< the server's own wish

  /// The same request may be answered later. Queries change nothing, so one that was sent may be repeated.
  [[nodiscard]] bool transient() const { return why == query_errc::unreachable || why == query_errc::busy; }
};

/// `GET /prefix/api/v1/query_range`, without the parameters.
[[nodiscard]] inline std::string describe(const ports::http_request& request) {
  return request.method + ' ' + request.target.substr(0, request.target.find('?'));
}

namespace detail {

[[nodiscard]] inline query_errc kind_of_status(std::uint16_t status) {
  switch (status) {
    case 401:
    case 403:
      return query_errc::not_let_in;
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return query_errc::busy;
    default:
      return query_errc::not_prometheus;
  }
}

/// What an answer that is no JSON of Prometheus looks like.
[[nodiscard]] inline std::string explain_page(const ports::http_response& r) {
  const auto begin = std::min(r.body.find_first_not_of(" \t\r\n"), r.body.size());
  const std::string_view body = std::string_view{r.body}.substr(begin);
  if (r.status == 401 || r.status == 403) return "not let in: check the token, or user and password";
  if (r.status / 100 == 3) return "sent elsewhere: is there a login in between, or is the URL another one?";
  if (r.status == 404) return "no such path: is the path of the URL the one that /api/v1 hangs from?";
  if (body.starts_with('<')) return "an HTML page instead of JSON: is there a proxy or a login in between?";
  if (body.empty()) return "an empty answer";
  return "no answer of Prometheus: " + excerpt(body.substr(0, 60));
}

}  // namespace detail

/// Reads what came back for `request`.
[[nodiscard]] inline result<query_answer, query_error> read_answer(const ports::http_request& request,
                                                                   const ports::http_response& response,
                                                                   const answer_limits& limits = {}) {
  const auto fail = [&](query_errc why, const std::string& reason) {
    return failure{
        query_error{why, describe(request) + ": status " + std::to_string(response.status) + ": " + reason,
                    ports::retry_after(response)}};
  };
  const auto first = response.body.find_first_not_of(" \t\r\n");
  const bool json = first != std::string::npos && response.body[first] == '{';
  auto body = json ? read_answer_body(response.body, limits)
                   : result<answer_body, std::string>{failure{std::string{}}};
  if (body && body->success && response.status / 100 == 2) return std::move(body->answer);
  const auto kind = detail::kind_of_status(response.status);
  if (body && !body->success) {
    const bool passing = kind == query_errc::busy || kind == query_errc::not_let_in;
    return fail(passing ? kind : query_errc::refused, printable(body->error_type + ": " + body->error));
  }
  if (json && response.status / 100 == 2) return fail(query_errc::malformed, body.error());
  return fail(kind, detail::explain_page(response));
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
