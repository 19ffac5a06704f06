#pragma once
/// @file
/// Sockets on this machine for tests of the transport, and a peer that says whatever bytes it is told.

#include <foreshift/adapters/asio/boost_asio.hpp>
#include <foreshift/adapters/asio/frame.hpp>
#include <foreshift/adapters/asio/options.hpp>
#include <foreshift/adapters/asio/transport.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace foreshift::loopback {

inline constexpr site_id one{1};
inline constexpr site_id two{2};

/// Runs until `done()`; a minute is more than a loaded machine needs.
template <class Done>
bool run_until(asio::net::io_context& io, Done done) {
  using namespace std::chrono_literals;
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    io.run_one_for(10ms);
    io.restart();
  }
  return true;
}

inline asio::options site(site_id self, std::vector<asio::peer_address> peers) {
  asio::options rules;
  rules.self = self;
  rules.peers = std::move(peers);
  return rules;
}

/// Two sites that are connected on both channels.
struct pair {
  asio::net::io_context io{1};
  asio::transport second;
  asio::transport first;

  explicit pair(asio::options of_first = site(one, {}), asio::options of_second = site(two, {}))
      : second(asio::transport::open(io, with_peer(std::move(of_second), one, 0)).value()),
        first(asio::transport::open(io, with_peer(std::move(of_first), two, second.port())).value()) {
    REQUIRE(run_until(io, [&] { return connected(); }));
  }
  static asio::options with_peer(asio::options rules, site_id peer, std::uint16_t port) {
    rules.peers = {{peer, "127.0.0.1", port}};
    return rules;
  }
  [[nodiscard]] bool connected() const {
    using ports::channel;
    return first.connected(two, channel::resource) && first.connected(two, channel::monitoring) &&
           second.connected(one, channel::resource) && second.connected(one, channel::monitoring);
  }
  /// Until everything sent has been read, or nothing happens for a while because somebody does not read.
  void settle() {
    using namespace std::chrono_literals;
    first.flush(), second.flush();
    run_until(io, [&] {
      return first.counts().bytes_sent == second.counts().bytes_received &&
             second.counts().bytes_sent == first.counts().bytes_received;
    });
    while (io.poll() > 0) {
    }
  }
};

/// A peer without manners.
class raw_peer {
 public:
  raw_peer(asio::net::io_context& io, std::uint16_t port) : socket_(io) {
    boost::system::error_code error;
    socket_.connect({asio::net::ip::address_v4::loopback(), port}, error);
    REQUIRE(!error);
    socket_.non_blocking(true, error);
  }
  explicit raw_peer(asio::tcp::socket accepted) : socket_(std::move(accepted)) {
    boost::system::error_code error;
    socket_.non_blocking(true, error);
  }
  /// What the kernel takes at once; all of it in these tests, unless the other side has closed.
  void say(byte_span bytes) {
    boost::system::error_code ignored;
    static_cast<void>(socket_.write_some(asio::net::buffer(bytes.data(), bytes.size()), ignored));
  }
  void say(asio::frame_kind kind, byte_span body) {
    byte_string framed;
    asio::append_frame(framed, kind, body);
    say(framed);
  }
  /// Reads what has come; true when the other side has closed.
  bool closed() {
    std::byte some[4096];
    boost::system::error_code error;
    do {
      const auto n = socket_.read_some(asio::net::buffer(some), error);
      heard.insert(heard.end(), some, some + n);
    } while (!error);
    return error != asio::net::error::would_block;
  }
  byte_string heard;

 private:
  asio::tcp::socket socket_;
};

}  // namespace foreshift::loopback
