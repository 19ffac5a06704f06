#include <foreshift/adapters/prometheus/endpoint.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>

using namespace foreshift;

namespace {
bool says(const prometheus::endpoint& at, const std::string& name, const std::string& value) {
  const auto headers = prometheus::headers_of(at);
  REQUIRE(headers.has_value());
  return std::ranges::count(*headers, std::pair{name, value}) == 1;
}
}  // namespace

TEST_CASE("credentials become the header Authorization") {
  CHECK(says({.bearer_token = "abc.DEF-1_2~3+/="}, "Authorization", "Bearer abc.DEF-1_2~3+/="));
  CHECK(says({.user = "Aladdin", .password = "open sesame"}, "Authorization",
             "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
  CHECK(says({.headers = {{"X-Scope-OrgID", "7"}}}, "X-Scope-OrgID", "7"));
  CHECK(prometheus::headers_of({})->size() == 2);  // what is wanted, and who asks
}
TEST_CASE("credentials that cannot stand in a header are refused and not repeated") {
  for (const prometheus::endpoint& at :
       {prometheus::endpoint{.bearer_token = "hunter2\n"}, prometheus::endpoint{.bearer_token = "hunter2 "},
        prometheus::endpoint{.bearer_token = "hunter2", .user = "hunter2"},
        prometheus::endpoint{.password = "hunter2"}, prometheus::endpoint{.user = "hunter2:"}}) {
    const auto headers = prometheus::headers_of(at);
    REQUIRE(!headers.has_value());
    CHECK(!headers.error().empty());
    CHECK(headers.error().find("hunter2") == std::string::npos);
  }
}
