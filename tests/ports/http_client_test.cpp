#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/http_client.hpp>

#include <doctest/doctest.h>

#include <contracts/http_client_contract.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

struct archetype {
  ports::archetypes::http_client it;
  auto& client() { return it; }
  void close() {}
};

/// A server and a client in one process, in virtual time.
struct pretended {
  enum class mood { closed, silent, answering } is = mood::closed;
  ports::http_response says;
  std::vector<ports::http_request> got;
  time_point clock{};

  result<ports::http_response, ports::http_error> exchange(const ports::http_request& asked) {
    if (is == mood::closed) return failure{ports::http_error{false, "connection refused"}};
    got.push_back(asked);
    if (is == mood::silent) {
      clock += asked.timeout;
      return failure{ports::http_error{true, "no answer in time"}};
    }
    if (says.body.size() > 4096) return failure{ports::http_error{true, "the answer is too long"}};
    return says;
  }
};
static_assert(ports::HttpClient<pretended>);
struct with_server {
  pretended it;
  auto& client() { return it; }
  void close() { it.is = pretended::mood::closed; }
  void hang() { it.is = pretended::mood::silent; }
  void answer(ports::http_response r) { it.is = pretended::mood::answering, it.says = std::move(r); }
  std::vector<ports::http_request> seen() { return it.got; }
  time_point now() { return it.clock; }
  static std::size_t answer_max() { return 4096; }
};

}  // namespace

TEST_CASE("the smallest HTTP client has no connection, so nothing was sent") {
  ports::archetypes::http_client c;
  const auto answer = c.exchange({.method = "GET", .target = "/", .headers = {}, .body = {}});
  REQUIRE(!answer.has_value());
  CHECK(!answer.error().sent);
  CHECK(!answer.error().reason.empty());
}
TEST_CASE("the smallest HTTP client does what a client must") {
  contracts::http_client_contract<archetype>();
}
TEST_CASE("a client with its server in one process does what a client must") {
  contracts::http_client_contract<with_server>();
}
