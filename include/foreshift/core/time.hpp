#pragma once
/// @file
/// Instants and durations. There is no `now()` here: algorithms are told the time.
///
/// An instant counts nanoseconds since 1970-01-01 00:00 UTC in 64 bits, which reaches the year 2262; leap
/// seconds are not counted. Text is ISO 8601 in UTC.

#include <foreshift/core/config.hpp>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI {

using duration = std::chrono::nanoseconds;

/// The clock type behind `time_point`. It names a time line and cannot be read.
struct timeline {
  using rep = foreshift::duration::rep;
  using period = foreshift::duration::period;
  using duration = foreshift::duration;
  using time_point = std::chrono::time_point<timeline, duration>;
  static constexpr bool is_steady = false;
};
using time_point = timeline::time_point;

/// Seconds as a floating number, for arithmetic in models.
[[nodiscard]] constexpr double to_seconds(duration d) { return std::chrono::duration<double>(d).count(); }

/// `2011-03-03T00:05:00Z`; parts below a second are cut.
[[nodiscard]] inline std::string format_time(time_point t) {
  using namespace std::chrono;
  const auto since = floor<seconds>(t.time_since_epoch());
  const auto day = floor<days>(since);
  const year_month_day date{sys_days{day}};
  const hh_mm_ss clock{since - day};
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

/// Reads `YYYY-MM-DD`, then optionally `T` or a blank and `HH:MM` or `HH:MM:SS`, then optionally `Z`.
/// Returns nothing for any other text, an impossible date, or a year outside 1900 to 2200.
[[nodiscard]] inline std::optional<time_point> parse_time(std::string_view text) {
  using namespace std::chrono;
  const auto number = [&](std::size_t at, std::size_t width) -> std::optional<unsigned> {
    unsigned value = 0;
    if (at + width > text.size()) return std::nullopt;
    const char* last = text.data() + at + width;
    const auto [end, error] = std::from_chars(text.data() + at, last, value);
    return error == std::errc{} && end == last ? std::optional{value} : std::nullopt;
  };
  const auto is = [&](std::size_t at, char c) { return at < text.size() && text[at] == c; };

  if (text.ends_with('Z')) text.remove_suffix(1);
  const auto y = number(0, 4), m = number(5, 2), d = number(8, 2);
  if (!y || !m || !d || !is(4, '-') || !is(7, '-') || *y < 1900 || *y > 2200) return std::nullopt;
  const year_month_day date{year{static_cast<int>(*y)}, month{*m}, day{*d}};
  if (!date.ok()) return std::nullopt;
  duration t = sys_days{date}.time_since_epoch();
  if (text.size() == 10) return time_point{t};

  const auto hour = number(11, 2), minute = number(14, 2);
  if (!(is(10, 'T') || is(10, ' ')) || !is(13, ':') || !hour || !minute || *hour > 23 || *minute > 59)
    return std::nullopt;
  t += hours{*hour} + minutes{*minute};
  if (text.size() == 16) return time_point{t};

  const auto second = number(17, 2);
  if (!is(16, ':') || !second || *second > 59 || text.size() != 19) return std::nullopt;
  return time_point{t + seconds{*second}};
}

}  // namespace foreshift::inline FORESHIFT_ABI
