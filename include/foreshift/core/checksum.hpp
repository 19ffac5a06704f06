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

/// The table of n is for a byte that n others follow.
inline constexpr auto crc32c_tables = [] {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1U) != 0 ? 0x82F63B78U : 0U);
    tables[0][i] = c;
  }
  for (std::size_t n = 1; n < 8; ++n)
    for (std::size_t i = 0; i < 256; ++i)
      tables[n][i] = (tables[n - 1][i] >> 8) ^ tables[0][tables[n - 1][i] & 0xFFU];
  return tables;
}();

}  // namespace detail

/// @param seed the checksum of what came before, to continue it. O(n), about a byte a cycle: eight bytes at a
/// time by eight tables (Kounavis and Berry, 2005).
[[nodiscard]] constexpr std::uint32_t crc32c(byte_span data, std::uint32_t seed = 0) {
  const auto& tables = detail::crc32c_tables;
  std::uint32_t c = ~seed;
  for (; data.size() >= 8; data = data.subspan(8)) {
    // Written out, because compilers do not unroll it below their highest level.
    const auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(data[i]); };
    c ^= at(0) | at(1) << 8 | at(2) << 16 | at(3) << 24;
    c = tables[7][c & 0xFFU] ^ tables[6][c >> 8 & 0xFFU] ^ tables[5][c >> 16 & 0xFFU] ^ tables[4][c >> 24] ^
        tables[3][at(4)] ^ tables[2][at(5)] ^ tables[1][at(6)] ^ tables[0][at(7)];
  }
  for (const std::byte b : data) c = (c >> 8) ^ tables[0][(c ^ std::to_integer<std::uint32_t>(b)) & 0xFFU];
  return ~c;
}

}  // namespace foreshift::inline FORESHIFT_ABI
