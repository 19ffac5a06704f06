#pragma once
/// @file
/// The digest that names a proposal, an epoch or a log prefix by its content: SHA-256 over canonical bytes.
///
/// Source: FIPS 180-4, Secure Hash Standard (2015), section 6.2.

#include <foreshift/core/bytes.hpp>

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace foreshift::inline FORESHIFT_ABI {

/// 256 bits, in the standard's byte order. The zero digest stands for "nothing".
struct digest {
  std::array<std::uint8_t, 32> value{};
  friend constexpr auto operator<=>(const digest&, const digest&) = default;
};

namespace detail {

inline constexpr std::array<std::uint32_t, 64> sha256_round = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

using sha256_state = std::array<std::uint32_t, 8>;

constexpr void sha256_block(sha256_state& h, std::span<const std::byte, 64> block) {
  std::array<std::uint32_t, 64> w{};
  for (std::size_t i = 0; i < 16; ++i)
    for (std::size_t k = 0; k < 4; ++k) w[i] = w[i] << 8 | std::to_integer<std::uint32_t>(block[4 * i + k]);
  for (std::size_t i = 16; i < 64; ++i) {
    const auto s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
    const auto s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  auto [a, b, c, d, e, f, g, k] = h;
  for (std::size_t i = 0; i < 64; ++i) {
    const auto s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const auto t1 = k + s1 + ((e & f) ^ (~e & g)) + sha256_round[i] + w[i];
    const auto s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const auto t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    k = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += k;
}

}  // namespace detail

/// SHA-256 of `data`. O(n), no allocation.
[[nodiscard]] constexpr digest digest_of(byte_span data) {
  detail::sha256_state h = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                            0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const std::uint64_t bits = std::uint64_t{data.size()} * 8;
  for (; data.size() >= 64; data = data.subspan(64)) detail::sha256_block(h, data.first<64>());

  // The rest, a one bit, zeros, and the length in bits, big-endian, at the end of the last block.
  std::array<std::byte, 128> tail{};
  for (std::size_t i = 0; i < data.size(); ++i) tail[i] = data[i];
  tail[data.size()] = std::byte{0x80};
  const std::size_t size = data.size() < 56 ? 64 : 128;
  for (std::size_t i = 0; i < 8; ++i) tail[size - 1 - i] = static_cast<std::byte>((bits >> (8 * i)) & 0xFFU);
  const std::span<const std::byte, 128> blocks{tail};
  detail::sha256_block(h, blocks.first<64>());
  if (size == 128) detail::sha256_block(h, blocks.last<64>());

  digest out;
  for (std::size_t i = 0; i < 32; ++i)
    out.value[i] = static_cast<std::uint8_t>(h[i / 4] >> (24 - 8 * (i % 4)));
  return out;
}

/// The first `digits` hexadecimal digits, for logs and people. @pre digits <= 64
[[nodiscard]] inline std::string to_hex(const digest& d, std::size_t digits = 64) {
  FORESHIFT_EXPECT(digits <= 64);
  std::string text;
  for (std::size_t i = 0; i < digits; ++i)
    text += "0123456789abcdef"[(d.value[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xF];
  return text;
}

}  // namespace foreshift::inline FORESHIFT_ABI
