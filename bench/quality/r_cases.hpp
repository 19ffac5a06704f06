#pragma once
// What R's fits are held against: the tables of the folder r-parity, the series that they are of, and our
// fits with their CPU time.

#include "cpu_time.hpp"
#include "series_rows.hpp"

#include <foreshift/telemetry/series.hpp>

#include <chrono>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

using csv_row = std::vector<std::string>;

/// Cells may be quoted and hold commas then.
inline std::vector<csv_row> rows_of(const std::string& path, bool header) {
  std::vector<csv_row> out;
  std::ifstream in{path};
  std::string line;
  if (header) std::getline(in, line);
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

inline std::map<std::string, std::vector<double>> series_by_name(const std::string& path, bool header) {
  std::map<std::string, std::vector<double>> out;
  for (auto& s : read_wide(path, header)) out[s.name] = std::move(s.values);
  return out;
}

/// @param y  hourly
template <class Spec>
auto timed_fit(const Spec& spec, const std::vector<double>& y) {
  return timed([&] {
    return fit(spec, foreshift::telemetry::series_view{{}, std::chrono::hours{1}, y}, {});
  });
}
