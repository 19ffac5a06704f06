#include <foreshift/adapters/http/connection.hpp>

#include <doctest/doctest.h>

#include <adapters/http/loopback_server.hpp>
#include <support/scratch_directory.hpp>

#include <chrono>
#include <string>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

http::options rules_for(std::uint16_t port) {
  http::options o{.server = {.host = "127.0.0.1", .port = port}};
  o.answer_bytes_max = 1000;
  o.head_bytes_max = 1000;
  return o;
}

/// What one exchange comes to when the server says `text` and hangs up, or waits.
result<ports::http_response, std::string> answer_to(const std::string& text, bool hang_up = true) {
  loopback_server server{[&](loopback_peer& p) {
    if (!p.read()) return;
    p.write(text);
    if (!hang_up) p.wait_for_end();
  }};
  const auto rules = rules_for(server.port());
  http::connection c{rules};
  c.set_deadline(http::connection::clock::now() + 10s);
  REQUIRE(c.open(nullptr).has_value());
  REQUIRE(c.send(get, "").has_value());
  if (!hang_up) c.set_deadline(http::connection::clock::now() + 500ms);
  return c.receive(false);
}

}  // namespace

TEST_CASE("a connection is kept where the server keeps it, and its end is noticed before the next request") {
  loopback_server server{[](loopback_peer& p) {
    p.read();
    p.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
    p.read();
    p.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nb");
  }};
  const auto rules = rules_for(server.port());
  http::connection c{rules};
  c.set_deadline(http::connection::clock::now() + 10s);
  CHECK(!c.usable());
  REQUIRE(c.open(nullptr).has_value());
  CHECK(c.usable());
  REQUIRE(c.send(get, "").has_value());
  CHECK(c.receive(false)->body == "a");
  REQUIRE(c.usable());
  REQUIRE(c.send(get, "").has_value());
  CHECK(c.receive(false)->body == "b");
  CHECK(!c.usable());

  loopback_server rude{[](loopback_peer& p) {
    p.read();
    p.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\n");
  }};
  const auto other = rules_for(rude.port());
  http::connection d{other};
  d.set_deadline(http::connection::clock::now() + 10s);
  REQUIRE(d.open(nullptr).has_value());
  REQUIRE(d.send(get, "").has_value());
  CHECK(d.receive(false)->body == "a");
  rude.stop();
  CHECK(!d.usable());  // hung up, and said more than it was asked
}

TEST_CASE("an answer may come in chunks, after an interim answer, or end with the connection") {
  CHECK(answer_to("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            ->body == "abcde");
  CHECK(answer_to("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")->body == "x");
  CHECK(answer_to("HTTP/1.0 200 OK\r\n\r\nall the rest")->body == "all the rest");
  const auto page =
      answer_to("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>");
  REQUIRE(page.has_value());
  CHECK(page->status == 502);
  CHECK(page->body == "<html>");
}

TEST_CASE("a hostile answer ends with a reason") {
  const auto why = [](const std::string& text) {
    const auto answer = answer_to(text);
    REQUIRE(!answer.has_value());
    return answer.error();
  };
  CHECK(why("") == "the server ends the connection without an answer");
  CHECK(why("HTTP/1.1 200 OK\r\nContent-Le") == "the answer breaks off");
  CHECK(why("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc") == "the answer breaks off");
  CHECK(why("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab") == "the answer breaks off");
  CHECK(why("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n") == "the answer is longer than 1000 bytes");
  CHECK(why("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n") ==
        "the answer is longer than 1000 bytes");
  CHECK(why("HTTP/1.0 200 OK\r\n\r\n" + std::string(1001, 'x')) == "the answer is longer than 1000 bytes");
  CHECK(why("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n") ==
        "the answer is longer than 1000 bytes");
  CHECK(why("HTTP/1.1 200 OK\r\nX: " + std::string(2000, 'x') + "\r\n\r\n") ==
        "the head of the answer is too long");
  CHECK(why("SSH-2.0-OpenSSH_9.2\r\n\r\n").starts_with("what the server says is not HTTP: "));
  std::string endless;
  for (int i = 0; i < 9; ++i) endless += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(why(endless) == "the server announces an answer and does not give it");
}

TEST_CASE("each wait has an end") {
  const auto begin = http::connection::clock::now();
  CHECK(answer_to("", false).error() == "the server does not answer in time");
  CHECK(answer_to("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", false).error() ==
        "the answer is not whole in time");
  loopback_server server{[](loopback_peer& p) { p.wait_for_end(); }};
  const auto rules = rules_for(server.port());
  http::connection c{rules};
  c.set_deadline(http::connection::clock::now() - 1s);
  CHECK(c.open(nullptr).error() == "no connection in time");
  CHECK(http::connection::clock::now() - begin < 5s);
}

TEST_CASE("a server without an address, and one over a Unix socket") {
  const scratch_directory place;
  auto rules = rules_for(1);
  rules.server.host = "no-such-name.invalid";
  http::connection nowhere{rules};
  nowhere.set_deadline(http::connection::clock::now() + 2s);
  CHECK(nowhere.open(nullptr).error().starts_with("no address of no-such-name.invalid"));

  rules.unix_socket = (place.path() / "it").string();
  loopback_server server{http::net::local::stream_protocol::endpoint{rules.unix_socket},
                         [](loopback_peer& p) {
                           while (p.read()) p.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                         }};
  http::connection c{rules};
  c.set_deadline(http::connection::clock::now() + 10s);
  REQUIRE(c.open(nullptr).has_value());
  REQUIRE(c.send(get, "").has_value());
  CHECK(c.receive(false)->body == "ok");
  rules.unix_socket = std::string(101, 'x');
  CHECK(c.open(nullptr).error() == "the path of the socket is too long");
}
