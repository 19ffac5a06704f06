#pragma once
// What the quality of a risk is judged on: series of machines, and the limit of each.
//
// CPU in percent has the limit 80. Memory, disk and network of Bitbrains are in kB and kB/s, and have no
// limit of their own: the file names one provision of memory for each machine, but two thirds of the machines
// changed theirs, and of the others none passes 80 % in the half that is judged. So each machine's limit is
// the 95th percentile of its first eighth, the part that nothing is claimed of: the one by which bandwidth is
// billed, and exceeded often enough to be judged.

#include "series_rows.hpp"

#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

struct limited_series {
  std::vector<double> y;
  double limit = 80;
};

struct risk_set {
  std::string title;
  std::vector<limited_series> machines;
  std::chrono::minutes step{5};
  std::size_t day = 288;                  ///< steps
  std::array<std::size_t, 2> horizons{};  ///< steps, the shorter first
};

/// The share `q` of the first n values that were observed is not above it; infinite where none was.
inline double quantile_of_first(const std::vector<double>& y, std::size_t n, double q) {
  std::vector<double> seen;
  for (std::size_t t = 0; t < std::min(n, y.size()); ++t)
    if (foreshift::forecast::is_observed(y[t])) seen.push_back(y[t]);
  if (seen.empty()) return HUGE_VAL;
  std::ranges::sort(seen);
  return seen[static_cast<std::size_t>(q * static_cast<double>(seen.size() - 1))];
}

/// No machines where there is no such set, or no file of it.
inline risk_set read_risk_set(const std::string& folder, const std::string& name) {
  const auto rows_of = [](const std::string& file) {
    std::vector<limited_series> out;
    for (auto& row : read_wide(file, false)) out.push_back({std::move(row.values)});
    return out;
  };
  if (name == "max" || name == "avg")
    return {"Azure, " + name,
            rows_of(folder + "/server-load/azure_v1_100vm_5min_" + name + ".csv"),
            std::chrono::minutes{5},
            288,
            {6, 12}};
  const bool cpu = name == "cpu";
  if (!cpu && name != "mem" && name != "disk" && name != "net")
    return {"PlanetLab, " + name,
            rows_of(folder + "/planetlab/" + name + ".csv"),
            std::chrono::minutes{5},
            288,
            {6, 12}};
  risk_set out{"Bitbrains, " + name,
               rows_of(folder + "/server-load/rnd_hourly_" + name + "_mean.csv"),
               std::chrono::hours{1},
               24,
               {1, 6}};
  std::size_t steps = 0;
  for (const auto& m : out.machines) steps = std::max(steps, m.y.size());
  if (!cpu)
    for (auto& m : out.machines) m.limit = quantile_of_first(m.y, steps / 8, 0.95);
  return out;
}
