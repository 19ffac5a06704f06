#include <foreshift/adapters/docker/api_error.hpp>
#include <foreshift/adapters/docker/request.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;
using docker::api_error;
using kind = docker::api_error::kind;

namespace {

const ports::http_request asked = docker::update_service("w1", 7, docker::json::object());

result<docker::json, api_error> answered(std::uint16_t status, const std::string& body,
                                         std::vector<std::pair<std::string, std::string>> headers = {}) {
  return docker::read_answer(asked, ports::http_response{status, std::move(headers), body}, "swarm a");
}
kind kind_of(std::uint16_t status, const std::string& message) {
  return answered(status, docker::to_text(docker::json{{"message", message}})).error().what;
}

}  // namespace

TEST_CASE("a good answer is its body") {
  CHECK(docker::to_text(*answered(200, R"({"Warnings":null})")) == R"({"Warnings":null})");
  CHECK(answered(201, "[]").has_value());
}

// The messages are those of Docker 20.10.24.
TEST_CASE("a write under an old version is a conflict, although it is answered by 500") {
  CHECK(kind_of(500, "rpc error: code = Unknown desc = update out of sequence") == kind::conflict);
  CHECK(kind_of(409,
                "rpc error: code = AlreadyExists desc = name conflicts with an existing object: service w1 "
                "already exists") == kind::conflict);
}

TEST_CASE("what cannot get better is refused, and what is not understood is unknown") {
  CHECK(kind_of(400, "invalid service version ''") == kind::refused);
  CHECK(kind_of(503,
                "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster "
                "state.") == kind::refused);
  CHECK(kind_of(500, "rpc error: code = Unknown desc = constraint expected one operator from ==, !=") ==
        kind::refused);
  CHECK(kind_of(500, "rpc error: code = InvalidArgument desc = name must be valid") == kind::refused);
  CHECK(kind_of(500, "rpc error: code = DeadlineExceeded desc = context deadline exceeded") == kind::unknown);
  CHECK(kind_of(500, "rpc error: code = Unknown desc = The swarm does not have a leader.") == kind::unknown);
  CHECK(kind_of(503, "") == kind::unknown);
}

TEST_CASE("only Docker's own word makes a service absent: a proxy's 404 says nothing of it") {
  CHECK(kind_of(404, "service w1 not found") == kind::absent);
  CHECK(kind_of(404, "No such container: c1") == kind::absent);
  CHECK(kind_of(404, "No such image: bb:1") == kind::absent);
  CHECK(kind_of(404, "page not found") == kind::unknown);
  CHECK(answered(404, "<html>not found</html>").error().what == kind::unknown);
}

TEST_CASE("without Docker's own message it is somebody on the way who answers, and nothing is known") {
  for (const std::uint16_t status :
       std::vector<std::uint16_t>{300, 302, 307, 400, 401, 403, 404, 405, 408, 409, 413, 502, 503, 504})
    for (const char* body : {"<html>no</html>", "", "{}", "[]", R"({"message": ""})", R"({"error": "no"})"})
      CHECK(answered(status, body).error().what == kind::unknown);
  CHECK(answered(307, R"({"message": "go there"})").error().what == kind::unknown);
  for (const std::uint16_t status : std::vector<std::uint16_t>{400, 401, 403, 408, 413})
    CHECK(kind_of(status, "no") == kind::refused);
}

TEST_CASE("an answer of 100 MB is an error that names the request, whatever its status") {
  const std::string whole(100'000'000, ' ');
  CHECK(answered(200, whole).error().reason ==
        "swarm a: POST /v1.41/services/w1/update?version=7: the answer is longer than 67108864 bytes");
  const auto bad = answered(500, whole).error();
  CHECK(bad.what == kind::unknown);
  CHECK(bad.reason ==
        "swarm a: POST /v1.41/services/w1/update?version=7: answered 500: the body is longer than 67108864 "
        "bytes");
}

TEST_CASE("a cluster that asks for quiet says how long") {
  const auto busy = answered(429, "{}", {{"retry-AFTER", "7"}}).error();
  CHECK(busy.what == kind::unsent);
  CHECK(busy.retry_after == std::chrono::seconds{7});
  CHECK_FALSE(answered(429, "{}", {{"Retry-After", "Fri, 27 Nov 2026 03:00:00 GMT"}}).error().retry_after);
}

TEST_CASE("a bad answer names the request and how it begins") {
  CHECK(answered(200, "<html>\n").error().reason ==
        "swarm a: POST /v1.41/services/w1/update?version=7: the answer is not JSON, it begins with "
        "\"<html>?\"");
  CHECK(answered(200, "").error().what == kind::unknown);
  CHECK(
      answered(502, "<html>").error().reason ==
      "swarm a: POST /v1.41/services/w1/update?version=7: answered 502: the body is not JSON, it begins with "
      "\"<html>\"");
  CHECK(answered(500, R"({"message": ["x"]})").error().reason.ends_with("answered 500: without a message"));
  CHECK(answered(400, R"({"message": "no such thing"})")
            .error()
            .reason.ends_with(R"(answered 400: "no such thing")"));
}

TEST_CASE("an exchange that failed may have been carried out if it was sent") {
  const auto failed = [](bool sent) {
    return docker::read_answer(asked, failure{ports::http_error{sent, "connection refused"}}, "swarm a")
        .error();
  };
  CHECK(failed(false).what == kind::unsent);
  CHECK(failed(true).what == kind::unknown);
  CHECK(failed(true).reason == "swarm a: POST /v1.41/services/w1/update?version=7: connection refused");
}
