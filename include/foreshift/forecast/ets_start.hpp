#pragma once
/// @file
/// First guesses of the states before the first observation.
///
/// A season starts as the mean deviation, or ratio, of each of its steps from the mean of the season it lies
/// in; level and slope start as a line through the first seasons' means, or
/// through the first ten observations. An optimiser refines all of it, so this only has to be near.
///
/// Source: R. J. Hyndman et al., "Forecasting with Exponential Smoothing", 2008, section 2.6.1, made
/// simpler: season means in place of a moving average.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/ets_form.hpp>
#include <foreshift/forecast/ets_state.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

namespace detail {

/// The level at the first of `values` and the slope a step, by least squares.
struct fitted_line {
  double level = 0;
  double slope = 0;
};
[[nodiscard]] inline fitted_line line_through(std::span<const double> values) {
  double n = 0, t_mean = 0, y_mean = 0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (!is_observed(values[t])) continue;
    n += 1;
    t_mean += (static_cast<double>(t) - t_mean) / n;
    y_mean += (values[t] - y_mean) / n;
  }
  double spread = 0, shared = 0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (!is_observed(values[t])) continue;
    const double away = static_cast<double>(t) - t_mean;
    spread += away * away;
    shared += away * (values[t] - y_mean);
  }
  const double slope = spread > 0 ? shared / spread : 0.0;
  return {y_mean - slope * t_mean, slope};
}

/// The first `steps` values, or more if fewer than `least` of them are observed.
[[nodiscard]] inline std::span<const double> observed_start(std::span<const double> y, std::size_t steps,
                                                            std::size_t least) {
  std::size_t n = 0, seen = 0;
  while (n < y.size() && (n < steps || seen < least)) seen += is_observed(y[n++]) ? 1 : 0;
  return y.first(n);
}

/// What each step of the season adds to its season's mean, or multiplies it by, on average over the first
/// `seasons`. Sums to 0, or has the mean 1.
[[nodiscard]] inline std::vector<double> first_season(std::span<const double> y, std::size_t m,
                                                      std::size_t seasons, bool ratio) {
  const double neutral = ratio ? 1.0 : 0.0;
  std::vector<double> sum(m, 0.0), count(m, 0.0);
  for (std::size_t start = 0; start < std::min(seasons * m, y.size()); start += m) {
    const auto one = y.subspan(start, std::min(m, y.size() - start));
    double mean = 0, n = 0;
    for (const double v : one)
      if (is_observed(v)) mean += (v - mean) / ++n;
    for (std::size_t i = 0; i < one.size(); ++i) {
      if (!is_observed(one[i])) continue;
      sum[i] += ratio ? one[i] / mean : one[i] - mean;
      count[i] += 1;
    }
  }
  double mean = 0;
  for (std::size_t i = 0; i < m; ++i) {
    sum[i] = count[i] > 0 ? sum[i] / count[i] : neutral;
    if (ratio) sum[i] = std::max(sum[i], 1e-3);
    mean += sum[i] / static_cast<double>(m);
  }
  for (double& s : sum) s = ratio ? s / mean : s - mean;
  return sum;
}

}  // namespace detail

inline constexpr std::size_t all_seasons = 1000;

/// Level, slope and season before y[0]; the season from the first `seasons_used`: many where it hardly
/// changes, few where it does. O(n).
/// @pre y[0] is observed; season_length > 0 where the form has a season; y positive where the season
/// multiplies
[[nodiscard]] inline ets_state starting_state(const ets_form& form, std::span<const double> y,
                                              std::size_t season_length,
                                              std::size_t seasons_used = all_seasons) {
  FORESHIFT_EXPECT(!y.empty() && is_observed(y.front()));
  ets_state state;
  std::vector<double> plain;
  auto start = detail::observed_start(y, 10, 10);
  if (form.season != ets_season::none) {
    const bool ratio = form.season == ets_season::multiplicative;
    state.season = detail::first_season(y, season_length, seasons_used, ratio);
    start = y.first(std::min(y.size(), 2 * season_length));
    for (std::size_t t = 0; t < start.size(); ++t) {
      const double s = state.season[t % season_length];
      plain.push_back(ratio ? start[t] / s : start[t] - s);
    }
    start = plain;
  }
  const auto line = detail::line_through(start);
  state.slope = form.trend == ets_trend::none ? 0.0 : line.slope;
  state.level = line.level - line.slope;
  if (form.trend == ets_trend::none)
    state.level = line.level + line.slope * (static_cast<double>(start.size()) - 1) / 2;
  if (wants_positive(form) && !(state.level > 0)) {  // positive data with a steep start
    state.slope = 0;
    state.level = y.front();
    if (form.season == ets_season::multiplicative) state.level /= state.season.front();
  }
  return state;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
