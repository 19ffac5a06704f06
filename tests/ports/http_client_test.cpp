#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/http_client.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace foreshift;

namespace {

struct cannot_say_why {
  std::optional<ports::http_response> exchange(const ports::http_request&);
};
struct does_not_know_whether_it_was_sent {
  result<ports::http_response, std::string> exchange(const ports::http_request&);
};
struct takes_a_target_only {
  result<ports::http_response, ports::http_error> exchange(const std::string&);
};
static_assert(!ports::HttpClient<cannot_say_why>);
static_assert(!ports::HttpClient<does_not_know_whether_it_was_sent>);
static_assert(!ports::HttpClient<takes_a_target_only>);

}  // namespace

TEST_CASE("the smallest HTTP client has no connection, so nothing was sent") {
  ports::archetypes::http_client c;
  const auto answer = c.exchange({.method = "GET", .target = "/", .headers = {}, .body = {}});
  REQUIRE(!answer.has_value());
  CHECK(!answer.error().sent);
  CHECK(!answer.error().reason.empty());
}
