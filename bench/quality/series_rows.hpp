#pragma once
// Reads what the quality programs are fed: a row for each series, its name and then its values; an empty cell
// is a missing one.

#include "../../tests/support/series_rows.hpp"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
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

using series_rows::named_series, series_rows::read_wide;
