#pragma once
// The public data sets, where they are at hand: FORESHIFT_DATA_DIR names their folder.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

namespace forecast_test {

struct named_series {
  std::string name;
  std::vector<double> values;
};

/// Rows of `name,v0,v1,...`. Quotes are dropped, a cell that is no number is a gap, gaps at the end are no
/// values. Empty when the file is not there.
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

/// The rows of one file of the data folder, or nothing and a line that says so.
inline std::vector<named_series> data_or_skip(const char* what, const std::string& file, bool header) {
  const char* folder = std::getenv("FORESHIFT_DATA_DIR");
  if (folder != nullptr && *folder != '\0') {
    if (auto rows = read_wide(std::string{folder} + "/" + file, header); !rows.empty()) return rows;
    std::printf("skipped: %s: no %s in FORESHIFT_DATA_DIR\n", what, file.c_str());
  } else {
    std::printf("skipped: %s: FORESHIFT_DATA_DIR is not set\n", what);
  }
  return {};
}

}  // namespace forecast_test
