#pragma once
/// @file
/// How long a server wants to be left alone: the header Retry-After, as seconds or as a date.
///
/// A date is a time of the server's clock, and so it is held against the answer's own Date, not against our
/// clock. Source: RFC 9110, sections 5.6.7 (dates, all three forms) and 10.2.3.

#include <foreshift/core/config.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/http_client.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace foreshift::inline FORESHIFT_ABI::ports {

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT` and the two obsolete forms of the same; the years of two digits are
/// 1970 to 2069. Nothing for any other text or an impossible date.
[[nodiscard]] std::optional<time_point> parse_http_date(std::string_view text);

/// A day at most, and 0 for what is over; nothing where the header is missing or cannot be read, or is a date
/// and the answer says none of its own.
[[nodiscard]] std::optional<duration> retry_after(const http_response& answer);

namespace detail {

/// Takes a number of as many digits; nothing where there are others.
[[nodiscard]] inline std::optional<unsigned> date_number(std::string_view& text, std::size_t digits) {
  unsigned value = 0;
  if (text.size() < digits) return std::nullopt;
  const char* const last = text.data() + digits;
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc{} || end != last) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}
[[nodiscard]] inline bool date_mark(std::string_view& text, std::string_view mark) {
  if (!text.starts_with(mark)) return false;
  text.remove_prefix(mark.size());
  return true;
}
[[nodiscard]] inline std::optional<unsigned> date_month(std::string_view& text) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto at = months.find(text.substr(0, 3));
  if (text.size() < 3 || at == std::string_view::npos || at % 3 != 0) return std::nullopt;
  text.remove_prefix(3);
  return static_cast<unsigned>(at / 3 + 1);
}
/// `08:49:37`, a leap second included.
[[nodiscard]] inline std::optional<duration> date_clock(std::string_view& text) {
  const auto hour = date_number(text, 2);
  if (!hour || !date_mark(text, ":")) return std::nullopt;
  const auto minute = date_number(text, 2);
  if (!minute || !date_mark(text, ":")) return std::nullopt;
  const auto second = date_number(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}
[[nodiscard]] inline std::optional<time_point> date_of(std::optional<unsigned> year,
                                                       std::optional<unsigned> month,
                                                       std::optional<unsigned> day,
                                                       std::optional<duration> clock) {
  using namespace std::chrono;
  if (!year || !month || !day || !clock || *year < 1970 || *year > 2200) return std::nullopt;
  const year_month_day date{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month},
                            std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  return time_point{duration{sys_days{date}.time_since_epoch()} + *clock};
}

/// The value of a header; nothing where it is missing. @param name in small letters
[[nodiscard]] inline std::optional<std::string_view> header_of(const http_response& answer,
                                                               std::string_view name) {
  for (const auto& [key, value] : answer.headers)
    if (std::ranges::equal(key, name, {}, [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; }))
      return value;
  return std::nullopt;
}

}  // namespace detail

inline std::optional<time_point> parse_http_date(std::string_view text) {
  using namespace detail;
  const auto comma = text.find(',');
  const auto named = std::min(text.find_first_of(", "), text.size());  // the day's name says nothing new
  if (named < 3 || named == text.size()) return std::nullopt;
  text.remove_prefix(named + 1);
  if (comma == std::string_view::npos) {  // asctime: Sun Nov  6 08:49:37 1994
    const auto month = date_month(text);
    if (!month || !date_mark(text, " ")) return std::nullopt;
    const auto day = date_number(text, date_mark(text, " ") ? 1 : 2);
    if (!day || !date_mark(text, " ")) return std::nullopt;
    const auto clock = date_clock(text);
    if (!clock || !date_mark(text, " ")) return std::nullopt;
    const auto year = date_number(text, 4);
    return text.empty() ? date_of(year, month, day, clock) : std::nullopt;
  }
  if (!date_mark(text, " ")) return std::nullopt;
  const auto day = date_number(text, 2);
  const std::string_view mark = text.starts_with('-') ? "-" : " ";
  if (!day || !date_mark(text, mark)) return std::nullopt;
  const auto month = date_month(text);
  if (!month || !date_mark(text, mark)) return std::nullopt;
  auto year = date_number(text, mark == "-" ? 2 : 4);
  if (year && mark == "-") *year += *year >= 70 ? 1900U : 2000U;
  if (!year || !date_mark(text, " ")) return std::nullopt;
  const auto clock = date_clock(text);
  return text == " GMT" ? date_of(year, month, day, clock) : std::nullopt;
}

inline std::optional<duration> retry_after(const http_response& answer) {
  constexpr duration longest = std::chrono::hours{24};
  const auto said = detail::header_of(answer, "retry-after");
  if (!said) return std::nullopt;
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(said->data(), said->data() + said->size(), seconds);
  if (error == std::errc{} && end == said->data() + said->size())
    return std::min<duration>(std::chrono::seconds{seconds}, longest);
  const auto until = parse_http_date(*said);
  const auto now = parse_http_date(detail::header_of(answer, "date").value_or(""));
  if (!until || !now) return std::nullopt;
  return std::clamp(*until - *now, duration::zero(), longest);
}

}  // namespace foreshift::inline FORESHIFT_ABI::ports
