#pragma once
// What R's fits are held against: the tables of the folder r-parity, the series that they are of, and our
// fits with their CPU time.

#include "cpu_time.hpp"
#include "series_rows.hpp"

#include <foreshift/telemetry/series.hpp>

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

using series_rows::rows_of;

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
