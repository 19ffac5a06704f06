#pragma once
/// @file
/// Whether bytes from outside are text.

#include <foreshift/core/config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI {

/// Whether the bytes are well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above
/// U+10FFFF. ASCII goes by eight bytes at a time.
[[nodiscard]] inline bool is_utf8(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : std::uint8_t{0};
  };
  for (std::size_t i = 0; i < text.size();) {
    if (std::uint64_t word = 0; text.size() - i >= 8) {
      std::memcpy(&word, text.data() + i, 8);
      if ((word & 0x8080808080808080) == 0) {
        i += 8;
        continue;
      }
    }
    const unsigned c = at(i);
    if (c < 0x80) {
      ++i;
      continue;
    }
    const std::size_t more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
    if (c < 0xC2 || c > 0xF4) return false;
    const unsigned least = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    const unsigned most = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (at(i + 1) < least || at(i + 1) > most) return false;
    for (std::size_t k = 2; k <= more; ++k)
      if ((at(i + k) & 0xC0) != 0x80) return false;
    i += 1 + more;
  }
  return true;
}

}  // namespace foreshift::inline FORESHIFT_ABI
