#pragma once
/// @file
/// As much of gRPC over HTTP/2 as it takes to call etcd: unary calls on one connection, many at a time.
///
/// Headers are sent as literals and never read: a call has succeeded when it has answered with data, since an
/// error comes as trailers alone. Sources: RFC 7540 (frames), RFC 7541 appendix A (the static table), gRPC
/// over HTTP2 (the five bytes before a message).

#include <boost/asio/write.hpp>
#include <foreshift/adapters/asio/boost_asio.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace cluster_bench {

/// Protocol buffers: fields of one message, as bytes.
struct proto {
  std::string bytes;
  void varint(std::uint64_t v) {
    for (; v >= 0x80; v >>= 7) bytes.push_back(static_cast<char>(v | 0x80));
    bytes.push_back(static_cast<char>(v));
  }
  void field(unsigned number, std::string_view value) {
    varint(number << 3 | 2);
    varint(value.size());
    bytes += value;
  }
};
/// The varint or the bytes of field `number`; zero and empty where there is none.
struct proto_field {
  std::uint64_t number = 0;
  std::string_view bytes;
};
inline proto_field find_field(std::string_view message, unsigned number) {
  std::size_t at = 0;
  const auto varint = [&] {
    std::uint64_t v = 0;
    for (unsigned shift = 0; at < message.size() && shift < 64; shift += 7) {
      const auto b = static_cast<unsigned char>(message[at++]);
      v |= std::uint64_t{b & 0x7FU} << shift;
      if (b < 0x80) break;
    }
    return v;
  };
  while (at < message.size()) {
    const auto key = varint();
    proto_field found;
    if ((key & 7) == 0) {
      found.number = varint();
    } else if ((key & 7) == 2) {
      const auto size = varint();
      found.bytes = message.substr(at, size);
      at += size;
    } else {
      return {};
    }
    if (key >> 3 == number) return found;
  }
  return {};
}

class grpc_connection {
 public:
  grpc_connection(foreshift::asio::net::io_context& io, std::uint16_t port) : io_(&io), socket_(io) {
    boost::system::error_code error;
    socket_.connect({foreshift::asio::net::ip::address_v4::loopback(), port}, error);
    if (!error) socket_.set_option(foreshift::asio::tcp::no_delay{true}, error);
    alive_ = !error;
    out_ = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    begin_frame(0, 4, 0, 0);  // settings, all as they are
    begin_frame(4, 8, 0, 0);  // and a wide window for the whole connection
    out_ += std::string{"\x3f\xff\x00\x00", 4};
    read();
  }
  ~grpc_connection() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    while (io_->poll_one() > 0) {
    }
  }
  [[nodiscard]] bool alive() const { return alive_; }

  /// Starts a call; `tag` comes back with its answer.
  void call(std::string_view path, std::string_view message, std::size_t tag) {
    std::string headers = "\x83\x86";  // POST, http
    const auto literal = [&](std::string_view name, std::string_view value) {
      headers += name;
      headers.push_back(static_cast<char>(value.size()));
      headers += value;
    };
    literal("\x04", path);
    literal("\x01", "localhost");
    literal("\x0f\x10", "application/grpc");
    literal(std::string_view{"\x00\x02te", 4}, "trailers");
    begin_frame(headers.size(), 1, 4, next_);
    out_ += headers;
    begin_frame(message.size() + 5, 0, 1, next_);
    out_.push_back(0);
    big_endian(message.size(), 4);
    out_ += message;
    calls_[next_].tag = tag;
    next_ += 2;
  }
  void flush() {
    boost::system::error_code error;
    if (alive_ && !out_.empty())
      foreshift::asio::net::write(socket_, foreshift::asio::net::buffer(out_), error);
    if (error) alive_ = false;
    out_.clear();
  }
  /// Calls `answered(tag, message)` for every call that has ended; without a message it has failed.
  template <class F>
  void poll(F answered) {
    std::size_t at = 0;
    const auto number = [&](std::size_t from, std::size_t bytes) {
      std::uint32_t v = 0;
      for (std::size_t i = 0; i < bytes; ++i) v = v << 8 | static_cast<unsigned char>(in_[from + i]);
      return v;
    };
    while (in_.size() - at >= 9 && in_.size() - at - 9 >= number(at, 3)) {
      const std::size_t size = number(at, 3);
      const auto type = number(at + 3, 1);
      const auto flags = number(at + 4, 1);
      const auto stream = number(at + 5, 4) & 0x7FFFFFFFU;
      const std::string_view body = std::string_view{in_}.substr(at + 9, size);
      at += 9 + size;
      if (type == 4 && (flags & 1) == 0) begin_frame(0, 4, 1, 0);
      if (type == 6 && (flags & 1) == 0) begin_frame(size, 6, 1, 0), out_ += body;
      if (type == 7) alive_ = false;
      if (type == 0) {
        unread_ += size;
        if (const auto c = calls_.find(stream); c != calls_.end()) c->second.data += body;
      }
      if (type == 3 || ((type == 0 || type == 1) && (flags & 1) != 0)) {
        const auto ended = calls_.extract(stream);
        if (!ended.empty()) {
          const std::string_view data = ended.mapped().data;
          answered(ended.mapped().tag, data.substr(std::min<std::size_t>(5, data.size())));
        }
      }
    }
    in_.erase(0, at);
    if (unread_ > 1U << 20) {
      begin_frame(4, 8, 0, 0);
      big_endian(std::exchange(unread_, 0), 4);
    }
  }

 private:
  struct open_call {
    std::size_t tag = 0;
    std::string data;
  };
  void big_endian(std::size_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out_.push_back(static_cast<char>(value >> (8 * i)));
  }
  void begin_frame(std::size_t size, unsigned type, unsigned flags, std::uint32_t stream) {
    big_endian(size, 3), big_endian(type, 1), big_endian(flags, 1), big_endian(stream, 4);
  }
  void read() {
    socket_.async_read_some(foreshift::asio::net::buffer(some_), [this](const auto& error, std::size_t n) {
      if (error) return void(alive_ = false);
      in_.append(some_, n);
      read();
    });
  }

  foreshift::asio::net::io_context* io_;
  foreshift::asio::tcp::socket socket_;
  std::string in_;
  std::string out_;
  char some_[1 << 16];
  std::unordered_map<std::uint32_t, open_call> calls_;
  std::uint32_t next_ = 1;
  std::size_t unread_ = 0;
  bool alive_ = false;
};

}  // namespace cluster_bench
