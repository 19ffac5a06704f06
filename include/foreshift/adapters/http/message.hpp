#pragma once
/// @file
/// The head of a request as it goes over the wire, and what an answer's faults are called.

#include <foreshift/adapters/http/boost_beast.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/http_client.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::http {

/// Request line and headers. Whatever could end a line early, or would say again what is said here, is
/// refused; the reason names a header and never its value.
[[nodiscard]] inline result<std::string, std::string> request_head(const ports::http_request& request,
                                                                   std::string_view authority) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (request.method.empty() || request.method.find_first_not_of(letters) != std::string::npos)
    return failure{std::string{"the method is not a word in capitals"}};
  for (const char c : request.target)
    if (c <= ' ' || c == 0x7F) return failure{std::string{"the target holds a byte that must be encoded"}};
  if (!request.target.starts_with('/')) return failure{std::string{"the target does not begin with a slash"}};

  std::string head = request.method + ' ' + request.target + " HTTP/1.1\r\nHost: ";
  head += authority;
  head += "\r\n";
  for (const auto& [name, value] : request.headers) {
    constexpr std::string_view word =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (name.empty() || name.find_first_not_of(word) != std::string::npos)
      return failure{std::string{"a header's name holds a byte that may not stand there"}};
    for (const std::string_view own : {"host", "content-length", "transfer-encoding", "connection"})
      if (beast::iequals({name.data(), name.size()}, {own.data(), own.size()}))
        return failure{"the header " + name + " is the client's to say"};
    if (value.find_first_of(std::string_view{"\r\n\0", 3}) != std::string::npos)
      return failure{"the value of the header " + name + " ends a line"};
    head += name + ": " + value + "\r\n";
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
      request.method == "PATCH")
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return head + "\r\n";
}

/// Why an answer could not be read.
[[nodiscard]] inline std::string explain_answer(const error_code& error, bool begun,
                                                std::size_t answer_bytes_max) {
  using fault = beast::http::error;
  const auto is = [&](fault e) { return error == make_error_code(e); };
  if (is(fault::body_limit))
    return "the answer is longer than " + std::to_string(answer_bytes_max) + " bytes";
  if (is(fault::header_limit)) return "the head of the answer is too long";
  if (is(fault::end_of_stream) || is(fault::partial_message) || error == net::error::eof ||
      error == net::error::connection_reset || error == net::ssl::error::stream_truncated)
    return begun ? "the answer breaks off" : "the server ends the connection without an answer";
  if (error.category() == make_error_code(fault::bad_version).category())
    return "what the server says is not HTTP: " + error.message();
  return "the answer cannot be read: " + error.message();
}

}  // namespace foreshift::inline FORESHIFT_ABI::http
