#pragma once
/// @file
/// CRC-32C: detects damage by disks and networks; it is no defence against people.
///
/// Polynomial 0x1EDC6F41, reflected, initial value and final xor all ones, as in RFC 3720 (iSCSI), appendix
/// B.4.

#include <foreshift/core/bytes.hpp>

#include <array>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI {

namespace detail {

inline constexpr auto crc32c_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1U) != 0 ? 0x82F63B78U : 0U);
    table[i] = c;
  }
  return table;
}();

}  // namespace detail

/// @param seed the checksum of what came before, to continue it. O(n), about a byte a cycle.
[[nodiscard]] constexpr std::uint32_t crc32c(byte_span data, std::uint32_t seed = 0) {
  std::uint32_t c = ~seed;
  for (const std::byte b : data)
    c = (c >> 8) ^ detail::crc32c_table[(c ^ std::to_integer<std::uint32_t>(b)) & 0xFFU];
  return ~c;
}

}  // namespace foreshift::inline FORESHIFT_ABI
