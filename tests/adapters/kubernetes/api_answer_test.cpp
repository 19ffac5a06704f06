#include <foreshift/adapters/kubernetes/api_answer.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;
using kubernetes::api_error, kubernetes::fault, kubernetes::read_answer;
using namespace std::chrono_literals;

namespace {

const std::string request = "PATCH /apis/apps/v1/namespaces/shop/deployments/web";

std::string status(int code, const std::string& reason, const std::string& message,
                   const std::string& details = "{}") {
  return R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":")" + message +
         R"(","reason":")" + reason + R"(","details":)" + details + R"(,"code":)" + std::to_string(code) +
         "}";
}
api_error error(std::uint16_t code, std::string body,
                std::vector<std::pair<std::string, std::string>> headers = {}) {
  const auto read = read_answer(request, {code, std::move(headers), std::move(body)});
  REQUIRE(!read.has_value());
  CHECK(read.error().reason.starts_with(request + ": "));
  CHECK(read.error().reason.find('\n') == std::string::npos);
  return read.error();
}

}  // namespace

TEST_CASE("a conflict names the managers that own the fields") {
  // As an API server of 1.32 answers a server-side apply.
  const auto told = error(
      409,
      status(
          409, "Conflict",
          R"(Apply failed with 1 conflict: conflict with \"kubectl-client-side-apply\" using apps/v1: .spec.replicas)",
          R"({"causes":[{"reason":"FieldManagerConflict","message":"conflict with \"kubectl-client-side-apply\" using apps/v1","field":".spec.replicas"}]})"));
  CHECK(told.what == fault::owned);
  CHECK(told.managers == std::vector<std::string>{"kubectl-client-side-apply"});
  CHECK(told.reason.ends_with("; .spec.replicas belongs to kubectl-client-side-apply"));
}

TEST_CASE("a conflict is a stale version or a name that is taken") {
  CHECK(error(409, status(409, "Conflict", "Operation cannot be fulfilled: the object has been modified"))
            .what == fault::stale);
  CHECK(error(409, status(409, "AlreadyExists", "deployments.apps web already exists")).what ==
        fault::exists);
}

TEST_CASE("patience, budgets and faults are told apart") {
  const std::string budget =
      R"({"causes":[{"reason":"DisruptionBudget","message":"The disruption budget web needs 1 healthy pods"}]})";
  const auto over = error(429, status(429, "TooManyRequests", "Cannot evict pod", budget));
  CHECK(over.what == fault::over_budget);
  CHECK(!over.retry_after);
  CHECK(error(429, status(429, "TooManyRequests", "Cannot evict pod", budget), {{"Retry-After", "10"}})
            .retry_after == duration{10s});
  const auto busy = error(429, status(429, "TooManyRequests", "slow down", R"({"retryAfterSeconds":3})"));
  CHECK(busy.what == fault::busy);
  CHECK(busy.retry_after == duration{3s});
  CHECK(error(429, "Too many requests, please try again later.\n", {{"retry-after", "1"}}).retry_after ==
        duration{1s});
  for (const char* seconds : {"86401", "2147483648", "9223372036854775807"})
    CHECK(error(429, status(429, "TooManyRequests", "slow down",
                            R"({"retryAfterSeconds":)" + std::string{seconds} + "}"))
              .retry_after == duration{24h});
  CHECK(!error(429, "later", {{"Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"}}).retry_after);
  CHECK(error(503, "").what == fault::busy);
  CHECK(error(500, status(500, "InternalError",
                          "This pod has more than one PodDisruptionBudget, which the "
                          "eviction subresource does not support."))
            .what == fault::many_budgets);
  CHECK(error(500, status(500, "InternalError", "etcdserver: request timed out")).what == fault::broken);
  CHECK(error(504, status(504, "Timeout", "request did not complete")).what == fault::broken);
}

TEST_CASE("what is for good is told with the server's reason") {
  const auto invalid =
      error(422, status(422, "Invalid", "Deployment.apps web is invalid: spec.selector: immutable"));
  CHECK(invalid.what == fault::invalid);
  CHECK(invalid.reason == request + ": 422 Deployment.apps web is invalid: spec.selector: immutable");
  CHECK(error(403, status(403, "Forbidden", "no")).what == fault::not_let_in);
  CHECK(error(401, status(401, "Unauthorized", "Unauthorized")).what == fault::not_let_in);
  CHECK(error(404, status(404, "NotFound", "gone")).what == fault::absent);
  CHECK(error(410, status(410, "Expired", "The provided continue parameter is too old")).what ==
        fault::expired);
  CHECK(error(400, status(400, "BadRequest", "")).reason == request + ": 400 BadRequest");
  CHECK(error(418, status(418, "x", "y")).what == fault::refused);
}

TEST_CASE("an answer that is none of an API server is an error that names the request") {
  const std::string page = "<html>\n<h1>502 Bad Gateway</h1></html>";
  CHECK(
      error(200, page).reason ==
      request +
          R"(: the answer cannot be used: it is not JSON, or is cut: it begins with "<html>?<h1>502 Bad Gateway</h1></html>")");
  const auto gateway = error(502, page);
  CHECK(gateway.what == fault::malformed);
  CHECK(gateway.reason.starts_with(request + ": 502 and no Status of Kubernetes"));
  CHECK(error(404, page).what == fault::malformed);  // not "there is no such object"
  for (const auto code : {std::uint16_t{401}, std::uint16_t{403}})
    CHECK(error(code, page).what == fault::malformed);
  CHECK(error(302, "").what == fault::malformed);
  CHECK(error(200, R"({"kind":"Deployment","metadata":{"name":"we)").what == fault::malformed);
  CHECK(error(200, std::string(100'000'000, ' ')).reason ==
        request + ": the answer cannot be used: it is longer than 67108864 bytes");
  CHECK(error(409, R"({"kind":"Status","details":{"causes":{}},"message":5})").what == fault::stale);
  CHECK(error(409,
              R"({"kind":"Status","details":{"causes":[7,{"reason":"FieldManagerConflict","message":"?"}]}})")
            .managers == std::vector<std::string>{"?"});
  CHECK(kubernetes::read_answer_of("PodList", "GET /api/v1/pods", {200, {}, R"({"kind":"Pod"})"})
            .error()
            .reason == R"(GET /api/v1/pods: the answer cannot be used: it is of kind "Pod", not PodList)");
  CHECK(kubernetes::read_answer_of("PodList", "GET /api/v1/pods", {200, {}, R"({"kind":"PodList"})"})
            .has_value());
}

TEST_CASE("whether anything was sent is kept") {
  struct broken {
    bool sent;
    result<ports::http_response, ports::http_error> exchange(const ports::http_request&) {
      return failure{ports::http_error{sent, "the connection breaks"}};
    }
  } before{false}, after{true};
  const auto get = kubernetes::get_request(kubernetes::kind::node, "", "n");
  CHECK(kubernetes::ask(before, get).error() ==
        api_error{fault::unsent, "GET /api/v1/nodes/n: the connection breaks"});
  CHECK(kubernetes::ask(after, get).error().what == fault::unanswered);
}
