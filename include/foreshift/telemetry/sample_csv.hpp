#pragma once
/// @file
/// Samples as a table with a row for each: `series,timestamp,value`, in any order.
///
///     series,timestamp,value
///     web-1,2026-03-02T00:00:00Z,12.5
///     web-2,1772409600,40.2
///
/// This is what a query against a metrics store gives. Series may be interleaved; `resample` makes them
/// regular, and `most_common_step` says with which step they were taken.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/telemetry/csv.hpp>
#include <foreshift/telemetry/sample.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

inline constexpr std::array<std::string_view, 3> sample_columns = {"series", "timestamp", "value"};

/// The samples of one series, in the order of the file.
struct sampled_series {
  std::string name;
  std::size_t line = 0;  ///< where it was first named, from 1
  std::vector<sample> samples;
};

namespace detail {

inline constexpr std::size_t utc_offset_size = 6;

/// Of the `+02:00` that ends a text (RFC 3339, time-numoffset); nothing where none does.
[[nodiscard]] inline std::optional<duration> utc_offset(std::string_view text) {
  if (text.size() < utc_offset_size) return std::nullopt;
  const auto end = text.substr(text.size() - utc_offset_size);
  const auto number = [&](std::size_t at) -> int {
    const char tens = end[at], ones = end[at + 1];
    return tens < '0' || tens > '9' || ones < '0' || ones > '9' ? 99 : 10 * (tens - '0') + (ones - '0');
  };
  const int hours = number(1), minutes = number(4);
  if ((end[0] != '+' && end[0] != '-') || end[3] != ':' || hours > 23 || minutes > 59) return std::nullopt;
  const duration offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return end[0] == '+' ? offset : -offset;
}

}  // namespace detail

/// Reads `2026-03-02`, `2026-03-02T00:05:00Z` and the other forms of `parse_time`, these with a fraction of a
/// second, which is cut, or with an offset as `+02:00`; a whole number of at most ten digits is seconds since
/// 1970, one of thirteen is milliseconds. Nothing outside the years 1900 to 2200.
[[nodiscard]] inline std::optional<time_point> parse_timestamp(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  if (!text.empty() && text.find_first_not_of(digits) == std::string_view::npos) {
    std::int64_t count = 0;
    if (text.size() > 10 && text.size() != 13) return std::nullopt;
    std::from_chars(text.data(), text.data() + text.size(), count);
    const bool milliseconds = text.size() == 13;
    constexpr std::int64_t year_2201_seconds = 7'289'654'400;
    if (count / (milliseconds ? 1000 : 1) >= year_2201_seconds) return std::nullopt;
    return milliseconds ? time_point{std::chrono::milliseconds{count}}
                        : time_point{std::chrono::seconds{count}};
  }
  const auto offset = detail::utc_offset(text);
  if (offset) text.remove_suffix(detail::utc_offset_size);
  if (!offset && text.ends_with('Z')) text.remove_suffix(1);
  if (const auto dot = text.rfind('.'); dot == 19 && dot + 1 < text.size())
    if (text.find_first_not_of(digits, dot + 1) == std::string_view::npos) text = text.substr(0, dot);
  if (text.ends_with('Z')) return std::nullopt;  // one zone is enough
  const auto local = parse_time(text);
  return local && offset ? std::optional{*local - *offset} : local;
}

/// Reads all samples, by series in the order in which these are first named; the first thing wrong ends the
/// reading. The header line may be absent. An empty value is a reading that failed: NaN. O(length log
/// series).
/// @param source names the text in diagnostics
[[nodiscard]] inline result<std::vector<sampled_series>, diagnostic> parse_samples(std::string_view text,
                                                                                   std::string source) {
  std::vector<sampled_series> out;
  std::map<std::string, std::size_t, std::less<>> places;
  csv_reader row{text, std::move(source)};
  for (bool first = true; row.next(); first = false) {
    const auto fields = row.fields();
    if (first && std::ranges::equal(fields, sample_columns)) continue;
    if (fields.size() != sample_columns.size())
      return failure{row.complain(
          "", "3 fields are wanted, series,timestamp,value; here are " + std::to_string(fields.size()))};
    if (fields[0].empty()) return failure{row.complain("series", "empty")};
    const auto at = parse_timestamp(fields[1]);
    if (!at)
      return failure{row.complain("timestamp", "not a time: " + excerpt(fields[1]) +
                                                   ": write YYYY-MM-DDTHH:MM[:SS], UTC, or seconds since "
                                                   "1970")};
    auto value = parse_csv_number(fields[2]);
    if (!value && is_blank(fields[2])) value = std::numeric_limits<double>::quiet_NaN();
    if (!value) return failure{row.complain("value", "not a finite number: " + excerpt(fields[2]))};
    auto known = places.find(fields[0]);
    if (known == places.end()) {
      known = places.emplace(fields[0], out.size()).first;
      out.push_back({known->first, row.line(), {}});
    }
    out[known->second].samples.push_back({*at, *value});
  }
  if (row.error()) return failure{*row.error()};
  return out;
}

/// The most common time from one sample to the next of the same series, over all series; of two that are
/// equally common the shorter. Nothing when no series has samples of two instants. O(n log n), allocates.
[[nodiscard]] inline std::optional<duration> most_common_step(std::span<const sampled_series> all) {
  std::map<duration, std::size_t> counts;
  std::vector<time_point> times;
  for (const auto& one : all) {
    times.clear();
    for (const sample& s : one.samples) times.push_back(s.at);
    if (!std::ranges::is_sorted(times)) std::ranges::sort(times);
    for (std::size_t i = 1; i < times.size(); ++i)
      if (times[i - 1] < times[i]) {
        // In seconds first: the years 1900 and 2200 are further apart than a duration can say.
        constexpr double longest_seconds = 9e9;
        const double apart =
            to_seconds(times[i].time_since_epoch()) - to_seconds(times[i - 1].time_since_epoch());
        if (apart < longest_seconds) ++counts[times[i] - times[i - 1]];
      }
  }
  const auto best = std::ranges::max_element(
      counts, [](const auto& a, const auto& b) { return a.second < b.second; });  // ties: the first
  return best == counts.end() ? std::nullopt : std::optional{best->first};
}

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
