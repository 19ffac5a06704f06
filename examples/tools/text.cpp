#include "text.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace tool {

using foreshift::duration;

namespace {

struct unit {
  char letter;
  duration length;
};
constexpr unit units[] = {{'d', std::chrono::hours{24}},
                          {'h', std::chrono::hours{1}},
                          {'m', std::chrono::minutes{1}},
                          {'s', std::chrono::seconds{1}}};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  text = trimmed(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<duration> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end + 1 != text.data() + text.size() || count <= 0) return std::nullopt;
  for (const auto& u : units)
    if (*end == u.letter && count <= std::chrono::hours{24 * 366} / u.length) return count * u.length;
  return std::nullopt;
}

std::string format_duration(duration d) {
  for (const auto& u : units)
    if (d.count() != 0 && d % u.length == duration::zero())
      return std::to_string(d / u.length) + ' ' + u.letter;
  return format_number(foreshift::to_seconds(d), 3) + " s";
}

std::string format_number(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  std::string out = text;
  if (out.find('.') != std::string::npos) {
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
  }
  return out == "-0" ? "0" : out;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string out{text.substr(0, longest)};
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }, '?');
  return '"' + out + (text.size() > longest ? "...\"" : "\"");
}

}  // namespace tool
