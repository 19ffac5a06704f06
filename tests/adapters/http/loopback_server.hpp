#pragma once
/// @file
/// A server on this machine, on a thread of its own, that says exactly what a test tells it to.

#include <foreshift/adapters/http/boost_beast.hpp>
#include <foreshift/ports/http_client.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace foreshift {

/// The server's end of one connection.
class loopback_peer {
 public:
  explicit loopback_peer(http::plain_socket& plain, http::tls_stream* tls) : plain_(plain), tls_(tls) {}

  /// The next request, head and body; nothing when the client is gone.
  std::optional<ports::http_request> read() {
    std::size_t end = 0;
    while ((end = got_.find("\r\n\r\n")) == std::string::npos)
      if (!more()) return std::nullopt;
    ports::http_request request;
    std::string_view head = std::string_view{got_}.substr(0, end);
    const auto line = head.substr(0, head.find("\r\n"));
    request.method = line.substr(0, line.find(' '));
    request.target = line.substr(line.find(' ') + 1, line.rfind(' ') - line.find(' ') - 1);
    std::size_t length = 0;
    for (head.remove_prefix(line.size()); !head.empty();) {
      head.remove_prefix(2);
      const auto one = head.substr(0, head.find("\r\n"));
      const auto colon = one.find(':');
      request.headers.emplace_back(one.substr(0, colon), one.substr(colon + 2));
      if (request.headers.back().first == "Content-Length")
        std::from_chars(one.data() + colon + 2, one.data() + one.size(), length);
      head.remove_prefix(one.size());
    }
    while (got_.size() < end + 4 + length)
      if (!more()) return std::nullopt;
    request.body = got_.substr(end + 4, length);
    got_.erase(0, end + 4 + length);
    return request;
  }
  bool write(std::string_view text) {
    http::error_code error;
    if (tls_ != nullptr)
      http::net::write(*tls_, http::net::buffer(text), error);
    else
      http::net::write(plain_, http::net::buffer(text), error);
    return !error;
  }
  /// Returns when the client has hung up.
  void wait_for_end() {
    while (more()) {
    }
  }

 private:
  bool more() {
    char block[4096];
    http::error_code error;
    const auto n = tls_ != nullptr ? tls_->read_some(http::net::buffer(block), error)
                                   : plain_.read_some(http::net::buffer(block), error);
    got_.append(block, n);
    return n > 0;
  }
  http::plain_socket& plain_;
  http::tls_stream* tls_;
  std::string got_;
};

/// Takes one connection after the other and lets `behave` have each. Gone with the object, whoever is still
/// connected.
class loopback_server {
 public:
  using behaviour = std::function<void(loopback_peer&)>;
  using protocol = http::net::generic::stream_protocol;

  explicit loopback_server(behaviour behave, http::net::ssl::context* tls = nullptr)
      : loopback_server(http::net::ip::tcp::endpoint{http::net::ip::make_address("127.0.0.1"), 0},
                        std::move(behave), tls) {}
  loopback_server(const protocol::endpoint& at, behaviour behave, http::net::ssl::context* tls = nullptr)
      : behave_(std::move(behave)), tls_(tls), listener_(io_, at.protocol()) {
    listener_.bind(at);
    ::listen(listener_.native_handle(), 5);
    const auto bound = listener_.local_endpoint();
    if (at.protocol().family() == AF_INET) {
      sockaddr_in address{};
      std::memcpy(&address, bound.data(), sizeof address);
      port_ = ntohs(address.sin_port);
    }
    thread_ = std::thread{[this] { serve(); }};
  }
  ~loopback_server() { stop(); }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Nobody listens any more, and whoever is connected is hung up on.
  void stop() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard hold{mutex_};
      stopped_ = true;
      ::shutdown(listener_.native_handle(), SHUT_RDWR);  // wakes `accept`
      if (current_ >= 0) ::shutdown(current_, SHUT_RDWR);
    }
    thread_.join();
    listener_.close();
  }

 private:
  void serve() {
    for (;;) {
      const int fd = ::accept(listener_.native_handle(), nullptr, nullptr);
      {
        const std::lock_guard hold{mutex_};
        if (stopped_ || fd < 0) {
          if (fd >= 0) ::close(fd);
          return;
        }
        current_ = fd;
      }
      http::error_code error;
      http::plain_socket socket{io_, listener_.local_endpoint().protocol(), fd};
      if (tls_ == nullptr) {
        loopback_peer peer{socket, nullptr};
        behave_(peer);
        forget();  // before the socket is closed and its number is another's
      } else {
        http::tls_stream stream{std::move(socket), *tls_};
        stream.handshake(http::tls_stream::server, error);
        loopback_peer peer{stream.next_layer(), &stream};
        if (!error) behave_(peer);
        forget();
      }
    }
  }
  void forget() {
    const std::lock_guard hold{mutex_};
    current_ = -1;
  }

  behaviour behave_;
  http::net::ssl::context* tls_;
  http::net::io_context io_;
  http::plain_socket listener_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  bool stopped_ = false;
  int current_ = -1;
  std::thread thread_;
};

}  // namespace foreshift
