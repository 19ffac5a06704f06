#include <foreshift/adapters/http/message.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace foreshift;

TEST_CASE("a request's head is what HTTP/1.1 wants") {
  const auto head = http::request_head(
      {.method = "POST", .target = "/a?b=c", .headers = {{"X-A", "1"}, {"X-B", ""}}, .body = "abc"},
      "host:81");
  REQUIRE(head.has_value());
  CHECK(*head == "POST /a?b=c HTTP/1.1\r\nHost: host:81\r\nX-A: 1\r\nX-B: \r\nContent-Length: 3\r\n\r\n");
  CHECK(*http::request_head({.method = "GET", .target = "/", .headers = {}, .body = {}}, "h") ==
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(*http::request_head({.method = "POST", .target = "/", .headers = {}, .body = {}}, "h") ==
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("nothing in a request can begin a line of its own, and the reason does not repeat a value") {
  const std::string secret = "hunter2";
  const std::vector<ports::http_request> bad{
      {.method = "", .target = "/", .headers = {}, .body = {}},
      {.method = "GET /x HTTP/1.1\r\n", .target = "/", .headers = {}, .body = {}},
      {.method = "GET", .target = "", .headers = {}, .body = {}},
      {.method = "GET", .target = "http://elsewhere/", .headers = {}, .body = {}},
      {.method = "GET", .target = "/a b", .headers = {}, .body = {}},
      {.method = "GET", .target = "/a\r\nX: 1", .headers = {}, .body = {}},
      {.method = "GET", .target = "/\xC3\xA4", .headers = {}, .body = {}},
      {.method = "GET", .target = "/", .headers = {{"", secret}}, .body = {}},
      {.method = "GET", .target = "/", .headers = {{"X:", secret}}, .body = {}},
      {.method = "GET", .target = "/", .headers = {{"X A", secret}}, .body = {}},
      {.method = "GET", .target = "/", .headers = {{"X", secret + "\r\nY: 1"}}, .body = {}},
      {.method = "GET", .target = "/", .headers = {{"X", secret + '\n'}}, .body = {}},
      {.method = "GET", .target = "/", .headers = {{"X", secret + '\0'}}, .body = {}},
      {.method = "GET", .target = "/", .headers = {{"content-length", "7"}}, .body = {}},
      {.method = "GET", .target = "/", .headers = {{"Transfer-Encoding", "chunked"}}, .body = {}},
      {.method = "GET", .target = "/", .headers = {{"Host", "other"}}, .body = {}}};
  for (const auto& request : bad) {
    CAPTURE(&request - bad.data());
    const auto head = http::request_head(request, "h");
    REQUIRE(!head.has_value());
    CHECK(!head.error().empty());
    CHECK(head.error().find(secret) == std::string::npos);
  }
}

TEST_CASE("each fault of an answer has a sentence of its own") {
  using fault = http::beast::http::error;
  const auto say = [](fault f, bool begun = true) {
    return http::explain_answer(make_error_code(f), begun, 99);
  };
  CHECK(say(fault::body_limit) == "the answer is longer than 99 bytes");
  CHECK(say(fault::header_limit) == "the head of the answer is too long");
  CHECK(say(fault::partial_message) == "the answer breaks off");
  CHECK(say(fault::end_of_stream, false) == "the server ends the connection without an answer");
  CHECK(say(fault::bad_version).starts_with("what the server says is not HTTP: "));
  CHECK(http::explain_answer(http::net::error::access_denied, true, 9)
            .starts_with("the answer cannot be read"));
}
