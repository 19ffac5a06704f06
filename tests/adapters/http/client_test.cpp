#include <foreshift/adapters/http/client.hpp>

#include <doctest/doctest.h>

#include <adapters/http/certificates.hpp>
#include <adapters/http/loopback_server.hpp>
#include <contracts/http_client_contract.hpp>
#include <support/scratch_directory.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

std::string as_text(const ports::http_response& r) {
  std::string text = "HTTP/1.1 " + std::to_string(r.status) + " Said\r\n";
  for (const auto& [name, value] : r.headers) text += name + ": " + value + "\r\n";
  if (r.status != 204) text += "Content-Length: " + std::to_string(r.body.size()) + "\r\n";
  return text + "\r\n" + r.body;
}

/// A client and its server, with or without TLS.
template <bool Tls>
class harness {
 public:
  auto& client() { return *client_; }
  void close() { server_.stop(); }
  void answer(ports::http_response r) {
    const std::lock_guard hold{mutex_};
    says_ = as_text(r);
  }
  void hang() {
    const std::lock_guard hold{mutex_};
    says_.reset();
  }
  std::vector<ports::http_request> seen() {
    const std::lock_guard hold{mutex_};
    return seen_;
  }
  static time_point now() { return time_point{std::chrono::steady_clock::now().time_since_epoch()}; }
  static std::size_t answer_max() { return 5000; }

  harness() {
    http::options o{.server = {.tls = Tls, .host = "127.0.0.1", .port = server_.port()}};
    o.tls.authorities = place_ / "ca.pem";
    o.answer_bytes_max = answer_max();
    client_.emplace(std::move(o));
  }

 private:
  struct files {
    scratch_directory place;
    std::string operator/(const char* name) const { return (place.path() / name).string(); }
  };
  http::net::ssl::context* server_tls() {
    if constexpr (!Tls) return nullptr;
    const identity authority{"authority"}, server{"server", &authority, "IP:127.0.0.1"};
    authority.write_certificate(place_ / "ca.pem");
    server.write_certificate(place_ / "server.pem");
    server.write_key(place_ / "server.key");
    tls_.use_certificate_chain_file(place_ / "server.pem");
    tls_.use_private_key_file(place_ / "server.key", http::net::ssl::context::pem);
    return &tls_;
  }

  files place_;
  std::mutex mutex_;
  std::optional<std::string> says_;
  std::vector<ports::http_request> seen_;
  http::net::ssl::context tls_{http::net::ssl::context::tls_server};
  loopback_server server_{[this](loopback_peer& p) {
                            while (auto request = p.read()) {
                              std::optional<std::string> says;
                              {
                                const std::lock_guard hold{mutex_};
                                seen_.push_back(*std::move(request));
                                says = says_;
                              }
                              if (says && !p.write(*says)) return;
                            }
                          },
                          server_tls()};
  std::optional<http::client> client_;
};

constexpr auto ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const ports::http_request get{.method = "GET", .target = "/", .headers = {}, .body = {}, .timeout = 5s};

}  // namespace

TEST_CASE("the client does what a client must") { contracts::http_client_contract<harness<false>>(); }
TEST_CASE("the client over TLS does what a client must") { contracts::http_client_contract<harness<true>>(); }

TEST_CASE("one connection serves many requests, and another one follows it") {
  std::atomic<int> connections = 0, requests = 0;
  loopback_server server{[&](loopback_peer& p) {
    ++connections;
    for (int n = 0; n < 3 && p.read(); ++n) ++requests, p.write(ok);
  }};
  http::client c{{.server = {.host = "localhost", .port = server.port()}}};
  for (int n = 0; n < 3; ++n) REQUIRE(c.exchange(get).has_value());
  CHECK(connections == 1);
  // The server has hung up; whether the client sees that in time is the network's affair, and it never
  // repeats.
  while (!c.exchange(get)) {
  }
  CHECK(connections == 2);
  CHECK(requests == 4);
}

TEST_CASE("a HEAD has no body, whatever length is announced") {
  loopback_server server{[](loopback_peer& p) {
    while (p.read()) p.write("HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
  }};
  http::client c{{.server = {.host = "127.0.0.1", .port = server.port()}}};
  auto head = get;
  head.method = "HEAD";
  for (int n = 0; n < 2; ++n) CHECK(c.exchange(head)->body.empty());
}

TEST_CASE("a reason names the server and never what was said to it") {
  loopback_server server{[](loopback_peer& p) { p.read(); }};
  http::client c{{.server = {.host = "127.0.0.1", .port = server.port()}}};
  auto secret = get;
  secret.headers = {{"Authorization", "Bearer hunter2"}};
  const auto answer = c.exchange(secret);
  REQUIRE(!answer.has_value());
  CHECK(answer.error().sent);
  CHECK(answer.error().reason == "http://127.0.0.1:" + std::to_string(server.port()) +
                                     ": the server ends the connection without an answer");
  secret.headers[0].second += '\n';
  CHECK(!c.exchange(secret).error().sent);
  CHECK(c.exchange(secret).error().reason.find("hunter2") == std::string::npos);
}

TEST_CASE("a server is believed when an authority vouches for its name, and a client when the server asks") {
  const scratch_directory place;
  const auto path = [&](const char* name) { return (place.path() / name).string(); };
  const identity authority{"authority"}, impostor{"authority"}, me{"me", &authority};
  const identity late{"late", &authority, nullptr, -1800}, early{"early", &authority, nullptr, 9000};
  const identity stranger{"me", &impostor}, over{"server", &authority, "IP:127.0.0.1", -1800};
  const identity right{"server", &authority, "IP:127.0.0.1,DNS:localhost"};
  const identity elsewhere{"127.0.0.1", &authority, "DNS:elsewhere.example"};
  const identity forged{"server", &impostor, "IP:127.0.0.1"};
  authority.write_certificate(path("ca.pem"));
  const auto files_of = [&](const identity& who, const std::string& name) {
    who.write_certificate(path((name + ".pem").c_str()));
    who.write_key(path((name + ".key").c_str()));
    return http::tls_files{path("ca.pem"), path((name + ".pem").c_str()), path((name + ".key").c_str())};
  };

  struct outcome {
    bool ok, sent;
    std::string reason;
  };
  const auto meet = [&](const identity& server_is, const http::tls_files& files, bool asks = false,
                        const char* host = "127.0.0.1", long newest_tls = 0) {
    server_is.write_certificate(path("server.pem"));
    server_is.write_key(path("server.key"));
    http::net::ssl::context tls{http::net::ssl::context::tls_server};
    tls.use_certificate_chain_file(path("server.pem"));
    tls.use_private_key_file(path("server.key"), http::net::ssl::context::pem);
    SSL_CTX_set_max_proto_version(tls.native_handle(), newest_tls);
    if (asks) {
      tls.load_verify_file(path("ca.pem"));
      tls.set_verify_mode(http::net::ssl::verify_peer | http::net::ssl::verify_fail_if_no_peer_cert);
    }
    loopback_server server{[](loopback_peer& p) {
                             while (p.read()) p.write(ok);
                           },
                           &tls};
    http::client c{{.server = {.tls = true, .host = host, .port = server.port()}, .tls = files}};
    const auto answer = c.exchange(get);
    return answer ? outcome{true, true, ""} : outcome{false, answer.error().sent, answer.error().reason};
  };

  const http::tls_files trusting{path("ca.pem"), "", ""};
  CHECK(meet(right, trusting).ok);
  CHECK(meet(right, trusting, false, "localhost").ok);
  CHECK(meet(right, files_of(me, "me"), true).ok);

  const auto wrong_name = meet(elsewhere, trusting);
  CHECK(!wrong_name.ok);
  CHECK(!wrong_name.sent);
  CAPTURE(wrong_name.reason);
  CHECK(wrong_name.reason.find("the server's certificate is not one of 127.0.0.1: ") != std::string::npos);
  for (const auto& unknown : {meet(forged, trusting), meet(right, {})}) {
    CHECK(!unknown.ok);
    CHECK(!unknown.sent);
    CAPTURE(unknown.reason);
    CHECK(unknown.reason.find("certificate") != std::string::npos);
  }
  for (const auto& reason : {meet(right, {}).reason, meet(forged, trusting).reason})
    CHECK(reason.find("no trusted authority has signed") != std::string::npos);
  CHECK(meet(over, trusting).reason.find("the server's certificate has expired: ") != std::string::npos);

  // What a server does not take of ours: told in the handshake by TLS 1.2, after it by TLS 1.3.
  CHECK(meet(right, trusting, true).reason.find("the server wants to see a certificate of ours: give one") !=
        std::string::npos);
  const auto refused = [&](const identity& who, const std::string& name, const std::string& reason) {
    for (const long newest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      const auto met = meet(right, files_of(who, name), true, "127.0.0.1", newest);
      CAPTURE(met.reason);
      CHECK(!met.ok);
      CHECK(met.reason.find(reason) != std::string::npos);
    }
  };
  refused(late, "late", "our certificate " + path("late.pem") + " has expired on ");
  refused(early, "early", "our certificate " + path("early.pem") + " is valid from ");
  refused(stranger, "stranger", "signed by an authority that it trusts");
  CHECK(!meet(right, trusting, true, "127.0.0.1", TLS1_2_VERSION).ok);
}

TEST_CASE("TLS spoken to a plain server, and plain to one of TLS, end with a reason") {
  loopback_server plain{[](loopback_peer& p) {
    p.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    p.wait_for_end();
  }};
  http::client c{{.server = {.tls = true, .host = "127.0.0.1", .port = plain.port()}}};
  const auto answer = c.exchange(get);
  REQUIRE(!answer.has_value());
  CHECK(!answer.error().sent);
  CHECK(answer.error().reason.find("no TLS with the server") != std::string::npos);

  loopback_server alert{[](loopback_peer& p) {
    p.read();
    p.write("\x15\x03\x01\x00\x02\x02\x46");
  }};
  http::client d{{.server = {.host = "127.0.0.1", .port = alert.port()}}};
  const auto said = d.exchange(get);
  REQUIRE(!said.has_value());
  CHECK(said.error().sent);
}
