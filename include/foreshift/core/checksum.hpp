#pragma once
/// @file
/// CRC-32C: detects damage by disks and networks; it is no defence against people.
///
/// Polynomial 0x1EDC6F41, reflected, initial value and final xor all ones, as in RFC 3720 (iSCSI), appendix
/// B.4.

#include <foreshift/core/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI {

namespace detail {

/// Entry [k][b]: the remainder of byte b with k zero bytes behind it.
inline constexpr auto crc32c_table = [] {
  std::array<std::array<std::uint32_t, 256>, 8> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1U) != 0 ? 0x82F63B78U : 0U);
    table[0][i] = c;
  }
  for (std::size_t k = 1; k < 8; ++k)
    for (std::size_t i = 0; i < 256; ++i)
      table[k][i] = (table[k - 1][i] >> 8) ^ table[0][table[k - 1][i] & 0xFFU];
  return table;
}();

}  // namespace detail

/// O(n), more than a byte a cycle: eight at a time (Kounavis and Berry, A Systematic Approach to Building
/// High Performance Software-based CRC Generators, 2005). @param seed the checksum of what came before, to
/// continue it
[[nodiscard]] constexpr std::uint32_t crc32c(byte_span data, std::uint32_t seed = 0) {
  const auto& table = detail::crc32c_table;
  const auto at = [&data](std::size_t i) { return std::to_integer<std::uint32_t>(data[i]); };
  std::uint32_t c = ~seed;
  for (; data.size() >= 8; data = data.subspan(8)) {
    c ^= at(0) | at(1) << 8 | at(2) << 16 | at(3) << 24;
    c = table[7][c & 0xFFU] ^ table[6][c >> 8 & 0xFFU] ^ table[5][c >> 16 & 0xFFU] ^ table[4][c >> 24] ^
        table[3][at(4)] ^ table[2][at(5)] ^ table[1][at(6)] ^ table[0][at(7)];
  }
  for (const std::byte b : data) c = (c >> 8) ^ table[0][(c ^ std::to_integer<std::uint32_t>(b)) & 0xFFU];
  return ~c;
}

}  // namespace foreshift::inline FORESHIFT_ABI
