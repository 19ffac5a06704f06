#pragma once
/// @file
/// One point of an answer, `[1435781430.781,"1"]`: nearly all of what a range query brings.
///
/// The form that Prometheus writes is read straight from the bytes; any other form of the same, with blanks
/// or an exponent in it, goes through the general reader.

#include <foreshift/adapters/prometheus/json_cursor.hpp>
#include <foreshift/adapters/prometheus/value_text.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

struct query_point {
  time_point at{};
  double value = 0;
};

/// Reads one point. Times are rounded to milliseconds, which is what Prometheus keeps, and lie between the
/// years 1700 and 2200.
[[nodiscard]] bool read_point(json_cursor& in, query_point& out);

namespace detail {

inline constexpr std::int64_t timestamp_max = 7'258'118'400;  // 2200-01-01

[[nodiscard]] inline std::optional<time_point> parse_query_time(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() ||
      !(std::abs(seconds) < static_cast<double>(timestamp_max)))
    return std::nullopt;
  return time_point{std::chrono::milliseconds{std::llround(seconds * 1000)}};
}

/// Length of the point that the text begins with, if it is in the usual form; otherwise 0.
[[nodiscard]] inline std::size_t usual_point(std::string_view text, query_point& out) {
  constexpr std::ptrdiff_t whole_digits_max = 10;
  constexpr std::size_t value_max = 32;
  const char* p = text.data();
  const char* const end = p + text.size();
  const auto digit = [&] { return p != end && static_cast<unsigned char>(*p - '0') < 10; };
  const auto is = [&](char c) { return p != end && *p == c ? (++p, true) : false; };

  if (!is('[')) return 0;
  std::int64_t seconds = 0, millis = 0;
  const char* const first = p;
  for (; digit() && p - first <= whole_digits_max; ++p) seconds = 10 * seconds + (*p - '0');
  const auto count = p - first;
  if (count == 0 || count > whole_digits_max || (count > 1 && *first == '0') || seconds >= timestamp_max)
    return 0;
  if (is('.')) {
    int scale = 100;
    for (; digit() && scale > 0; ++p, scale /= 10) millis += scale * (*p - '0');
    if (scale == 100) return 0;
  }
  if (!is(',') || !is('"')) return 0;
  const char* const begin = p;
  const char* const last = p + std::min(value_max, static_cast<std::size_t>(end - p));
  while (p != last && *p != '"') ++p;
  if (p == last) return 0;
  const auto value = parse_value({begin, static_cast<std::size_t>(p - begin)});
  if (!value) return 0;
  ++p;
  if (!is(']')) return 0;
  out = {time_point{std::chrono::milliseconds{seconds * 1000 + millis}}, *value};
  return static_cast<std::size_t>(p - text.data());
}

}  // namespace detail

inline bool read_point(json_cursor& in, query_point& out) {
  if (const auto size = detail::usual_point(in.rest(), out); size > 0) return in.advance(size), true;
  std::string_view text;
  if (!in.take('[', "a point") || !in.number(text)) return false;
  const auto at = detail::parse_query_time(text);
  if (!at) return in.fail("a time before 2200");
  if (!in.take(',', "a comma") || !in.string(text)) return false;
  const auto value = parse_value(text);
  if (!value) return in.fail("a value");
  out = {*at, *value};
  return in.take(']', "the end of the point");
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
