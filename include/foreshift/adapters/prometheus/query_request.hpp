#pragma once
/// @file
/// Queries as requests of the HTTP API, and long ranges cut into what a server answers.

#include <foreshift/adapters/prometheus/endpoint.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/ports/http_url.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

struct instant_query {
  std::string expression;
  std::optional<time_point> at{};  ///< nothing: the server's now
};
/// The expression at each instant `grid.time_at(i)`.
struct range_query {
  std::string expression;
  telemetry::time_grid grid{};
};

/// What Prometheus answers at most for one series of one request.
inline constexpr std::size_t points_per_series_max = 11'000;

/// Consecutive grids, none longer than `points_max`, that together are the whole.
/// @pre points_max > 0
[[nodiscard]] inline std::vector<telemetry::time_grid> chunks_of(
    const telemetry::time_grid& whole, std::size_t points_max = points_per_series_max) {
  FORESHIFT_EXPECT(points_max > 0);
  std::vector<telemetry::time_grid> all;
  for (std::size_t first = 0; first < whole.size; first += points_max)
    all.push_back({whole.time_at(first), whole.step, std::min(points_max, whole.size - first)});
  return all;
}

/// Seconds since 1970 to the millisecond, as the API takes them: `1435781430.781`, `1435781430`.
[[nodiscard]] inline std::string query_seconds(duration since) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(since).count();
  const auto whole = millis < 0 ? -((-millis) / 1000) : millis / 1000;
  const auto part = millis < 0 ? (-millis) % 1000 : millis % 1000;
  std::string text = (millis < 0 && whole == 0 ? "-" : "") + std::to_string(whole);
  if (part == 0) return text;
  char fraction[8];
  std::snprintf(fraction, sizeof fraction, ".%03d", static_cast<int>(part));
  return text + fraction;
}

namespace detail {

/// Long forms go into the body, because servers and proxies bound a request's first line.
[[nodiscard]] inline result<ports::http_request, std::string> query_request(const endpoint& at,
                                                                            std::string_view path,
                                                                            const std::string& form) {
  constexpr std::size_t get_bytes_max = 1500;
  auto headers = headers_of(at);
  if (!headers) return failure{headers.error()};
  ports::http_request request{.method = "GET",
                              .target = at.url.path + std::string{path},
                              .headers = *std::move(headers),
                              .body = {},
                              .timeout = std::chrono::seconds{60}};
  if (form.size() <= get_bytes_max) {
    request.target += '?' + form;
  } else {
    request.method = "POST";
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = form;
  }
  return request;
}

}  // namespace detail

/// Fails only where the endpoint's credentials cannot be said.
[[nodiscard]] inline result<ports::http_request, std::string> make_request(const endpoint& at,
                                                                           const instant_query& query) {
  auto form = "query=" + ports::percent_encoded(query.expression);
  if (query.at) form += "&time=" + query_seconds(query.at->time_since_epoch());
  return detail::query_request(at, "/api/v1/query", form);
}
/// @pre the grid is not empty, its step is whole milliseconds, at least one
[[nodiscard]] inline result<ports::http_request, std::string> make_request(const endpoint& at,
                                                                           const range_query& query) {
  const auto& g = query.grid;
  FORESHIFT_EXPECT(g.size > 0 && g.step >= std::chrono::milliseconds{1} &&
                   g.step % std::chrono::milliseconds{1} == duration::zero());
  return detail::query_request(at, "/api/v1/query_range",
                               "query=" + ports::percent_encoded(query.expression) +
                                   "&start=" + query_seconds(g.start.time_since_epoch()) +
                                   "&end=" + query_seconds(g.time_at(g.size - 1).time_since_epoch()) +
                                   "&step=" + query_seconds(g.step));
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
