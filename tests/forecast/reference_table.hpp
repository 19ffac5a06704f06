#pragma once
// Results of other programs in tests/data/reference: comma-separated columns under a header line.

#include "support/reference_file.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace forecast_test {

/// Columns by name, as text. Stops the test when the file is not there: these files are part of the project.
inline std::map<std::string, std::vector<std::string>> reference_text(const std::string& file) {
  std::ifstream in{foreshift::testing::reference_file(file)};
  REQUIRE(in);
  const auto cells = [](const std::string& line) {
    std::vector<std::string> out{""};
    for (const char c : line) {
      if (c == ',')
        out.emplace_back();
      else if (c != '\r' && c != '"')
        out.back() += c;
    }
    return out;
  };
  std::string line;
  std::getline(in, line);
  const auto names = cells(line);
  std::map<std::string, std::vector<std::string>> table;
  while (std::getline(in, line)) {
    const auto row = cells(line);
    REQUIRE(row.size() == names.size());
    for (std::size_t i = 0; i < row.size(); ++i) table[names[i]].push_back(row[i]);
  }
  return table;
}

inline double number(const std::string& cell) {
  char* end = nullptr;
  const double v = std::strtod(cell.c_str(), &end);
  return end == cell.c_str() ? std::numeric_limits<double>::quiet_NaN() : v;
}

/// The same as numbers; what is none is NaN.
inline std::map<std::string, std::vector<double>> reference_table(const std::string& file) {
  std::map<std::string, std::vector<double>> out;
  for (const auto& [name, column] : reference_text(file))
    for (const auto& cell : column) out[name].push_back(number(cell));
  return out;
}

}  // namespace forecast_test
