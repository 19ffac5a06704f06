#include <foreshift/adapters/http/boost_beast.hpp>

#include <doctest/doctest.h>

#include <string_view>

using namespace foreshift::http;

TEST_CASE("an answer is parsed without a socket") {
  beast::http::response_parser<beast::http::string_body> parser;
  parser.eager(true);
  const std::string_view text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  error_code error;
  parser.put(net::buffer(text), error);
  CHECK(!error);
  CHECK(parser.is_done());
  CHECK(parser.get().body() == "ok");
}
