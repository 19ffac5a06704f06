#pragma once
/// @file
/// Numbers as Prometheus and those that it scrapes write them: `17`, `1.6341659e+07`, `NaN`, `+Inf`.
///
/// Most values of a scrape are short: their digits fit into 53 bits and the power of ten is exact as a
/// double, so one multiplication or division gives the correctly rounded value (W. D. Clinger, "How to read
/// floating point numbers accurately", PLDI 1990). The others go to `std::from_chars`.

#include <foreshift/core/config.hpp>

#include <cfloat>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// The value of the whole text, nothing around it; nothing for any other text and for a number that a double
/// cannot hold. Takes a sign, decimal digits with or without a point, an exponent, and in any case of letters
/// `NaN`, `Inf` and `Infinity`; no hexadecimal. Allocates nothing.
[[nodiscard]] std::optional<double> parse_value(std::string_view text);

/// Appends the shortest text that `parse_value` reads back as the same value; every NaN is `NaN`.
inline void append_value(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value < 0 ? "-Inf" : "+Inf";
  } else {
    char text[32];
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
  }
}

/// The same as a string of its own, for a label.
[[nodiscard]] inline std::string value_text(double value) {
  std::string text;
  append_value(text, value);
  return text;
}

namespace detail {

/// Whether text is `word` in any case of letters. @param word in small letters
[[nodiscard]] constexpr bool is_word(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((text[i] | 0x20) != word[i]) return false;
  return true;
}

/// Words, long numbers and large exponents.
[[nodiscard]] inline std::optional<double> parse_rare_value(std::string_view text) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (is_word(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (is_word(text, "inf") || is_word(text, "infinity")) return negative ? -infinity : infinity;
  // from_chars also takes a sign of its own, "inf", and "nan" with a text in brackets.
  if (text.empty() || !(text.front() == '.' || (text.front() >= '0' && text.front() <= '9')))
    return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return negative ? -value : value;
}

}  // namespace detail

inline std::optional<double> parse_value(std::string_view text) {
  constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                               1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  constexpr int power_max = 22;           // the last power of ten that a double holds exactly
  constexpr std::size_t length_max = 24;  // with at most 18 digits before this, 64 bits hold them
  constexpr std::ptrdiff_t digits_max = 18;
  if (text.size() > length_max || FLT_EVAL_METHOD != 0) return detail::parse_rare_value(text);
  const char* p = text.data();
  const char* const end = p + text.size();
  const auto digit = [&] { return p != end && static_cast<unsigned char>(*p - '0') < 10; };
  const bool negative = p != end && *p == '-';
  if (p != end && (*p == '-' || *p == '+')) ++p;

  std::uint64_t digits = 0;
  const char* const first = p;
  for (; digit(); ++p) digits = 10 * digits + static_cast<unsigned char>(*p - '0');
  std::ptrdiff_t count = p - first;
  int exponent = 0;
  if (p != end && *p == '.') {
    const char* const point = ++p;
    for (; digit(); ++p) digits = 10 * digits + static_cast<unsigned char>(*p - '0');
    count += p - point;
    exponent = static_cast<int>(point - p);
  }
  if (count > 0 && p != end && (*p | 0x20) == 'e') {
    ++p;
    const bool down = p != end && *p == '-';
    if (p != end && (*p == '-' || *p == '+')) ++p;
    if (!digit()) return std::nullopt;
    int written = 0;
    for (; digit() && written < 1000; ++p) written = 10 * written + (*p - '0');
    exponent += down ? -written : written;
  }
  const bool exact = count > 0 && count <= digits_max && p == end && digits <= (std::uint64_t{1} << 53) &&
                     exponent >= -power_max && exponent <= power_max;
  if (!exact) return detail::parse_rare_value(text);
  const auto whole = static_cast<double>(digits);
  const double value = exponent < 0 ? whole / powers[-exponent] : whole * powers[exponent];
  return negative ? -value : value;
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
