#pragma once
/// @file
/// Sites over TCP: a model of Transport.

#include <foreshift/adapters/asio/boost_asio.hpp>
#include <foreshift/adapters/asio/options.hpp>
#include <foreshift/adapters/asio/station.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/transport.hpp>

#include <cstdint>
#include <memory>
#include <system_error>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::asio {

/// Has no thread: the host runs the io_context, on the thread that calls this, and outside of `poll`. A
/// message is read, and written when no `flush` comes first, while the io_context runs; `poll` delivers what
/// has been read. A message to a site that is not connected is refused, and what is under way when a
/// connection ends is lost. Messages of one channel keep their order as long as their connection lasts.
///
/// Who sent a message is known by a hello and the configured address only: use it where the network is
/// trusted.
///
///     net::io_context io;
///     auto opened = asio::transport::open(io, {.self = site_id{1}, .port = 7001, .peers = {...}});
///     for (;;) {
///       io.run_one_for(20ms);  // blocks until something comes or it is time for a tick
///       io.poll();
///       driver.poll();
///     }
class transport {
 public:
  /// Listens, and begins to connect. Addresses that are none and ports that are taken are errors.
  /// @pre `io` outlives the transport; the peers are distinct, and not `rules.self`
  [[nodiscard]] static result<transport, std::error_code> open(net::io_context& io, options rules) {
    auto made = std::make_shared<station>(io, std::move(rules));
    if (const auto error = made->start()) return failure{error};
    return transport{std::move(made)};
  }
  transport(transport&&) noexcept = default;
  transport& operator=(transport&& other) noexcept {
    std::swap(station_, other.station_);
    return *this;
  }
  ~transport() {
    if (station_) station_->stop();
  }

  /// Copies the message behind those that wait. Costs no system call.
  std::error_code send(site_id to, ports::channel which, byte_span message) {
    return station_->send(to, which, message);
  }
  template <class Sink>
  void poll(Sink&& sink) {
    station_->poll(sink);
  }
  /// Hands everything that waits to the kernel now: one system call for each connection with something to
  /// say.
  void flush() { station_->flush(); }

  /// True when a message can be sent.
  [[nodiscard]] bool connected(site_id peer, ports::channel which) const {
    const connection* found = station_->find(peer, which);
    return found != nullptr && found->usable();
  }
  /// Where it listens.
  [[nodiscard]] std::uint16_t port() const { return station_->port(); }
  [[nodiscard]] const counters& counts() const { return station_->counts(); }

 private:
  explicit transport(std::shared_ptr<station> s) : station_(std::move(s)) {}
  std::shared_ptr<station> station_;
};
static_assert(ports::Transport<transport>);

}  // namespace foreshift::inline FORESHIFT_ABI::asio
