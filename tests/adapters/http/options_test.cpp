#include <foreshift/adapters/http/options.hpp>

#include <doctest/doctest.h>

using namespace foreshift;

TEST_CASE(
    "an answer is bounded unless somebody says otherwise, and nobody is trusted but the system's "
    "authorities") {
  const http::options o{.server = {.host = "prom.example"}};
  CHECK(o.answer_bytes_max == 268'435'456);
  CHECK(o.head_bytes_max == 65'536);
  CHECK(o.tls.authorities.empty());
  CHECK(o.tls.certificate.empty());
}
