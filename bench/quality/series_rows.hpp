#pragma once
// Reads what the quality programs are fed: a row for each series, its name and then its values; an empty cell
// is a missing one.

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

inline std::vector<std::vector<double>> read_series(const std::string& file) {
  std::vector<std::vector<double>> all;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);) {
    std::istringstream cells{line};
    std::string cell;
    std::getline(cells, cell, ',');  // the name
    auto& y = all.emplace_back();
    while (std::getline(cells, cell, ','))
      y.push_back(cell.empty() ? NAN : std::strtod(cell.c_str(), nullptr));
  }
  return all;
}

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
