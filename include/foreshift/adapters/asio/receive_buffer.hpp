#pragma once
/// @file
/// Bytes that have come and are not taken yet, in one piece, so that messages are read where they lie.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::asio {

/// A regular value. It grows only for a message longer than itself, and stays as long.
class receive_buffer {
 public:
  /// @pre capacity > 0
  explicit receive_buffer(std::size_t capacity = std::size_t{1} << 16) : bytes_(capacity) {
    FORESHIFT_EXPECT(capacity > 0);
  }

  [[nodiscard]] byte_span view() const { return byte_span{bytes_}.subspan(begin_, end_ - begin_); }
  [[nodiscard]] std::size_t capacity() const { return bytes_.size(); }

  /// Where the next bytes go; empty when there is no room. What `view` gave is void afterwards.
  /// @param whole bytes that must fit in total, from the first one not taken on
  [[nodiscard]] std::span<std::byte> room(std::size_t whole) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (begin_ > 0 && (bytes_.size() - end_ < bytes_.size() / 2 || bytes_.size() - begin_ < whole)) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (bytes_.size() < whole) bytes_.resize(std::max(whole, 2 * bytes_.size()));
    return std::span{bytes_}.subspan(end_);
  }
  /// `n` bytes were put where `room` said. @pre they fit
  void filled(std::size_t n) {
    FORESHIFT_EXPECT(n <= bytes_.size() - end_);
    end_ += n;
  }
  /// @pre there are `n`
  void take(std::size_t n) {
    FORESHIFT_EXPECT(n <= end_ - begin_);
    begin_ += n;
  }
  friend bool operator==(const receive_buffer&, const receive_buffer&) = default;

 private:
  byte_string bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::asio
