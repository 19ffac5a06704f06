#pragma once
/// @file
/// Where to start looking for the parameters of exponential smoothing, and the search itself.
///
/// The likelihood has more than one peak: a nimble level with a fixed season often lies beside a calm level
/// with a nimble season. So a coarse grid of parameters is tried on guessed initial states, at a few
/// microseconds a point, the best points of different character are improved a little, and the best of them
/// to the end.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/ets_descent.hpp>
#include <foreshift/forecast/ets_form.hpp>
#include <foreshift/forecast/ets_region.hpp>
#include <foreshift/forecast/ets_start.hpp>
#include <foreshift/forecast/ets_state.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// A series as the search wants it: from its first observation on, and of the order of 1.
struct ets_series {
  std::vector<double> values{};
  double unit = 1;  ///< what the values were divided by
  std::size_t observed = 0;
  bool positive = true;  ///< every observation is

  explicit ets_series(std::span<const double> y) {
    const auto first = std::ranges::find_if(y, is_observed);
    values.assign(first, y.end());
    double largest = 0;
    for (const double v : values) {
      if (!is_observed(v)) continue;
      ++observed;
      largest = std::max(largest, std::abs(v));
    }
    double mean = 0, n = 0;
    for (const double v : values)
      if (is_observed(v)) mean += (std::abs(v) / largest - mean) / ++n;
    if (largest > 0) unit = std::max(largest * mean, std::numeric_limits<double>::min());
    for (double& v : values) {
      if (!is_observed(v)) {
        v = std::numeric_limits<double>::quiet_NaN();
        continue;
      }
      v /= unit;
      positive = positive && v > 0;
    }
  }
};

namespace detail {

/// The grid's points for a form whose season is calm or nimble: calm and nimble levels and slopes.
[[nodiscard]] inline std::vector<ets_coordinates> starting_points(const ets_form& form, bool calm_season) {
  std::vector<ets_coordinates> points;
  const bool trend = form.trend != ets_trend::none;
  for (const double alpha : {0.05, 0.2, 0.5, 0.8, 0.98})
    for (const double beta : {0.01, 0.1, 0.5})
      for (const double gamma : {0.01, 0.1, 0.3, 0.8}) {
        if (!trend && beta != 0.01) continue;
        if (form.season == ets_season::none && gamma != 0.01) continue;
        if (form.season != ets_season::none && (gamma < 0.2) != calm_season) continue;
        points.push_back({.alpha = alpha,
                          .beta_share = trend ? beta : 0.0,
                          .gamma_share = form.season == ets_season::none ? 0.0 : gamma,
                          .phi = form.trend == ets_trend::damped ? 0.93 : 1.0});
      }
  return points;
}

}  // namespace detail

/// Whether the initial season is fitted: with less than three seasons it would repeat the noise.
[[nodiscard]] inline bool season_is_free(const ets_series& y, std::size_t season_length) {
  return y.observed >= 3 * season_length;
}

/// Goes downhill from the best of several seeds, whose costs need not be known; infinite cost where none is
/// possible. Not converging is an answer: it returns what it found.
/// @pre y has an observation; positive where the form wants it
[[nodiscard]] inline ets_candidate search_from(ets_descent& descent, std::vector<ets_candidate> seeds,
                                               const ets_patience& patience) {
  ets_candidate best;
  for (auto& seed : seeds) {
    seed.cost = descent.cost(seed.at, seed.start);
    if (seed.cost < best.cost) best = std::move(seed);
  }
  if (std::isfinite(best.cost)) descent.improve(best, patience);
  return best;
}

[[nodiscard]] inline ets_descent descent_for(const ets_form& form, const ets_series& y,
                                             std::size_t season_length) {
  return {form, y.values, season_length, {.free_season = season_is_free(y, season_length)}};
}

/// The most likely parameters and initial states of a form, in the series' unit; infinite cost where the
/// series allows none. @pre y has an observation; positive where the form wants it
[[nodiscard]] inline ets_candidate search(const ets_form& form, const ets_series& y,
                                          std::size_t season_length, const ets_patience& patience = {}) {
  FORESHIFT_EXPECT(y.observed > 0 && (y.positive || !wants_positive(form)));
  auto descent = descent_for(form, y, season_length);
  auto brief = patience;
  brief.rounds_max = 4;
  ets_candidate best;
  bool settled = false;
  for (const bool calm : {true, false}) {
    if (!calm && form.season == ets_season::none) break;
    const auto start = starting_state(form, y.values, season_length, calm ? all_seasons : 2);
    ets_candidate found;
    for (const auto& at : detail::starting_points(form, calm))
      if (const double cost = descent.cost(at, start); cost < found.cost) found = {at, start, cost};
    if (!std::isfinite(found.cost)) continue;
    const bool stopped = descent.improve(found, brief);
    if (found.cost < best.cost) {
      best = std::move(found);
      settled = stopped;
    }
    brief.hopeless_above = std::min(brief.hopeless_above, best.cost);
  }
  if (std::isfinite(best.cost) && !settled) descent.improve(best, patience);
  return best;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
