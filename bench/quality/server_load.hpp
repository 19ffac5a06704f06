#pragma once
// How good is a model on the hourly load of virtual machines: mean MASE over three origins of 48 hours each?

#include "series_rows.hpp"

#include <foreshift/forecast/accuracy.hpp>
#include <foreshift/forecast/any_forecaster.hpp>
#include <foreshift/forecast/cross_validation.hpp>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

struct load_set {
  std::string title;
  std::vector<named_series> rows;
};

/// Azure mean, Azure max, Bitbrains CPU, Bitbrains net.
/// @param history  keeps so many values at the end of each series
inline std::vector<load_set> read_server_load(const std::string& folder, std::size_t history) {
  std::vector<load_set> sets{
      {"Azure mean", read_wide(folder + "/server-load/azure_v1_100vm_hourly_mean.csv", false)},
      {"Azure max", read_wide(folder + "/server-load/azure_v1_100vm_hourly_max.csv", false)},
      {"Bitbrains CPU", read_wide(folder + "/server-load/rnd_hourly_cpu_mean.csv", false)},
      {"Bitbrains net", read_wide(folder + "/server-load/rnd_hourly_net_mean.csv", false)}};
  for (auto& set : sets)
    for (auto& s : set.rows)
      if (s.values.size() > history)
        s.values.erase(s.values.begin(), s.values.end() - static_cast<std::ptrdiff_t>(history));
  return sets;
}

struct load_score {
  double mase = 0;
  std::size_t fits = 0;
};

/// A series that is too short and a constant history, which has no scale, are left out.
inline load_score score_load(const foreshift::forecast::any_forecaster& spec, const load_set& set) {
  using namespace foreshift;
  double sum = 0;
  std::size_t n = 0, fits = 0;
  for (const auto& s : set.rows) {
    const auto plan =
        forecast::rolling_origin_at_end(s.values.size(), {.origins = 3, .horizon = 48, .stride = 48});
    const auto e = evaluate(spec, telemetry::series_view{{}, std::chrono::hours{1}, s.values}, {}, plan);
    if (!e) continue;
    for (std::size_t i = 0; i < e->origins.size(); ++i) {
      const double scale = forecast::seasonal_naive_scale(std::span{s.values}.first(e->origins[i]), 24);
      const double score = forecast::mase(e->at(i), scale);
      if (std::isfinite(score)) sum += score, ++n;
    }
    fits += e->origins.size();
  }
  return {sum / static_cast<double>(n), fits};
}
