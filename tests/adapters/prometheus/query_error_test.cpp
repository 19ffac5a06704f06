#include <foreshift/adapters/prometheus/query_error.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

using namespace foreshift;
using prometheus::query_errc;
using namespace std::chrono_literals;

namespace {

const ports::http_request asked{
    .method = "GET", .target = "/p/api/v1/query?query=up", .headers = {}, .body = {}};

prometheus::query_error error_of(std::uint16_t status, const std::string& body,
                                 std::pair<std::string, std::string> header = {"X", "y"}) {
  const auto answer = prometheus::read_answer(asked, {status, {std::move(header)}, body});
  REQUIRE(!answer.has_value());
  CHECK(answer.error().reason.starts_with("GET /p/api/v1/query: status " + std::to_string(status) + ": "));
  return answer.error();
}
const std::string refusal =
    R"({"status":"error","errorType":"bad_data","error":"invalid parameter \"query\""})";

}  // namespace

TEST_CASE("a success is an answer") {
  const auto answer = prometheus::read_answer(
      asked, {200, {}, R"( {"status":"success","data":{"resultType":"scalar","result":[1,"2"]}})"});
  REQUIRE(answer.has_value());
  CHECK(answer->values_of(0)[0] == 2);
}
TEST_CASE("Prometheus's refusal keeps its words") {
  const auto e = error_of(400, refusal);
  CHECK(e.why == query_errc::refused);
  CHECK(!e.transient());
  CHECK(e.reason.ends_with("bad_data: invalid parameter \"query\""));
  CHECK(error_of(422, refusal).why == query_errc::refused);
  CHECK(error_of(500, refusal).why == query_errc::refused);
  CHECK(error_of(200, refusal).why == query_errc::refused);
  CHECK(error_of(503, refusal).why == query_errc::busy);
}
TEST_CASE("who asks for patience gets it, whoever it is") {
  for (const auto status : std::to_array<std::uint16_t>({408, 429, 502, 503, 504})) {
    const auto e = error_of(status, "<html>try later</html>");
    CHECK(e.why == query_errc::busy);
    CHECK(e.transient());
  }
  CHECK(error_of(503, "", {"retry-after", "7"}).retry_after == duration{7s});
  CHECK(error_of(429, refusal, {"Retry-After", "0"}).retry_after == duration{0s});
  CHECK(error_of(503, "", {"Retry-After", "4000000000"}).retry_after == duration{24h});
  CHECK(!error_of(503, "", {"Retry-After", "soon"}).retry_after);
}
TEST_CASE("what is not Prometheus is named for what it looks like") {
  CHECK(error_of(200, "\n <!DOCTYPE html><title>Login").reason.find("HTML page instead of JSON") !=
        std::string::npos);
  CHECK(error_of(200, "").reason.ends_with("an empty answer"));
  CHECK(error_of(200, "pong\x07").reason.ends_with("no answer of Prometheus: \"pong?\""));
  CHECK(error_of(302, "<a href>").reason.find("a login in between") != std::string::npos);
  CHECK(error_of(404, "404 page not found").reason.find("the path that /api/v1 hangs from") ==
        std::string::npos);
  CHECK(error_of(404, "404 page not found").reason.find("no such path") != std::string::npos);
  CHECK(error_of(404, "404 page not found").why == query_errc::not_prometheus);
  for (const auto status : std::to_array<std::uint16_t>({401, 403})) {
    CHECK(error_of(status, "{\"message\":\"Unauthorized\"}").why == query_errc::not_let_in);
    CHECK(error_of(status, "").reason.find("check the token") != std::string::npos);
  }
}
TEST_CASE("an answer that goes wrong half way says at which byte") {
  const auto e = error_of(200, R"({"status":"success","data":{"resultType":"vector","result":[)");
  CHECK(e.why == query_errc::malformed);
  CHECK(!e.transient());
  CHECK(e.reason.find("byte 60: ") != std::string::npos);
}
