#pragma once
/// @file
/// Regular series as a table with a row for each: a name, then its values, oldest first.
///
///     web-1,12.5,13.1,,14.0
///     web-2,40.2,41.7,39.9
///
/// Rows may end early, and empty cells at the end of a row are no values: that is how spreadsheets and the
/// files of the M4 competition write series of different lengths. An empty cell before the last value is a
/// gap.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/telemetry/csv.hpp>

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

/// What a row says. Times are the caller's.
struct series_row {
  std::string name;
  std::size_t line = 0;        ///< where it stands, from 1
  std::vector<double> values;  ///< NaN in gaps; the last one is no gap; may be empty
};

struct series_csv_options {
  bool header = false;  ///< the first line names the columns, and no row is longer
};

namespace detail {

/// A first line of numbers that do not count up holds values, not names of columns.
[[nodiscard]] inline bool looks_like_values(std::span<const std::string_view> cells) {
  std::optional<double> before;
  bool counts_up = true;
  for (const auto cell : cells) {
    const auto value = parse_csv_number(cell);
    if (!value) return false;
    counts_up = counts_up && (!before || *value == *before + 1);
    before = value;
  }
  return !cells.empty() && !counts_up;
}

[[nodiscard]] inline result<std::vector<double>, diagnostic> parse_cells(
    const csv_reader& row, std::span<const std::string_view> cells) {
  while (!cells.empty() && is_blank(cells.back())) cells = cells.first(cells.size() - 1);
  std::vector<double> values;
  values.reserve(cells.size());
  for (const auto cell : cells) {
    if (is_blank(cell)) {
      values.push_back(std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    const auto value = parse_csv_number(cell);
    if (!value)
      return failure{row.complain("value " + std::to_string(values.size() + 1),
                                  "not a finite number: " + excerpt(cell))};
    values.push_back(*value);
  }
  return values;
}

}  // namespace detail

/// Reads all rows, in their order; the first thing wrong ends the reading. Names are not empty and stand
/// once. O(length).
/// @param source names the text in diagnostics
[[nodiscard]] inline result<std::vector<series_row>, diagnostic> parse_series_rows(
    std::string_view text, std::string source, const series_csv_options& options = {}) {
  std::vector<series_row> out;
  std::map<std::string, std::size_t, std::less<>> seen;  // name and line
  std::optional<std::size_t> columns;
  csv_reader row{text, std::move(source)};
  while (row.next()) {
    const auto fields = row.fields();
    if (options.header && !columns) {
      columns = fields.size();
      if (detail::looks_like_values(fields.subspan(1)))
        return failure{row.complain("", "a header line is wanted here, and this one holds values")};
      continue;
    }
    if (fields[0].empty()) return failure{row.complain("name", "empty")};
    if (fields.size() < 2) return failure{row.complain("", "a name without values: " + excerpt(fields[0]))};
    if (columns && fields.size() > *columns)
      return failure{row.complain(
          "", std::to_string(fields.size()) + " cells under a header of " + std::to_string(*columns))};
    const auto [known, fresh] = seen.emplace(fields[0], row.line());
    if (!fresh)
      return failure{row.complain(
          "name", excerpt(fields[0]) + " stands on line " + std::to_string(known->second) + " already")};
    auto values = detail::parse_cells(row, fields.subspan(1));
    if (!values) return failure{values.error()};
    out.push_back({known->first, row.line(), *std::move(values)});
  }
  if (row.error()) return failure{*row.error()};
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
