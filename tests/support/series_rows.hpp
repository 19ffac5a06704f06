#pragma once
// Files of series and tables as tests and quality programs read them. Nothing where the file is not there.

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace series_rows {

struct named_series {
  std::string name;
  std::vector<double> values;
};

/// Rows of `name,v0,v1,...`; quotes are dropped; an empty cell or NaN inside a row is a gap, at its end it is
/// no value.
inline std::vector<named_series> read_wide(const std::string& file, bool header) {
  std::vector<named_series> rows;
  std::ifstream in{file};
  std::string line;
  if (header) std::getline(in, line);
  while (std::getline(in, line)) {
    std::erase(line, '"');
    if (line.ends_with('\r')) line.pop_back();
    named_series row;
    row.name = line.substr(0, line.find(','));
    for (std::size_t at = line.find(','); at != std::string::npos;) {
      const std::size_t next = line.find(',', at + 1);
      const std::string cell = line.substr(at + 1, next == std::string::npos ? next : next - at - 1);
      char* end = nullptr;
      const double v = std::strtod(cell.c_str(), &end);
      row.values.push_back(end == cell.c_str() ? std::numeric_limits<double>::quiet_NaN() : v);
      at = next;
    }
    while (!row.values.empty() && std::isnan(row.values.back())) row.values.pop_back();
    rows.push_back(std::move(row));
  }
  return rows;
}

using csv_row = std::vector<std::string>;

/// Cells may be quoted and hold commas then. The header is dropped.
inline std::vector<csv_row> rows_of(const std::string& path) {
  std::vector<csv_row> out;
  std::ifstream in{path};
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    csv_row cells(1);
    bool quoted = false;
    for (const char c : line) {
      if (c == '"')
        quoted = !quoted;
      else if (c == ',' && !quoted)
        cells.emplace_back();
      else if (c != '\r')
        cells.back() += c;
    }
    out.push_back(std::move(cells));
  }
  return out;
}

}  // namespace series_rows
