#pragma once
/// @file
/// One HTTP exchange. Adapters of real systems build requests and read responses; the host brings the
/// connection.

#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::ports {

struct http_request {
  std::string method = "GET";
  std::string target;  ///< path and query, percent-encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  duration timeout = std::chrono::seconds{10};
};

struct http_response {
  std::uint16_t status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// Whether the request can have had an effect decides what may be done next.
struct http_error {
  bool sent = false;  ///< true: nobody knows whether it was carried out; false: certainly not
  std::string reason;
};

/// Exchanges one request for one response with one server.
///
/// Semantics     Returns within the request's timeout. Any status is a response, not an error.
/// Failure       `http_error`; the client never repeats a request by itself. An answer that is longer than it
///               takes is an error after the request was sent.
/// Threads       Called from one thread at a time.
/// Model         `ports::archetypes::http_client`.
template <class H>
concept HttpClient = requires(H& client, const http_request& request) {
  { client.exchange(request) } -> std::same_as<result<http_response, http_error>>;
};

}  // namespace foreshift::inline FORESHIFT_ABI::ports
