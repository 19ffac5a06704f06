#include <foreshift/ports/http_url.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

using namespace foreshift;

namespace {
ports::http_url good(std::string_view text) {
  const auto url = ports::parse_http_url(text);
  REQUIRE(url.has_value());
  return *url;
}
}  // namespace

TEST_CASE("a URL says host, port and the path that a service hangs from") {
  CHECK(good("http://prom.example") == ports::http_url{false, "prom.example", 80, ""});
  CHECK(good("https://prom.example/") == ports::http_url{true, "prom.example", 443, ""});
  CHECK(good("http://10.0.0.1:9090/a/b//") == ports::http_url{false, "10.0.0.1", 9090, "/a/b"});
  CHECK(good("https://[::1]:8443/x%20y") == ports::http_url{true, "::1", 8443, "/x%20y"});
}
TEST_CASE("a URL survives being written and read again") {
  for (const std::string_view text : {"http://a", "https://a", "http://a:443", "https://[2001:db8::1]:80/p",
                                      "http://g.example:3000/api/datasources/proxy/uid/x"})
    CHECK(ports::to_string(good(text)) == text);
  CHECK(ports::authority(good("https://[::1]/q")) == "[::1]");
}
TEST_CASE("what is no URL of a service is refused, and a password in it is not repeated") {
  for (const std::string_view text : {"",
                                      "prom",
                                      "ftp://a",
                                      "HTTP//a",
                                      "http://",
                                      "http:///p",
                                      "http://a:0",
                                      "http://a:65536",
                                      "http://a:",
                                      "http://a:9x",
                                      "http://[::1",
                                      "http://[::1]9",
                                      "http://[g]",
                                      "http://a b",
                                      "http://a/p?q=1",
                                      "http://a/p#f",
                                      "http://a\r\nX: 1",
                                      "http://a/\x01",
                                      "http://a/\xC3\xA4",
                                      "http://::1"}) {
    CAPTURE(text);
    const auto url = ports::parse_http_url(text);
    REQUIRE(!url.has_value());
    CHECK(!url.error().empty());
  }
  const auto secret = ports::parse_http_url("http://me:hunter2@a:9090");
  REQUIRE(!secret.has_value());
  CHECK(secret.error().find("hunter2") == std::string::npos);
  CHECK(!ports::parse_http_url("http://" + std::string(254, 'a')).has_value());
}
TEST_CASE("percent encoding leaves what RFC 3986 calls unreserved") {
  CHECK(ports::percent_encoded("aZ09-._~") == "aZ09-._~");
  CHECK(ports::percent_encoded("rate(x{a=\"b\"}[5m]) + 1") ==
        "rate%28x%7Ba%3D%22b%22%7D%5B5m%5D%29%20%2B%201");
  CHECK(ports::percent_encoded(std::string_view{"\0\xFF", 2}) == "%00%FF");
}
TEST_CASE("base 64 is that of RFC 4648") {
  // The test vectors of RFC 4648, section 10.
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) CHECK(ports::base64(plain) == encoded);
  CHECK(ports::base64("\xFF\xFE\xFD") == "//79");
  // The example of RFC 7617, section 2.
  CHECK(ports::basic_authorization("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}
