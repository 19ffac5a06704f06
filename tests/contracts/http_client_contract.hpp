#pragma once
/// @file
/// What any model of HttpClient must do, for hosts to run on their own.
///
/// A harness has a client and, optionally, the server that it talks to:
///     struct harness {
///       auto& client();                           // an HttpClient
///       void close();                             // nobody listens from now on
///       void answer(ports::http_response);        // optional, with the next three: said to every request
///       void hang();                              // the server takes requests and says nothing
///       std::vector<ports::http_request> seen();  // what the server has been sent, bodies and all
///       time_point now();                         // of the client's own clock, virtual or not
///       std::size_t answer_max();                 // optional: the longest body that the client takes
///     };
/// Of the headers of a request only those that were asked for are looked at: a client adds its own. Call
/// `http_client_contract<harness>()` inside a TEST_CASE.

#include <foreshift/core/time.hpp>
#include <foreshift/ports/http_client.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::contracts {

template <class Harness>
void http_client_contract() {
  Harness host;
  const ports::http_request question{.method = "POST",
                                     .target = "/services/3/update?version=7&name=a%20b",
                                     .headers = {{"Content-Type", "application/json"}},
                                     .body = std::string{"{\"a\":\0 1}\r\n\r\n", 13},
                                     .timeout = std::chrono::seconds{10}};

  SUBCASE("where nobody listens nothing was sent, and the reason says something") {
    host.close();
    const auto answer = host.client().exchange(question);
    REQUIRE(!answer.has_value());
    CHECK(!answer.error().sent);
    CHECK(!answer.error().reason.empty());
  }
  if constexpr (requires { host.hang(); }) {
    SUBCASE("a request arrives whole, once") {
      host.answer({.status = 200, .headers = {}, .body = {}});
      REQUIRE(host.client().exchange(question).has_value());
      const auto seen = host.seen();
      REQUIRE(seen.size() == 1);
      CHECK(seen[0].method == question.method);
      CHECK(seen[0].target == question.target);
      CHECK(seen[0].body == question.body);
      CHECK(std::ranges::count(seen[0].headers, question.headers[0]) == 1);
    }
    SUBCASE("a response comes back whole, whatever its status") {
      for (const auto status : std::to_array<std::uint16_t>({200, 204, 302, 404, 429, 500, 503})) {
        const std::string body = status == 204 ? "" : std::string{"all\0of it\n", 10};
        host.answer({.status = status, .headers = {{"X-Version", "8"}}, .body = body});
        const auto answer = host.client().exchange(question);
        REQUIRE(answer.has_value());
        CHECK(answer->status == status);
        CHECK(answer->body == body);
        CHECK(std::ranges::count(answer->headers, std::pair<std::string, std::string>{"X-Version", "8"}) ==
              1);
      }
    }
    SUBCASE("without an answer it gives up in time, admits that the request was sent, and sends no other") {
      host.hang();
      const time_point before = host.now();
      auto hurried = question;
      hurried.timeout = std::chrono::seconds{1};  // a busy machine connects within it, with TLS too
      const auto answer = host.client().exchange(hurried);
      CHECK(host.now() - before <= 5 * hurried.timeout);  // a machine may be slow; forever is longer
      REQUIRE(!answer.has_value());
      CHECK(answer.error().sent);
      CHECK(!answer.error().reason.empty());
      CHECK(host.seen().size() == 1);
    }
    if constexpr (requires { host.answer_max(); })
      SUBCASE("an answer that is too long to take is an error after the request was sent") {
        host.answer({.status = 200, .headers = {}, .body = std::string(host.answer_max(), 'x')});
        CHECK(host.client().exchange(question).has_value());
        host.answer({.status = 200, .headers = {}, .body = std::string(host.answer_max() + 1, 'x')});
        const auto answer = host.client().exchange(question);
        REQUIRE(!answer.has_value());
        CHECK(answer.error().sent);
      }
  }
}

}  // namespace foreshift::contracts
