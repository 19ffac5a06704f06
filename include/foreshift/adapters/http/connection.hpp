#pragma once
/// @file
/// One connection to a server: plain or TLS, over TCP or a Unix socket, every wait with one deadline.
///
/// The operations are Asio's asynchronous ones, each run to its end on the caller's thread: that is how a
/// wait can end before the network does.

#include <foreshift/adapters/http/boost_beast.hpp>
#include <foreshift/adapters/http/message.hpp>
#include <foreshift/adapters/http/options.hpp>
#include <foreshift/adapters/http/tls.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/http_client.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::http {

/// To be used by one thread. Where something fails it is closed, and can be opened again.
class connection {
 public:
  using clock = std::chrono::steady_clock;

  explicit connection(const options& rules) : rules_(&rules) {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Whatever is waited for from now on is waited for until then.
  void set_deadline(clock::time_point at) { deadline_ = at; }

  /// True when a request can be sent; a server that has hung up in the meantime is noticed here.
  [[nodiscard]] bool usable() {
    if (!socket_ && !stream_) return false;
    if (buffer_.size() > 0) return close(), false;
    char byte = 0;
    error_code error;
    lowest().non_blocking(true, error);
    lowest().receive(net::buffer(&byte, 1), net::socket_base::message_peek, error);
    if (error == net::error::would_block || error == net::error::try_again) return true;
    return close(), false;  // ended, or says something that nobody asked for
  }

  /// Connects, with TLS where the server wants it. @param tls made by `make_tls`, or null for plain HTTP
  [[nodiscard]] result<void, std::string> open(net::ssl::context* tls) {
    close();
    auto socket = connect();
    if (!socket) return failure{socket.error()};
    if (tls == nullptr) {
      socket_.emplace(*std::move(socket));
      return {};
    }
    stream_ = make_stream(*std::move(socket), *tls, rules_->server.host);
    const auto error = finish([&](auto done) { stream_->async_handshake(tls_stream::client, done); });
    if (!error) return {};
    auto why = error == net::error::timed_out
                   ? std::string{"the server takes no TLS in time"}
                   : explain_handshake(*stream_, error, rules_->server.host, rules_->tls.certificate);
    close();
    return failure{std::move(why)};
  }

  /// @pre usable. On failure closed
  [[nodiscard]] result<void, std::string> send(const std::string& head, const std::string& body) {
    const std::array<net::const_buffer, 2> parts{net::buffer(head), net::buffer(body)};
    const auto error =
        with_stream([&](auto& s) { return finish([&](auto done) { net::async_write(s, parts, done); }); });
    if (!error) return {};
    std::string why = "the server takes no request in time";
    if (error != net::error::timed_out)
      why = last_words().value_or("the server ends the connection before it has the request: " +
                                  error.message());
    close();
    return failure{std::move(why)};
  }

  /// Reads one answer; closes the connection where the server does not keep it.
  [[nodiscard]] result<ports::http_response, std::string> receive(bool head_only) {
    constexpr int interim_max = 8;  // 100 Continue and its like come before the answer
    for (int n = 0; n < interim_max; ++n) {
      beast::http::response_parser<beast::http::string_body> parser;
      parser.body_limit(rules_->answer_bytes_max);
      parser.header_limit(static_cast<std::uint32_t>(rules_->head_bytes_max));
      parser.skip(head_only);
      // The head by itself first: Beast 1.74 forgets a length that is over the limit when the body has come
      // along.
      auto error = with_stream([&](auto& s) {
        return finish([&](auto done) { beast::http::async_read_header(s, buffer_, parser, done); });
      });
      if (!error && !parser.is_done())
        error = with_stream([&](auto& s) {
          return finish([&](auto done) { beast::http::async_read(s, buffer_, parser, done); });
        });
      if (error) {
        auto refused = stream_ ? explain_refusal(*stream_, error, rules_->tls.certificate) : std::nullopt;
        close();
        if (refused) return failure{*std::move(refused)};
        if (error == net::error::timed_out)
          return failure{std::string{parser.got_some() ? "the answer is not whole in time"
                                                       : "the server does not answer in time"}};
        return failure{explain_answer(error, parser.got_some(), rules_->answer_bytes_max)};
      }
      if (parser.get().result_int() / 100 == 1) continue;
      const bool keep = parser.keep_alive() && parser.get().result_int() != 101;
      auto message = parser.release();
      if (!keep) close();
      ports::http_response answer{static_cast<std::uint16_t>(message.result_int()), {}, {}};
      for (const auto& field : message)
        answer.headers.emplace_back(std::string{field.name_string()}, std::string{field.value()});
      answer.body = std::move(message.body());
      return answer;
    }
    close();
    return failure{std::string{"the server announces an answer and does not give it"}};
  }

  void close() {
    error_code ignored;
    if (socket_ || stream_) lowest().close(ignored);
    socket_.reset();
    stream_.reset();
    buffer_.clear();
  }

 private:
  using tcp = net::ip::tcp;
  struct outcome {
    bool done = false;
    error_code error;
  };

  /// Runs one operation to its end. At the deadline the socket is closed, which ends it: nothing that the
  /// operation refers to is in use after that.
  template <class Start>
  error_code finish(Start&& start) {
    outcome o;
    start([&o](const error_code& error, auto&&...) { o.done = true, o.error = error; });
    if (run(o.done)) return o.error;
    error_code ignored;
    lowest().close(ignored);
    io_.restart();
    while (!o.done && io_.run_one() > 0) {
    }
    return net::error::timed_out;
  }
  bool run(const bool& done) {
    io_.restart();
    while (!done && io_.run_one_until(deadline_) > 0) {
    }
    return done;
  }

  result<plain_socket, std::string> connect() {
    std::vector<net::generic::stream_protocol::endpoint> places;
    if (!rules_->unix_socket.empty()) {
      if (rules_->unix_socket.size() > 100) return failure{std::string{"the path of the socket is too long"}};
      places.emplace_back(net::local::stream_protocol::endpoint{rules_->unix_socket});
    } else if (auto found = resolve(); found) {
      places = *std::move(found);
    } else {
      return failure{found.error()};
    }
    error_code error = net::error::host_not_found;
    const auto end = deadline_;
    for (std::size_t i = 0; i < places.size(); ++i) {
      // An address that does not answer leaves time for the others.
      deadline_ = clock::now() + (end - clock::now()) / static_cast<int>(places.size() - i);
      socket_.emplace(io_);
      socket_->open(places[i].protocol(), error);
      if (error) continue;
      close_on_exec(socket_->native_handle());
      error = finish([&](auto done) { socket_->async_connect(places[i], done); });
      if (!error) {
        error_code ignored;
        if (rules_->unix_socket.empty()) socket_->set_option(tcp::no_delay{true}, ignored);
        auto made = std::move(*socket_);
        socket_.reset();
        deadline_ = end;
        return made;
      }
    }
    deadline_ = end;
    close();
    return failure{error == net::error::timed_out ? std::string{"no connection in time"} : error.message()};
  }

  result<std::vector<net::generic::stream_protocol::endpoint>, std::string> resolve() {
    error_code not_an_address;
    const auto address = net::ip::make_address(rules_->server.host, not_an_address);
    if (!not_an_address)
      return std::vector<net::generic::stream_protocol::endpoint>{
          tcp::endpoint{address, rules_->server.port}};
    // The system's resolver cannot be interrupted: an operation that comes too late outlives this call.
    struct lookup : outcome {
      tcp::resolver::results_type found;
    };
    const auto it = std::make_shared<lookup>();
    resolver_.async_resolve(rules_->server.host, std::to_string(rules_->server.port),
                            [it](const error_code& error, tcp::resolver::results_type found) {
                              it->done = true, it->error = error, it->found = std::move(found);
                            });
    if (!run(it->done)) return failure{"no address of " + rules_->server.host + " in time"};
    if (it->error) return failure{"no address of " + rules_->server.host + ": " + it->error.message()};
    std::vector<net::generic::stream_protocol::endpoint> places;
    for (const auto& entry : it->found) places.emplace_back(entry.endpoint());
    return places;
  }

  /// That our certificate was refused, where the server has said so before it ended the connection.
  std::optional<std::string> last_words() {
    if (!stream_) return std::nullopt;
    char byte = 0;
    const auto error = finish([&](auto done) { stream_->async_read_some(net::buffer(&byte, 1), done); });
    return explain_refusal(*stream_, error, rules_->tls.certificate);
  }

  plain_socket& lowest() { return stream_ ? stream_->next_layer() : *socket_; }
  template <class Use>
  error_code with_stream(Use&& use) {
    return stream_ ? use(*stream_) : use(*socket_);
  }

  const options* rules_;
  net::io_context io_;
  net::ip::tcp::resolver resolver_{io_};
  std::optional<plain_socket> socket_;
  std::unique_ptr<tls_stream> stream_;
  beast::flat_buffer buffer_;
  clock::time_point deadline_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::http
