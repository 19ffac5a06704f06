#pragma once
/// @file
/// A value as bytes that say whether they are whole: a version, the canonical body, and a CRC-32C over both.
///
/// Format: 1 byte version, body, 4 bytes CRC-32C of everything before it, little-endian. A value has one such
/// encoding and every other one is refused. Decoding never throws, asks for no more memory than a small
/// multiple of the input, and is safe on any bytes. The checksum finds damage; it is no defence against
/// people.

#include <foreshift/consensus/wire.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Why bytes were refused.
enum class decode_error : std::uint8_t { too_short, too_long, unknown_version, bad_checksum, malformed };
constexpr decode_error last_of(decode_error) { return decode_error::malformed; }

[[nodiscard]] constexpr std::string_view name_of(decode_error e) {
  constexpr std::string_view names[] = {"too_short", "too_long", "unknown_version", "bad_checksum",
                                        "malformed"};
  return names[static_cast<std::size_t>(e)];
}
[[nodiscard]] constexpr std::string_view explain(decode_error e) {
  constexpr std::string_view names[] = {"too few bytes", "too many bytes", "unknown version", "bad checksum",
                                        "malformed body"};
  return names[static_cast<std::size_t>(e)];
}

/// Behind what has been written already. O(size).
template <class T>
void seal(byte_writer& out, std::uint8_t version, const T& what) {
  const std::size_t begin = out.size();
  out.put(version);
  wire_writer{out}(what);
  out.put(crc32c(out.view().subspan(begin)));
}
/// O(size), allocates the bytes.
template <class T>
[[nodiscard]] byte_string seal(std::uint8_t version, const T& what) {
  byte_writer out;
  seal(out, version, what);
  return out.take();
}

/// Gives the fields of `into` what was sealed; what it has besides, options for instance, stays. O(size).
/// @return why not, and then some fields may have been read
template <class T>
[[nodiscard]] std::optional<decode_error> unseal_into(T& into, std::uint8_t version, byte_span bytes,
                                                      wire_limits limits = {}) {
  if (bytes.size() < sizeof(version) + sizeof(std::uint32_t)) return decode_error::too_short;
  if (std::to_integer<std::uint8_t>(bytes[0]) != version) return decode_error::unknown_version;
  const auto covered = bytes.first(bytes.size() - sizeof(std::uint32_t));
  byte_reader sum{bytes.last(sizeof(std::uint32_t))};
  if (sum.get<std::uint32_t>() != crc32c(covered)) return decode_error::bad_checksum;
  if (!read_canonical(covered.subspan(1), into, limits)) return decode_error::malformed;
  return std::nullopt;
}
/// O(size). On failure nothing of the value is returned.
template <class T>
[[nodiscard]] result<T, decode_error> unseal(std::uint8_t version, byte_span bytes, wire_limits limits = {}) {
  T value{};
  if (const auto why_not = unseal_into(value, version, bytes, limits)) return failure{*why_not};
  return value;
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
