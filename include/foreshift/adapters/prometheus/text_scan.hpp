#pragma once
/// @file
/// Names and quoted strings: the inner loops of reading an exposition.
///
/// Strings are scanned eight bytes at a time, in an ordinary register (H. S. Warren, "Hacker's Delight",
/// section 6-1: finding a byte in a word).

#include <foreshift/core/config.hpp>
#include <foreshift/core/utf8.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// Length of the metric name that the text begins with: letters, digits, `_` and `:`, no digit first. 0:
/// none.
[[nodiscard]] std::size_t metric_name_size(std::string_view text);
/// The same of a label's name, which has no `:`.
[[nodiscard]] std::size_t label_name_size(std::string_view text);

/// How far a string reaches.
struct string_extent {
  std::size_t size = 0;  ///< up to the first quote or backslash, or the whole text
  bool ascii = true;     ///< false: there may be other characters, within it or shortly after
};
/// Looks for `"` or `\`. Reads no byte outside the text.
[[nodiscard]] string_extent scan_string(std::string_view text);

namespace detail {

enum name_class : std::uint8_t { letter = 1, digit = 2, colon = 4 };
inline constexpr auto name_classes = [] {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = classes[c - 'a' + 'A'] = letter;
  classes['_'] = letter;
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = digit;
  classes[':'] = colon;
  return classes;
}();

[[nodiscard]] inline std::size_t name_size(std::string_view text, unsigned first, unsigned other) {
  const auto is = [&](std::size_t i, unsigned what) {
    return (name_classes[static_cast<unsigned char>(text[i])] & what) != 0;
  };
  if (text.empty() || !is(0, first)) return 0;
  std::size_t n = 1;
  while (n < text.size() && is(n, other)) ++n;
  return n;
}

inline constexpr std::uint64_t low_bits = 0x0101010101010101, high_bits = 0x8080808080808080;

/// The high bit of each byte of `word` that is c; above the lowest such byte some more may be set.
[[nodiscard]] constexpr std::uint64_t bytes_that_are(std::uint64_t word, char c) {
  const std::uint64_t zero_there = word ^ (low_bits * static_cast<unsigned char>(c));
  return (zero_there - low_bits) & ~zero_there & high_bits;
}

}  // namespace detail

inline std::size_t metric_name_size(std::string_view text) {
  using namespace detail;
  return name_size(text, letter | colon, letter | colon | digit);
}
inline std::size_t label_name_size(std::string_view text) {
  using namespace detail;
  return name_size(text, letter, letter | digit);
}

inline string_extent scan_string(std::string_view text) {
  std::size_t i = 0;
  std::uint64_t seen = 0;
  if constexpr (std::endian::native == std::endian::little) {
    for (; text.size() - i >= 8; i += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + i, 8);
      seen |= word;
      const auto found = detail::bytes_that_are(word, '"') | detail::bytes_that_are(word, '\\');
      if (found != 0)
        return {i + static_cast<std::size_t>(std::countr_zero(found)) / 8, (seen & detail::high_bits) == 0};
    }
  }
  for (; i < text.size() && text[i] != '"' && text[i] != '\\'; ++i)
    seen |= static_cast<unsigned char>(text[i]);
  return {i, (seen & detail::high_bits) == 0};
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
