#pragma once
/// @file
/// Keeps two connections to every peer, one for each channel, whoever comes and goes.
///
/// Of two sites the one with the lower id dials, so that they never meet half-way; it dials again after each
/// end, with growing pauses. The other one takes in whoever says a hello that fits: the site named must be a
/// peer, this site the one addressed, and the connection must come from the peer's configured address. That
/// is all that speaks for the sender until there is TLS; ports are not compared, so sites on one address must
/// trust each other. A newer connection takes the place of an older one, whose peer has started anew.

#include <foreshift/adapters/asio/boost_asio.hpp>
#include <foreshift/adapters/asio/connection.hpp>
#include <foreshift/adapters/asio/frame.hpp>
#include <foreshift/adapters/asio/handler_memory.hpp>
#include <foreshift/adapters/asio/options.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/transport.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::asio {

/// Lives in a shared_ptr: its operations hold it. `stop` it before the last pointer outside goes.
class station final : public connection_keeper, public std::enable_shared_from_this<station> {
 public:
  station(net::io_context& io, options rules)
      : io_(&io), rules_(std::move(rules)), acceptor_(io), beat_(io) {}

  [[nodiscard]] std::error_code start() {
    boost::system::error_code error;
    const auto own = net::ip::make_address(rules_.address, error);
    if (error) return error;
    for (const ports::channel which : {ports::channel::resource, ports::channel::monitoring})
      for (const auto& peer : rules_.peers) {
        const auto address = net::ip::make_address(peer.address, error);
        if (error) return error;
        lines_.push_back(std::make_unique<line>(*io_, hello{rules_.self, peer.site, which},
                                                tcp::endpoint{address, peer.port}, rules_.redial_min));
      }
    const tcp::endpoint at{own, rules_.port};
    acceptor_.open(at.protocol(), error);
    if (!error) close_on_exec(acceptor_.native_handle());
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor_.bind(at, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (error) return error;
    accept();
    wait_for_beat();
    for (auto& l : lines_)
      if (l->dials()) dial(*l);
    return {};
  }
  void stop() {
    stopped_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    beat_.cancel();
    for (auto& l : lines_) {
      l->patience.cancel();
      if (l->dialling) l->dialling->close(ignored);
      if (l->up) l->up->close();
    }
    for (auto& s : strangers_) s->close();
  }

  [[nodiscard]] connection* find(site_id peer, ports::channel which) const {
    const auto* found = line_to(peer, which);
    return found != nullptr ? found->up.get() : nullptr;
  }
  std::error_code send(site_id to, ports::channel which, byte_span message) {
    auto* found = line_to(to, which);
    if (found == nullptr) return std::make_error_code(std::errc::host_unreachable);
    if (!found->up) return ++counts_.unreachable, std::make_error_code(std::errc::not_connected);
    const auto refused = found->up->send(message);
    if (!refused) flush_in_time();
    return refused;
  }
  void flush() {
    for (auto& l : lines_)
      if (l->up) l->up->flush();
  }
  /// Calls `sink(from, which, bytes)`.
  template <class Sink>
  void poll(Sink&& sink) {
    for (auto& l : lines_)
      if (l->up)
        l->up->deliver(
            [&](byte_span message) { sink(site_id{l->own.to}, ports::channel{l->own.which}, message); });
  }
  [[nodiscard]] std::uint16_t port() const {
    boost::system::error_code ignored;
    return acceptor_.local_endpoint(ignored).port();
  }
  [[nodiscard]] const counters& counts() const { return counts_; }

 private:
  struct line {
    line(net::io_context& io, hello greeting, tcp::endpoint where, std::chrono::milliseconds first_pause)
        : own(greeting), at(std::move(where)), patience(io), pause(first_pause) {}
    [[nodiscard]] bool dials() const { return own.from < own.to; }

    hello own;
    tcp::endpoint at;
    std::shared_ptr<connection> up;
    std::shared_ptr<tcp::socket> dialling;
    net::steady_timer patience;  // until dialling is given up, or tried again
    std::chrono::milliseconds pause;
  };

  [[nodiscard]] line* line_to(site_id peer, ports::channel which) const {
    for (const auto& l : lines_)
      if (l->own.to == peer && l->own.which == which) return l.get();
    return nullptr;
  }

  void dial(line& l) {
    l.dialling = std::make_shared<tcp::socket>(*io_);
    boost::system::error_code closed;
    l.dialling->open(l.at.protocol(), closed);  // where that fails, connecting fails for the same reason
    if (!closed) close_on_exec(l.dialling->native_handle());
    l.dialling->async_connect(l.at, [self = shared_from_this(), &l, socket = l.dialling](const auto& error) {
      if (self->stopped_ || l.dialling != socket) return;
      l.dialling.reset();
      if (error) return self->redial(l);
      l.patience.cancel();
      l.up = std::make_shared<connection>(std::move(*socket), self->rules_, self->counts_, *self);
      l.up->start(l.own);
    });
    l.patience.expires_after(rules_.redial_max);
    l.patience.async_wait([self = shared_from_this(), &l, socket = l.dialling](const auto& cancelled) {
      if (cancelled || self->stopped_ || l.dialling != socket) return;
      l.dialling.reset();
      boost::system::error_code ignored;
      socket->close(ignored);
      self->redial(l);
    });
  }
  void redial(line& l) {
    l.patience.expires_after(l.pause);
    l.pause = std::min(2 * l.pause, rules_.redial_max);
    l.patience.async_wait([self = shared_from_this(), &l](const auto& cancelled) {
      if (!cancelled && !self->stopped_ && !l.up && !l.dialling) self->dial(l);
    });
  }

  void accept() {
    accepting_ = true;
    acceptor_.async_accept([self = shared_from_this()](const auto& error, tcp::socket socket) {
      self->accepting_ = false;
      if (self->stopped_ || error) return;  // the next beat tries again
      self->take_in(std::move(socket));
      self->accept();
    });
  }
  void take_in(tcp::socket socket) {
    close_on_exec(socket.native_handle());
    if (strangers_.size() >= 2 * lines_.size() + 8) {  // a peer says hello at once: the oldest is none
      ++counts_.strangers;
      strangers_.front()->close();
      strangers_.erase(strangers_.begin());
    }
    strangers_.push_back(std::make_shared<connection>(std::move(socket), rules_, counts_, *this));
    strangers_.back()->start({});
  }

  bool on_hello(connection& of, const hello& said) override {
    line* l = line_to(said.from, said.which);
    if (l == nullptr || said.to != rules_.self) return false;
    if (l->up.get() == &of) {
      l->pause = rules_.redial_min;
      return true;
    }
    const auto found =
        std::find_if(strangers_.begin(), strangers_.end(), [&](const auto& s) { return s.get() == &of; });
    if (found == strangers_.end() || l->dials() || of.address() != l->at.address()) return false;
    if (l->up) l->up->close();
    l->up = std::move(*found);
    strangers_.erase(found);
    l->up->say(l->own);
    return true;
  }
  void on_end(connection& of) override {
    std::erase_if(strangers_, [&](const auto& s) { return s.get() == &of; });
    for (auto& l : lines_)
      if (l->up.get() == &of) {
        l->up.reset();
        if (l->dials()) redial(*l);
      }
  }

  void wait_for_beat() {
    beat_.expires_after(rules_.beat);
    beat_.async_wait(in_slot{beat_slot_, [self = shared_from_this()](const boost::system::error_code&) {
                               if (self->stopped_) return;
                               self->on_beat();
                               self->wait_for_beat();
                             }});
  }
  void on_beat() {
    if (!accepting_) accept();
    for (auto& l : lines_)
      if (l->up) l->up->on_beat();
    const auto asked = strangers_;  // some may go
    for (const auto& s : asked) s->on_beat();
  }
  /// For those who do not flush themselves.
  void flush_in_time() {
    if (std::exchange(flush_posted_, true)) return;
    net::post(*io_, in_slot{flush_slot_, [self = shared_from_this()] {
                              self->flush_posted_ = false;
                              if (!self->stopped_) self->flush();
                            }});
  }

  net::io_context* io_;
  options rules_;
  counters counts_;
  std::vector<std::unique_ptr<line>> lines_;  // the resource channel's first
  std::vector<std::shared_ptr<connection>> strangers_;
  tcp::acceptor acceptor_;
  net::steady_timer beat_;
  handler_memory beat_slot_;
  handler_memory flush_slot_;
  bool accepting_ = false;
  bool flush_posted_ = false;
  bool stopped_ = false;
};

}  // namespace foreshift::inline FORESHIFT_ABI::asio
