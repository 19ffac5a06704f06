#include <foreshift/adapters/http/client.hpp>
#include <foreshift/adapters/http/server.hpp>

#include <doctest/doctest.h>

#include <support/inherited_sockets.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

/// Says back what was said to it.
ports::http_response echo(const ports::http_request& r) {
  if (r.target == "/nothing") return {204, {}, ""};
  return {200, {{"X-Said", r.method + " " + r.target}}, r.body};
}

/// A server that is polled by a thread of its own.
class running {
 public:
  explicit running(http::server_options options = {}) {
    auto made = http::server::listen(std::move(options), echo);
    REQUIRE(made.has_value());
    server_ = std::move(*made);
    port_ = server_->port();
    thread_ = std::thread{[this] {
      while (!done_) server_->wait(5ms);
    }};
  }
  ~running() {
    done_ = true;
    thread_.join();
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] http::client client() const {
    return http::client{{.server = {.tls = false, .host = "127.0.0.1", .port = port_}}};
  }
  /// Sends bytes as they are, and gives what comes until the server closes.
  [[nodiscard]] std::string raw(const std::string& bytes) const {
    http::net::io_context context;
    http::net::ip::tcp::socket socket{context};
    socket.connect({http::net::ip::make_address("127.0.0.1"), port_});
    http::error_code error;
    http::net::write(socket, http::net::buffer(bytes), error);
    std::string all(1 << 16, '\0');
    std::size_t n = 0;
    while (!error && n < all.size())
      n += socket.read_some(http::net::buffer(all.data() + n, all.size() - n), error);
    return all.substr(0, n);
  }

 private:
  std::unique_ptr<http::server> server_;
  std::uint16_t port_ = 0;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace

TEST_CASE("requests are answered, one after the other on one connection") {
  const running server;
  auto client = server.client();
  for (int i = 0; i < 3; ++i) {
    const auto got = client.exchange(
        {.method = "POST", .target = "/a?b=c", .headers = {}, .body = std::string(100'000, 'x')});
    REQUIRE(got.has_value());
    CHECK(got->status == 200);
    CHECK(got->body.size() == 100'000);
  }
  const auto nothing = client.exchange({.method = "GET", .target = "/nothing", .headers = {}, .body = {}});
  REQUIRE(nothing.has_value());
  CHECK(nothing->status == 204);
}

TEST_CASE("a program that is started while client and server talk inherits none of their sockets") {
  const auto before = count_sockets();
  const running server;
  auto client = server.client();
  REQUIRE(client.exchange({.method = "GET", .target = "/", .headers = {}, .body = {}}).has_value());
  const auto now = count_sockets();
  CHECK(now.all >= before.all + 3);  // the one that listens, and both ends
  CHECK(now.inherited == before.inherited);
}

TEST_CASE("what is too long or no HTTP is refused and the connection closed") {
  const running server{{.head_bytes_max = 1000, .body_bytes_max = 50}};
  CHECK(server.raw("POST / HTTP/1.1\r\nContent-Length: 51\r\n\r\n" + std::string(51, 'x'))
            .starts_with("HTTP/1.1 413 "));
  CHECK(server.raw("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + std::string(64, 'x'))
            .starts_with("HTTP/1.1 413 "));
  CHECK(server.raw("GET /" + std::string(2000, 'a') + " HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 431 "));
  CHECK(server.raw("hello\r\n\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(server.raw("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n").starts_with("HTTP/1.1 400 "));
  const auto good = server.raw("GET /x HTTP/1.0\r\n\r\n");
  CHECK(good.starts_with("HTTP/1.1 200 "));
  CHECK(good.find("X-Said: GET /x\r\n") != std::string::npos);
  CHECK(good.find("Connection: close\r\n") != std::string::npos);
}

TEST_CASE("a silent connection is closed") {
  const running server{{.idle_max = 20ms}};
  CHECK(server.raw("") == "");  // reading ends, because the server closes
  CHECK(server.raw("GET / HTTP/1.1\r\n") == "");
}

TEST_CASE("beyond the most connections further ones are closed at once") {
  const running server{{.connections_max = 1}};
  {
    auto client = server.client();  // keeps its connection
    REQUIRE(client.exchange({.method = "GET", .target = "/", .headers = {}, .body = {}}).has_value());
    CHECK(server.raw("GET / HTTP/1.0\r\n\r\n") == "");
  }
  std::string later;
  while (later.empty()) later = server.raw("GET / HTTP/1.0\r\n\r\n");  // as soon as the first is gone
  CHECK(later.starts_with("HTTP/1.1 200 "));
}

TEST_CASE("where nothing can be listened on, the reason is told") {
  const running server;
  const auto taken = http::server::listen({.port = server.port()}, echo);
  REQUIRE(!taken.has_value());
  CHECK(taken.error().starts_with("cannot listen on 127.0.0.1 port "));
  CHECK(http::server::listen({.address = "localhost"}, echo).error() == "not a numeric address: localhost");
}
