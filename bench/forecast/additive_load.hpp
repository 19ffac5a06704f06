#pragma once
// The load on which Prophet's model is timed: hourly, with a daily and a weekly season and a bend of the
// trend.

#include <foreshift/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

inline std::vector<double> additive_load(std::size_t n) {
  foreshift::random_stream random{1};
  std::vector<double> y;
  for (std::size_t i = 0; i < n; ++i) {
    const auto t = static_cast<double>(i);
    y.push_back(60 + 0.01 * t - 0.015 * std::max(t - static_cast<double>(n) / 2, 0.0) +
                15 * std::sin(6.283185307179586 * t / 24) + 5 * std::cos(6.283185307179586 * t / 168) +
                3 * random.normal());
  }
  return y;
}
