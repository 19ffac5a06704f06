#pragma once
// Reads the small tables of tests/data/reference.

#include "support/reference_file.hpp"

#include <charconv>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace foreshift::testing {

// A table by columns. Cells that are no numbers, such as NA, are NaN in `numbers`.
struct reference_table {
  std::map<std::string, std::vector<std::string>> texts;
  std::map<std::string, std::vector<double>> numbers;
};

inline reference_table read_reference(const std::string& file) {
  std::ifstream in{reference_file(file)};
  const auto cells = [](const std::string& line) {
    std::vector<std::string> out(1);
    for (const char c : line)
      if (c == ',')
        out.emplace_back();
      else if (c != '"' && c != '\r')
        out.back() += c;
    return out;
  };
  reference_table out;
  std::string line;
  std::getline(in, line);
  const auto names = cells(line);
  while (std::getline(in, line)) {
    const auto row = cells(line);
    for (std::size_t c = 0; c < names.size() && c < row.size(); ++c) {
      double value = 0;
      const auto [end, error] = std::from_chars(row[c].data(), row[c].data() + row[c].size(), value);
      const bool number = error == std::errc{} && end == row[c].data() + row[c].size();
      out.texts[names[c]].push_back(row[c]);
      out.numbers[names[c]].push_back(number ? value : std::numeric_limits<double>::quiet_NaN());
    }
  }
  return out;
}

}  // namespace foreshift::testing
