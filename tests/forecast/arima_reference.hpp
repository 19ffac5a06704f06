#pragma once
// R's results on its own small series (tests/data/reference) and on M4 (the data folder), row by row.

#include "data_folder.hpp"
#include "support/reference_file.hpp"

#include <foreshift/forecast/arima_order.hpp>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace forecast_test {

using series_rows::csv_row, series_rows::rows_of;

inline std::vector<csv_row> reference_rows(const std::string& file) {
  return rows_of(foreshift::testing::reference_file(file));
}

/// Column `y` of series_<name>.csv: the first of Seatbelts, which has regressors, else the second.
inline std::vector<double> reference_series(const std::string& name) {
  std::vector<double> out;
  const std::size_t y = name == "Seatbelts" ? 0 : 1;
  for (const auto& row : reference_rows("series_" + name + ".csv")) out.push_back(std::stod(row[y]));
  return out;
}

/// Rows of a file of the data folder; none without it.
inline std::vector<csv_row> data_rows(const std::string& file) {
  const char* folder = std::getenv("FORESHIFT_DATA_DIR");
  return folder == nullptr ? std::vector<csv_row>{} : rows_of(std::string{folder} + "/" + file);
}
inline const std::vector<double>* find_series(const std::vector<named_series>& all, const std::string& name) {
  for (const auto& s : all)
    if (s.name == name) return &s.values;
  return nullptr;
}

inline std::vector<double> numbers_in(const std::string& text, char separator) {
  std::vector<double> out;
  std::stringstream in{text};
  for (std::string cell; std::getline(in, cell, separator);) out.push_back(std::stod(cell));
  return out;
}
/// "p|d|q" and "P|D|Q"
inline foreshift::forecast::arima_order order_in(const std::string& plain, const std::string& seasonal,
                                                 std::size_t season_length) {
  const auto a = numbers_in(plain, '|'), b = numbers_in(seasonal, '|');
  const auto whole = [](double v) { return static_cast<std::size_t>(v); };
  return {whole(a[0]), whole(a[1]), whole(a[2]), whole(b[0]), whole(b[1]), whole(b[2]), season_length};
}

}  // namespace forecast_test
