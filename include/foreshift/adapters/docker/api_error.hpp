#pragma once
/// @file
/// What an answer of the Engine API means for what was asked.
///
/// A caller needs to know one thing of a request that failed: whether it can have had an effect, and whether
/// giving it again can help. Docker's status codes do not say so: a write under an old version is answered by
/// 500, as is a leader that is gone, and a proxy's 404 is no word about a service. So the message counts too:
/// without one it is not Docker that speaks, and what is not understood counts as unknown.
/// Source: Engine API v1.41 and the answers of docker 20.10.

#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/ports/retry_after.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::docker {

struct api_error {
  enum class kind : std::uint8_t {
    unsent,    ///< certainly not carried out; may be given again
    unknown,   ///< nobody knows whether it was carried out; may be given again
    conflict,  ///< the object is not what it was when it was read; read it again
    refused,   ///< no, and giving it again does not help
    absent,    ///< the object of the request does not exist
  };
  kind what = kind::unknown;
  std::string reason;  ///< names the request and the answer
  std::optional<duration> retry_after{};
};

/// The body of a good answer, or what went wrong. @param from named in reasons, as "swarm a"
[[nodiscard]] inline result<json, api_error> read_answer(
    const ports::http_request& request, const result<ports::http_response, ports::http_error>& answer,
    std::string_view from);

namespace detail {

/// @param message Docker's own; empty: there is none
[[nodiscard]] inline api_error::kind kind_of(std::uint16_t status, std::string_view message) {
  using enum api_error::kind;
  if (status == 429) return unsent;  // whoever says so
  if (message.empty() || status < 400) return unknown;
  const auto says = [&](std::string_view words) { return message.find(words) != std::string_view::npos; };
  if (says("update out of sequence")) return conflict;  // by 500
  if (says("not a swarm manager")) return refused;      // by 503: a worker never becomes one by waiting
  if (status == 404)
    return says("No such container") || says("No such image") ||
                   (says("not found") && !says("page not found"))
               ? absent
               : unknown;
  if (status == 409) return conflict;
  if (status >= 500)
    return says("code = InvalidArgument") || says("code = FailedPrecondition") || says("desc = constraint")
               ? refused
               : unknown;
  return refused;
}

}  // namespace detail

[[nodiscard]] inline result<json, api_error> read_answer(
    const ports::http_request& request, const result<ports::http_response, ports::http_error>& answer,
    std::string_view from) {
  using enum api_error::kind;
  const std::string what =
      std::string{from} + ": " + request.method + " " + request.target.substr(0, 200) + ": ";
  if (!answer)
    return failure{api_error{answer.error().sent ? unknown : unsent, what + answer.error().reason}};
  auto body = parse_json(answer->body);
  if (answer->status >= 200 && answer->status < 300) {
    if (body) return *std::move(body);
    return failure{api_error{unknown, what + "the answer is " + body.error()}};
  }
  const std::string said = body ? text_at(*body, "message") : std::string{};
  return failure{api_error{
      detail::kind_of(answer->status, said),
      what + "answered " + std::to_string(answer->status) + ": " +
          (!said.empty() ? excerpt(said, 300)
                         : (body ? std::string{"without a message"} : "the body is " + body.error())),
      ports::retry_after(*answer)}};
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
