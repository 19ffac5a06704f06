#pragma once
/// @file
/// One TCP connection: reads ahead, writes what has gathered, and knows when its peer is gone.
///
/// Both sides say hello before anything else, and neither sends a message before it has heard the other's.
/// Frames that are sent gather in one buffer and go to the kernel together, straight from there; what comes
/// is read into one buffer and delivered from there. Reading pauses while that buffer is full of messages
/// that nobody has polled, which holds up the peer and nobody else.

#include <foreshift/adapters/asio/boost_asio.hpp>
#include <foreshift/adapters/asio/frame.hpp>
#include <foreshift/adapters/asio/handler_memory.hpp>
#include <foreshift/adapters/asio/options.hpp>
#include <foreshift/adapters/asio/receive_buffer.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::asio {

class connection;

/// Who keeps connections. Called from within the connection; may drop it.
class connection_keeper {
 public:
  /// The peer has said who it is. Returns whether it may stay.
  virtual bool on_hello(connection& of, const hello& said) = 0;
  /// Closed by the peer, the network or a fault of what came; not by `close`.
  virtual void on_end(connection& of) = 0;

 protected:
  ~connection_keeper() = default;
};

/// Lives in a shared_ptr: its operations hold it. Allocates only while its buffers still grow.
class connection : public std::enable_shared_from_this<connection> {
 public:
  /// @param rules, counts, keeper outlive the connection or its `close`
  connection(tcp::socket socket, const options& rules, counters& counts, connection_keeper& keeper)
      : socket_(std::move(socket)), rules_(&rules), counts_(&counts), keeper_(&keeper) {
    boost::system::error_code ignored;  // a socket that is bad already shows it at the first read
    socket_.non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay{true}, ignored);
  }

  /// Begins to read. @param own the hello to open with; without one it is left to the keeper
  void start(const std::optional<hello>& own) {
    if (own) say(*own);
    read();
  }
  void say(const hello& own) {
    append_frame(out_, frame_kind::hello, encode(own));
    flush();
  }
  /// True once the peer has said hello and until the end.
  [[nodiscard]] bool usable() const { return state_ == state::open; }

  /// The peer's, without its port; unspecified when it is gone already.
  [[nodiscard]] net::ip::address address() const {
    boost::system::error_code gone;
    const auto at = socket_.remote_endpoint(gone).address();
    return at.is_v6() && at.to_v6().is_v4_mapped() ? net::ip::make_address_v4(net::ip::v4_mapped, at.to_v6())
                                                   : at;
  }

  /// Takes a message for sending.
  std::error_code send(byte_span message) {
    if (!usable()) return ++counts_->unreachable, std::make_error_code(std::errc::not_connected);
    if (message.size() > rules_->message_bytes_max) return std::make_error_code(std::errc::message_size);
    const std::size_t waiting = out_.size() - written_;
    if (waiting > 0 && waiting + frame_head_bytes + message.size() > rules_->queue_bytes_max)
      return ++counts_->overflowed, std::make_error_code(std::errc::no_buffer_space);
    if (written_ > out_.size() / 2) {
      out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(written_));
      written_ = 0;
    }
    append_frame(out_, frame_kind::message, message);
    return {};
  }
  /// Hands what has gathered to the kernel, as far as it takes it; the rest follows when it can.
  void flush() {
    while (state_ != state::closed && written_ < out_.size()) {
      boost::system::error_code error;
      const auto n = socket_.write_some(net::buffer(out_.data() + written_, out_.size() - written_), error);
      if (error == net::error::would_block || error == net::error::try_again) return flush_later();
      if (error) return end();
      written_ += n;
      counts_->bytes_sent += n;
      spoke_ = true;
    }
    out_.clear();
    written_ = 0;
  }

  /// Calls `sink(bytes)` for each message that has come. The sink may send, but not run the io_context.
  template <class Sink>
  void deliver(Sink&& sink) {
    const auto alive = shared_from_this();
    while (usable()) {
      const stream_front front = first_frame(in_.view(), rules_->message_bytes_max);
      if (front.broken) return give_up(*front.broken);
      if (!front.whole) break;
      if (front.whole->kind == frame_kind::hello) return give_up(frame_error::misplaced);
      in_.take(front.whole->bytes());
      if (front.whole->kind == frame_kind::message) sink(front.whole->body);
    }
    read();
  }

  /// To be called once a beat: ends a connection that has fallen silent, and keeps this side from seeming so.
  void on_beat() {
    quiet_beats_ = state_ == state::open && (heard_ || !reading_) ? 0 : quiet_beats_ + 1;
    if (quiet_beats_ > rules_->beats_missed_max) {
      ++counts_->silent;
      return end();
    }
    if (usable() && !spoke_ && written_ == out_.size()) append_frame(out_, frame_kind::beat, {});
    heard_ = spoke_ = false;
    flush();
  }
  /// Ends it without a word to the keeper, who may be gone afterwards.
  void close() {
    state_ = state::closed;
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  enum class state : std::uint8_t { greeting, open, closed };

  void read() {
    if (reading_ || state_ == state::closed) return;
    const frame_extent front = first_extent(in_.view(), rules_->message_bytes_max);
    const bool whole = front.broken || front.bytes <= in_.view().size();
    const auto room = in_.room(whole ? 0 : front.bytes);
    if (room.empty()) return;  // until it is polled
    reading_ = true;
    socket_.async_read_some(
        net::buffer(room.data(), room.size()),
        in_slot{read_slot_, [self = shared_from_this()](const boost::system::error_code& error,
                                                        std::size_t n) { self->on_read(error, n); }});
  }
  void on_read(const boost::system::error_code& error, std::size_t n) {
    reading_ = false;
    if (state_ == state::closed) return;
    if (error) return end();
    in_.filled(n);
    counts_->bytes_received += n;
    heard_ = true;
    if (state_ == state::greeting && !greet()) return;
    read();
  }
  /// False when it came to an end over it.
  bool greet() {
    const stream_front front = first_frame(in_.view(), hello_bytes);
    if (front.broken) return give_up(*front.broken), false;
    if (!front.whole) return true;
    const auto said = front.whole->kind == frame_kind::hello ? decode_hello(front.whole->body) : std::nullopt;
    if (!said) return give_up(frame_error::misplaced), false;
    in_.take(front.whole->bytes());
    if (!keeper_->on_hello(*this, *said)) {
      ++counts_->strangers;
      return end(), false;
    }
    state_ = state::open;
    ++counts_->connected;
    return true;
  }
  void flush_later() {
    if (std::exchange(waits_to_write_, true)) return;
    socket_.async_wait(tcp::socket::wait_write,
                       in_slot{write_slot_, [self = shared_from_this()](const boost::system::error_code&) {
                                 self->waits_to_write_ = false;
                                 self->flush();
                               }});
  }
  void give_up(frame_error why) {
    ++counts_->broken[static_cast<std::size_t>(why)];
    end();
  }
  void end() {
    if (state_ == state::closed) return;
    const auto alive = shared_from_this();
    close();
    keeper_->on_end(*this);
  }

  tcp::socket socket_;
  const options* rules_;
  counters* counts_;
  connection_keeper* keeper_;
  receive_buffer in_;
  byte_string out_;          // frames
  std::size_t written_ = 0;  // of out_
  handler_memory read_slot_;
  handler_memory write_slot_;
  state state_ = state::greeting;
  bool reading_ = false;
  bool waits_to_write_ = false;
  bool heard_ = false;  // since the last beat
  bool spoke_ = false;
  unsigned quiet_beats_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::asio
