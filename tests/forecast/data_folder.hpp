#pragma once
// The public data sets, where they are at hand: FORESHIFT_DATA_DIR names their folder.

#include "support/series_rows.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace forecast_test {

using series_rows::named_series, series_rows::read_wide;

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
