#pragma once
/// @file
/// Messages as sealed bytes, bounded in size, and a count of what was refused.
///
/// The format is that of `sealed.hpp`: version, canonical body, CRC-32C. The decoder refuses other versions,
/// garbage and anything above `message_size_max`. Refusals are counted by kind, since each kind has another
/// cause: unknown versions are sites of another release, bad checksums a bad network, malformed bodies a bug.

#include <foreshift/consensus/message.hpp>
#include <foreshift/consensus/sealed.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::consensus {

inline constexpr std::uint8_t wire_version = 1;
inline constexpr std::size_t message_size_max = std::size_t{1} << 24;

/// O(size), allocates the bytes.
[[nodiscard]] inline byte_string encode(const message& what) { return seal(wire_version, what); }
/// The same behind what has been written already.
inline void encode(byte_writer& out, const message& what) { seal(out, wire_version, what); }

/// O(size). On failure nothing of the message is returned. Safe on any bytes.
[[nodiscard]] inline result<message, decode_error> decode(byte_span bytes) {
  if (bytes.size() > message_size_max) return failure{decode_error::too_long};
  return unseal<message>(wire_version, bytes);
}

/// How many messages were refused, by kind. A regular value.
class decode_counts {
 public:
  void add(decode_error why) { ++of_[static_cast<std::size_t>(why)]; }
  [[nodiscard]] std::uint64_t of(decode_error why) const { return of_[static_cast<std::size_t>(why)]; }
  [[nodiscard]] std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (const auto n : of_) sum += n;
    return sum;
  }
  friend bool operator==(const decode_counts&, const decode_counts&) = default;

 private:
  std::array<std::uint64_t, static_cast<std::size_t>(last_of(decode_error{})) + 1> of_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
