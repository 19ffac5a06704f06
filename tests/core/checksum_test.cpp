#include <foreshift/core/checksum.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace foreshift;

namespace {

/// Bit by bit, from the polynomial.
std::uint32_t slow_crc32c(byte_span data) {
  std::uint32_t c = 0xFFFFFFFFU;
  for (const std::byte b : data) {
    c ^= std::to_integer<std::uint32_t>(b);
    for (int bit = 0; bit < 8; ++bit) c = (c & 1U) != 0 ? (c >> 1) ^ 0x82F63B78U : c >> 1;
  }
  return ~c;
}

}  // namespace

TEST_CASE("the examples of RFC 3720, appendix B.4") {
  std::array<std::byte, 32> data{};
  CHECK(crc32c(data) == 0x8A9136AAU);
  data.fill(std::byte{0xFF});
  CHECK(crc32c(data) == 0x62A8AB43U);
  for (std::size_t i = 0; i < 32; ++i) data[i] = static_cast<std::byte>(i);
  CHECK(crc32c(data) == 0x46DD794EU);
  for (std::size_t i = 0; i < 32; ++i) data[i] = static_cast<std::byte>(31 - i);
  CHECK(crc32c(data) == 0x113FDB5CU);
  // An iSCSI SCSI Read (10) command.
  const std::array<std::uint8_t, 48> read = {
      0x01, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18,
      0x28, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
  CHECK(crc32c(std::as_bytes(std::span{read})) == 0xD9963A56U);
}

TEST_CASE("the check value of the CRC catalogue, and nothing gives zero") {
  CHECK(crc32c(bytes_of("123456789")) == 0xE3069283U);
  CHECK(crc32c({}) == 0);
}

TEST_CASE("a checksum goes on where the one before stopped") {
  const auto text = bytes_of("the quick brown fox jumps over the lazy dog");
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    CHECK(crc32c(text.subspan(cut), crc32c(text.first(cut))) == crc32c(text));
}

TEST_CASE("every length agrees with the polynomial, from every beginning") {
  random_stream random{4};
  byte_string data(80);
  for (auto& b : data) b = static_cast<std::byte>(random.below(256));
  for (std::size_t from = 0; from < 9; ++from)
    for (std::size_t size = 0; from + size <= data.size(); ++size) {
      const auto part = byte_span{data}.subspan(from, size);
      CHECK(crc32c(part) == slow_crc32c(part));
    }
}

TEST_CASE("every single flipped bit is seen, and the table agrees with the polynomial") {
  random_stream random{3};
  byte_string data(64);
  for (auto& b : data) b = static_cast<std::byte>(random.below(256));
  const auto whole = crc32c(data);
  CHECK(whole == slow_crc32c(data));
  for (std::size_t bit = 0; bit < data.size() * 8; ++bit) {
    data[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    CHECK(crc32c(data) != whole);
    CHECK(crc32c(data) == slow_crc32c(data));
    data[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
  }
}
