#include "text.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
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

}  // namespace

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

std::string spaced(std::string_view name) {
  std::string out{name};
  std::ranges::replace(out, '_', ' ');
  return out;
}

std::string text_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> width(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], row[c].size());
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      line += row[c];
      if (c + 1 < row.size()) line.append(width[c] + 2 - row[c].size(), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace tool
