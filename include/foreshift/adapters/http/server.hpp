#pragma once
/// @file
/// The smallest HTTP server: for who asks for metrics and who sends samples, on a network that is trusted.
///
/// No threads of its own: what has arrived is answered in `poll` and `wait`, by a handler that gets a whole
/// request and gives a whole response. Heads, bodies, connections and silence are bounded. HTTP/1.1 and 1.0,
/// connections kept; no TLS, no pipelining beyond one request at a time, no `100 Continue`, which clients do
/// without after a moment.

#include <foreshift/adapters/http/boost_beast.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/http_client.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::http {

struct server_options {
  std::string address = "127.0.0.1";                  ///< numeric; "0.0.0.0" and "::" for every interface
  std::uint16_t port = 0;                             ///< 0: any that is free
  std::size_t connections_max = 64;                   ///< further ones are closed at once
  std::size_t head_bytes_max = std::size_t{1} << 14;  ///< a longer head is answered 431
  std::size_t body_bytes_max = std::size_t{1} << 24;  ///< a longer body is answered 413
  duration idle_max = std::chrono::seconds{60};       ///< a connection that is silent for so long is closed
};

/// Threads: one call at a time; the handler runs within `poll` and `wait`. Connections end with the server.
class server {
 public:
  /// @pre gives headers without line ends, and neither Content-Length nor Connection; must not throw
  using handler = std::function<ports::http_response(const ports::http_request&)>;

  /// Begins to listen; a sentence where that cannot be.
  [[nodiscard]] static result<std::unique_ptr<server>, std::string> listen(server_options options,
                                                                           handler answer) {
    error_code error;
    const auto address = net::ip::make_address(options.address, error);
    if (error) return failure{"not a numeric address: " + options.address};
    const tcp::endpoint where{address, options.port};
    std::unique_ptr<server> made{new server{std::move(options), std::move(answer)}};
    auto& door = made->door_;
    door.open(where.protocol(), error);
    if (!error) close_on_exec(door.native_handle());
    if (!error) door.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) door.bind(where, error);
    if (!error) door.listen(net::socket_base::max_listen_connections, error);
    if (error)
      return failure{"cannot listen on " + where.address().to_string() + " port " +
                     std::to_string(where.port()) + ": " + error.message()};
    return made;
  }
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  [[nodiscard]] std::uint16_t port() const {
    error_code ignored;
    return door_.local_endpoint(ignored).port();
  }
  [[nodiscard]] std::size_t connections() const { return connections_; }

  /// Answers what has arrived, and returns.
  void poll() {
    accept();
    context_.restart();
    context_.poll();
  }
  /// The same; where nothing has arrived, waits for it so long at most.
  void wait(duration most) {
    accept();
    context_.restart();
    context_.run_one_for(most);
    context_.poll();
  }

 private:
  using tcp = net::ip::tcp;
  using parser = beast::http::request_parser<beast::http::string_body>;

  /// One connection. Alive as long as one of its reads, writes or timers is.
  class session : public std::enable_shared_from_this<session> {
   public:
    session(server& owner, tcp::socket socket)
        : owner_(&owner), socket_(std::move(socket)), timer_(owner.context_) {
      ++owner_->connections_;
    }
    ~session() { --owner_->connections_; }
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    /// Head and body are read one after the other: Beast 1.74 forgets a length over the limit when they come
    /// together.
    void read() {
      parser_.emplace();
      parser_->header_limit(static_cast<std::uint32_t>(owner_->options_.head_bytes_max));
      parser_->body_limit(owner_->options_.body_bytes_max);
      watch();
      beast::http::async_read_header(
          socket_, buffer_, *parser_,
          [self = shared_from_this()](error_code e, std::size_t) { self->head(e); });
    }

   private:
    void head(error_code e) {
      if (e) return refuse(e);
      const auto length = parser_->content_length();
      if (length && *length > owner_->options_.body_bytes_max) return close_with(413, "the body is too long");
      beast::http::async_read(socket_, buffer_, *parser_,
                              [self = shared_from_this()](error_code again, std::size_t) {
                                if (again) return self->refuse(again);
                                self->answer();
                              });
    }
    void answer() {
      auto& in = parser_->get();
      ports::http_request request;
      request.method = std::string{in.method_string()};
      request.target = std::string{in.target()};
      for (const auto& field : in)
        request.headers.emplace_back(std::string{field.name_string()}, std::string{field.value()});
      request.body = std::move(in.body());
      keep_ = in.keep_alive();
      write(owner_->answer_(request), request.method == "HEAD");
    }
    /// A peer that goes or is silent needs no answer.
    void refuse(error_code e) {
      using fault = beast::http::error;
      if (e == make_error_code(fault::header_limit)) return close_with(431, "the head is too long");
      if (e == make_error_code(fault::body_limit)) return close_with(413, "the body is too long");
      if (e.category() == make_error_code(fault::bad_version).category() &&
          e != make_error_code(fault::end_of_stream) && e != make_error_code(fault::partial_message))
        return close_with(400, "not HTTP: " + e.message());
      timer_.cancel();
    }
    void close_with(std::uint16_t status, std::string reason) {
      keep_ = false;
      write({status, {{"Content-Type", "text/plain; charset=utf-8"}}, reason + "\n"}, false);
    }
    void write(const ports::http_response& said, bool head_only) {
      out_ = "HTTP/1.1 " + std::to_string(said.status) + " \r\n";
      for (const auto& [name, value] : said.headers) out_ += name + ": " + value + "\r\n";
      if (said.status != 204) out_ += "Content-Length: " + std::to_string(said.body.size()) + "\r\n";
      out_ += keep_ ? "\r\n" : "Connection: close\r\n\r\n";
      if (!head_only && said.status != 204) out_ += said.body;
      watch();
      net::async_write(socket_, net::buffer(out_), [self = shared_from_this()](error_code e, std::size_t) {
        if (!e && self->keep_) return self->read();
        error_code ignored;
        self->socket_.shutdown(tcp::socket::shutdown_send, ignored);
        self->drop_rest();
      });
    }
    /// What is still sent is read, until the peer has seen the end: a socket closed over unread bytes would
    /// take the answer back.
    void drop_rest() {
      buffer_.clear();
      socket_.async_read_some(buffer_.prepare(4096), [self = shared_from_this()](error_code e, std::size_t) {
        if (!e) return self->drop_rest();
        self->timer_.cancel();
      });
    }
    /// Closes the socket when the time is over; whoever waits on it hears of that.
    void watch() {
      timer_.expires_after(
          std::chrono::duration_cast<std::chrono::steady_clock::duration>(owner_->options_.idle_max));
      timer_.async_wait([self = shared_from_this()](error_code cancelled) {
        error_code ignored;
        if (!cancelled) self->socket_.close(ignored);
      });
    }

    server* owner_;
    tcp::socket socket_;
    net::steady_timer timer_;
    beast::flat_buffer buffer_;
    std::optional<parser> parser_;
    std::string out_;
    bool keep_ = true;
  };

  server(server_options options, handler answer) : options_(std::move(options)), answer_(std::move(answer)) {}

  /// Keeps one accept under way. One that fails, where no file is left for it, is tried again at the next
  /// poll.
  void accept() {
    if (std::exchange(accepting_, true)) return;
    door_.async_accept([this](error_code error, tcp::socket socket) {
      accepting_ = false;
      if (error) return;
      close_on_exec(socket.native_handle());
      if (connections_ < options_.connections_max)
        std::make_shared<session>(*this, std::move(socket))->read();
      accept();
    });
  }

  server_options options_;
  handler answer_;
  std::size_t connections_ = 0;
  bool accepting_ = false;
  net::io_context context_{1};  // its end ends the sessions, which count themselves out above
  tcp::acceptor door_{context_};
};

}  // namespace foreshift::inline FORESHIFT_ABI::http
