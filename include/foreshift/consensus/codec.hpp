#pragma once
/// @file
/// Messages as bytes: a version, the canonical body, and a CRC-32C over both.
///
/// Format: 1 byte version (1), body, 4 bytes CRC-32C of everything before it, little-endian. A message has
/// one encoding; the decoder refuses every other one, unknown versions, garbage and anything above
/// `message_size_max`. It never throws and asks for no more memory than a small multiple of the input. It is
/// safe on any bytes.

#include <foreshift/consensus/message.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/core/result.hpp>

#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::consensus {

inline constexpr std::uint8_t wire_version = 1;
inline constexpr std::size_t message_size_max = std::size_t{1} << 24;

enum class decode_error : std::uint8_t { too_short, too_long, unknown_version, bad_checksum, malformed };

[[nodiscard]] constexpr std::string_view explain(decode_error e) {
  constexpr std::string_view names[] = {"shorter than any message", "longer than any message",
                                        "unknown version", "bad checksum", "malformed body"};
  return names[static_cast<std::size_t>(e)];
}

/// O(size), allocates the bytes.
[[nodiscard]] inline byte_string encode(const message& what) {
  byte_writer out;
  out.put(wire_version);
  wire_writer{out}(what);
  out.put(crc32c(out.view()));
  return out.take();
}

/// O(size). On failure nothing of the message is returned.
[[nodiscard]] inline result<message, decode_error> decode(byte_span bytes) {
  constexpr std::size_t frame = sizeof(wire_version) + sizeof(std::uint32_t);
  if (bytes.size() < frame) return failure{decode_error::too_short};
  if (bytes.size() > message_size_max) return failure{decode_error::too_long};
  if (std::to_integer<std::uint8_t>(bytes[0]) != wire_version) return failure{decode_error::unknown_version};
  const auto covered = bytes.first(bytes.size() - sizeof(std::uint32_t));
  byte_reader sum{bytes.last(sizeof(std::uint32_t))};
  if (sum.get<std::uint32_t>() != crc32c(covered)) return failure{decode_error::bad_checksum};
  auto decoded = from_canonical<message>(covered.subspan(1));
  if (!decoded) return failure{decode_error::malformed};
  return std::move(*decoded);
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
