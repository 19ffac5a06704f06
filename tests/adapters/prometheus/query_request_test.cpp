#include <foreshift/adapters/prometheus/query_request.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {
const prometheus::endpoint grafana{
    .url = {.tls = true, .host = "grafana.example", .port = 443, .path = "/api/datasources/proxy/uid/x1"}};
}

TEST_CASE("a query hangs from the endpoint's path") {
  const auto now = prometheus::make_request(grafana, prometheus::instant_query{"up{job=\"a b\"}"});
  CHECK(now->method == "GET");
  CHECK(now->target == "/api/datasources/proxy/uid/x1/api/v1/query?query=up%7Bjob%3D%22a%20b%22%7D");
  const auto then =
      prometheus::make_request({}, prometheus::instant_query{"up", time_point{1435781430781ms}});
  CHECK(then->target == "/api/v1/query?query=up&time=1435781430.781");
  const auto range = prometheus::make_request({}, prometheus::range_query{"up", {time_point{1000s}, 15s, 3}});
  CHECK(range->target == "/api/v1/query_range?query=up&start=1000&end=1030&step=15");
}
TEST_CASE("a long query is sent as a form") {
  const auto sent = prometheus::make_request(
      grafana, prometheus::range_query{std::string(5000, 'x'), {time_point{0s}, 500ms, 1}});
  CHECK(sent->method == "POST");
  CHECK(sent->target == "/api/datasources/proxy/uid/x1/api/v1/query_range");
  CHECK(sent->body == "query=" + std::string(5000, 'x') + "&start=0&end=0&step=0.500");
  CHECK(std::ranges::count(sent->headers, std::pair<std::string, std::string>{
                                              "Content-Type", "application/x-www-form-urlencoded"}) == 1);
}
TEST_CASE("credentials that cannot be sent make no request") {
  const auto request = prometheus::make_request({.bearer_token = "a b"}, prometheus::instant_query{"up"});
  CHECK(!request.has_value());
}
TEST_CASE("times are written to the millisecond") {
  CHECK(prometheus::query_seconds(0s) == "0");
  CHECK(prometheus::query_seconds(1s + 5ms) == "1.005");
  CHECK(prometheus::query_seconds(1s + 999'999us) == "1.999");
  CHECK(prometheus::query_seconds(-1500ms) == "-1.500");
  CHECK(prometheus::query_seconds(-500ms) == "-0.500");
}
TEST_CASE("chunks cover the range once, in order, each within the bound") {
  for (const std::size_t size : {0U, 1U, 6U, 7U, 8U, 13U, 14U, 15U}) {
    const telemetry::time_grid whole{time_point{1h}, 15s, size};
    std::size_t covered = 0;
    for (const auto& chunk : prometheus::chunks_of(whole, 7)) {
      CHECK(chunk.start == whole.time_at(covered));
      CHECK(chunk.step == whole.step);
      CHECK(chunk.size > 0);
      CHECK(chunk.size <= 7);
      covered += chunk.size;
    }
    CHECK(covered == size);
  }
  CHECK(prometheus::chunks_of({time_point{}, 1s, 11'000}).size() == 1);
  CHECK(prometheus::chunks_of({time_point{}, 1s, 11'001}).size() == 2);
}
