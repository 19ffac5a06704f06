#pragma once
/// @file
/// Amounts as Kubernetes writes them: `500m`, `1Gi`, `1e3`, `0.5`.
///
/// The same amount has many spellings, and a double loses the last digits of the larger ones, so the text is
/// read in decimal digits: multiplied by powers of 1024 there, the point shifted, and cut at nanounits. The
/// rules are those of Kubernetes' `resource.Quantity`: what is finer than a nanounit is rounded away from
/// zero, what is beyond 2^63 - 1 counts as that.

#include <foreshift/core/config.hpp>

#include <charconv>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// An amount in units (cores, bytes) and billionths of one; both have the sign of the amount.
struct quantity {
  std::int64_t units = 0;
  std::int32_t nanounits = 0;  ///< between -999,999,999 and 999,999,999

  [[nodiscard]] constexpr double value() const {
    return static_cast<double>(units) + static_cast<double>(nanounits) * 1e-9;
  }
  friend constexpr auto operator<=>(const quantity&, const quantity&) = default;
};

/// Nothing for a text that is no quantity, or has more than 80 characters.
[[nodiscard]] std::optional<quantity> parse_quantity(std::string_view text);

namespace detail {

/// What stands behind the number, as powers of ten and of 1024.
struct quantity_suffix {
  int tens = 0;
  int kibi = 0;
};

inline std::optional<quantity_suffix> parse_suffix(std::string_view suffix) {
  if (suffix.empty()) return quantity_suffix{};
  if (suffix.size() == 2 && suffix[1] == 'i') {
    const auto at = std::string_view{"KMGTPE"}.find(suffix[0]);
    if (at == std::string_view::npos) return std::nullopt;
    return quantity_suffix{0, static_cast<int>(at) + 1};
  }
  if (suffix.size() == 1) {
    constexpr std::string_view letters = "num?kMGTPE";  // 'k', and 'K' is none
    const auto at = letters.find(suffix[0]);
    if (at == std::string_view::npos || suffix[0] == '?') return std::nullopt;
    return quantity_suffix{(static_cast<int>(at) - 3) * 3, 0};
  }
  if (suffix[0] != 'e' && suffix[0] != 'E') return std::nullopt;
  suffix.remove_prefix(1);
  const bool plus = suffix.starts_with('+');
  if (plus) suffix.remove_prefix(1);
  int tens = 0;
  const auto [end, error] = std::from_chars(suffix.data(), suffix.data() + suffix.size(), tens);
  if (error != std::errc{} || end != suffix.data() + suffix.size() || (plus && tens < 0) || tens > 1000 ||
      tens < -1000)
    return std::nullopt;
  return quantity_suffix{tens, 0};
}

/// Multiplies decimal digits, most significant first, by 1024.
inline void times_1024(std::string& digits) {
  unsigned carry = 0;
  for (std::size_t i = digits.size(); i-- > 0;) {
    carry += static_cast<unsigned>(digits[i] - '0') * 1024U;
    digits[i] = static_cast<char>('0' + carry % 10);
    carry /= 10;
  }
  for (; carry > 0; carry /= 10) digits.insert(digits.begin(), static_cast<char>('0' + carry % 10));
}

}  // namespace detail

inline std::optional<quantity> parse_quantity(std::string_view text) {
  if (text.size() > 80) return std::nullopt;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::string digits;
  int point = -1;  // digits before it
  std::size_t i = 0;
  for (; i < text.size() && ((text[i] >= '0' && text[i] <= '9') || (text[i] == '.' && point < 0)); ++i)
    if (text[i] == '.')
      point = static_cast<int>(digits.size());
    else
      digits += text[i];
  if (digits.empty()) return std::nullopt;
  if (point < 0) point = static_cast<int>(digits.size());
  const auto suffix = detail::parse_suffix(text.substr(i));
  if (!suffix) return std::nullopt;
  const int behind = static_cast<int>(digits.size()) - point;
  for (int k = 0; k < suffix->kibi; ++k) detail::times_1024(digits);
  // The amount is `digits` times ten to this; wanted are whole nanounits.
  int shift = suffix->tens - behind + 9;
  const auto first = digits.find_first_not_of('0');
  if (first == std::string::npos) return quantity{};
  digits.erase(0, first);
  bool rest = false;
  for (; shift < 0 && !digits.empty(); ++shift) rest = rest || digits.back() != '0', digits.pop_back();
  const std::size_t zeros = shift > 0 ? static_cast<std::size_t>(shift) : 0;

  quantity out;
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  bool beyond = digits.size() + zeros > 28;  // 2^63 units have 19 digits, and nanounits 9 more
  if (!beyond) {
    digits.append(zeros, '0');
    if (digits.size() < 28) digits.insert(0, 28 - digits.size(), '0');
    const auto nano = digits.substr(19);
    std::from_chars(nano.data(), nano.data() + nano.size(), out.nanounits);
    const auto read = std::from_chars(digits.data(), digits.data() + 19, out.units);
    beyond = read.ec != std::errc{};
    if (rest && !beyond && ++out.nanounits == 1'000'000'000) {
      out.nanounits = 0;
      if (out.units == most)
        beyond = true;
      else
        ++out.units;
    }
  }
  if (beyond || (out.units == most && out.nanounits > 0)) out = {most, 0};
  if (negative) out = {-out.units, -out.nanounits};
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
