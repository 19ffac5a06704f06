#include "time_argument.hpp"

#include "text.hpp"

#include <foreshift/telemetry/sample_csv.hpp>

#include <chrono>

namespace tool {

namespace {

/// The `+02:00` at the end of a time; nothing for any other text.
std::optional<foreshift::duration> parse_offset(std::string_view text) {
  const auto digits = [&](std::size_t at) -> int {
    const char tens = text[at], ones = text[at + 1];
    return tens < '0' || tens > '9' || ones < '0' || ones > '9' ? 99 : 10 * (tens - '0') + (ones - '0');
  };
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int hours = digits(1), minutes = digits(4);
  if (hours > 23 || minutes > 59) return std::nullopt;
  const foreshift::duration offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return text[0] == '+' ? offset : -offset;
}

}  // namespace

std::optional<foreshift::time_point> parse_when(std::string_view text, foreshift::time_point now) {
  if (text == "now") return now;
  if (text.starts_with("now-")) {
    const auto ago = parse_duration(text.substr(4));
    return ago ? std::optional{now - *ago} : std::nullopt;
  }
  constexpr std::size_t offset_size = 6, shortest = 16;  // YYYY-MM-DDTHH:MM
  if (text.size() >= shortest + offset_size)
    if (const auto offset = parse_offset(text.substr(text.size() - offset_size))) {
      text.remove_suffix(offset_size);
      if (text.ends_with('Z')) return std::nullopt;
      const auto local = foreshift::telemetry::parse_timestamp(text);
      return local ? std::optional{*local - *offset} : std::nullopt;
    }
  return foreshift::telemetry::parse_timestamp(text);
}

}  // namespace tool
