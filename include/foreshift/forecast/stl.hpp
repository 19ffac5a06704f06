#pragma once
/// @file
/// STL: a series as trend, season and remainder, by local regression and robust to outliers.
///
/// The season may change slowly (s_window), the trend bends as it must (t_window), and a reading that fits
/// neither can be kept from bending them (robust). Defaults are those of R's `stl`, which this agrees with.
///
/// Source: R. B. Cleveland, W. S. Cleveland, J. E. McRae, I. Terpenning, "STL: a seasonal-trend decomposition
/// procedure based on loess", J. Official Statistics 6, 1990.

#include <foreshift/core/result.hpp>
#include <foreshift/forecast/decomposition.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/gap_bridge.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/stl_loop.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Windows are odd; an even one is widened by one. 0 stands for the default that is named.
struct stl {
  static constexpr std::size_t periodic = 0;

  std::size_t season_length = 24;    ///< in steps, at least 2
  std::size_t s_window = periodic;   ///< seasons that shape one of them; periodic: all have the same pattern
  std::size_t t_window = 0;          ///< steps that shape the trend; 0: the fewest that leave seasons alone
  std::size_t l_window = 0;          ///< steps of the low-pass filter; 0: the season length
  int s_degree = 0;                  ///< 0 or 1
  int t_degree = 1;                  ///< 0 or 1
  int l_degree = 1;                  ///< 0 or 1
  std::size_t s_jump = 0;            ///< from one fitted position to the next; 0: a tenth of the window
  std::size_t t_jump = 0;            ///< the same
  std::size_t l_jump = 0;            ///< the same
  bool robust = false;               ///< outliers lose weight
  std::size_t inner_iterations = 0;  ///< 0: two, one if robust
  std::size_t outer_iterations = 0;  ///< robustness iterations; 0: none, fifteen if robust
};

namespace detail {

[[nodiscard]] inline std::size_t next_odd(std::size_t window) { return window + (window % 2 == 0 ? 1 : 0); }

/// The jump that is not given is a tenth of the window as it was asked for.
[[nodiscard]] inline loess_options loess_of(std::size_t window, int degree, std::size_t jump) {
  return {next_odd(std::max<std::size_t>(3, window)), degree, jump > 0 ? jump : (window + 9) / 10};
}

/// The options as R completes them for n observations.
[[nodiscard]] inline stl_settings settings_of(const stl& spec, std::size_t n) {
  FORESHIFT_EXPECT(spec.season_length >= 2 && (spec.s_window == stl::periodic || spec.s_window >= 2));
  stl_settings s;
  const auto m = static_cast<double>(spec.season_length);
  // A window that is ten times as long as the series weighs everything almost alike.
  const bool fixed = spec.s_window == stl::periodic;
  const std::size_t season = fixed ? 10 * std::max<std::size_t>(n, 1) + 1 : spec.s_window;
  const double least_trend = std::ceil(1.5 * m / (1 - 1.5 / static_cast<double>(season)));
  const std::size_t trend =
      spec.t_window > 0 ? spec.t_window : next_odd(static_cast<std::size_t>(least_trend));
  s.season_length = spec.season_length;
  s.season = loess_of(season, fixed ? 0 : spec.s_degree, spec.s_jump);
  s.trend = loess_of(trend, spec.t_degree, spec.t_jump);
  s.low_pass =
      loess_of(spec.l_window > 0 ? spec.l_window : next_odd(spec.season_length), spec.l_degree, spec.l_jump);
  s.inner = spec.inner_iterations > 0 ? spec.inner_iterations : spec.robust ? 1 : 2;
  s.outer = spec.outer_iterations > 0 ? spec.outer_iterations : spec.robust ? 15 : 0;
  return s;
}

/// Gives every season the mean of all.
inline void make_periodic(std::span<double> seasonal, std::size_t season_length) {
  for (std::size_t phase = 0; phase < season_length; ++phase) {
    double total = 0, count = 0;
    for (std::size_t i = phase; i < seasonal.size(); i += season_length, ++count) total += seasonal[i];
    for (std::size_t i = phase; i < seasonal.size(); i += season_length) seasonal[i] = total / count;
  }
}

/// A series without gaps, and where it had them.
struct bridged_series {
  std::vector<double> values;
  std::vector<double> observed;  ///< 1 or 0; empty when everything was observed
};
[[nodiscard]] inline bridged_series bridged(std::span<const double> y) {
  bridged_series out{{y.begin(), y.end()}, {}};
  if (bridge_gaps(out.values) == 0) return out;
  out.observed.reserve(y.size());
  for (const double v : y) out.observed.push_back(is_observed(v) ? 1.0 : 0.0);
  return out;
}

/// What is left of the observations; NaN in gaps.
[[nodiscard]] inline std::vector<double> remainder_of(std::span<const double> y, const decomposition& d) {
  std::vector<double> out(y.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!is_observed(y[i])) continue;
    double rest = y[i] - d.trend[i];
    for (std::size_t k = 0; k < d.season_lengths.size(); ++k) rest -= d.seasonal[k * y.size() + i];
    out[i] = rest;
  }
  return out;
}

}  // namespace detail

/// `too_short` unless there are more than two seasons, `all_missing` without any observation. A gap has no
/// weight in any fit; where a whole window is missing, a line between the neighbours of the gap stands in.
/// O(n), or O(16 n) if robust; allocates a dozen vectors.
/// @pre season_length >= 2, windows are 0 or at least 2, degrees are 0 or 1
[[nodiscard]] inline result<decomposition, errc> decompose(const stl& spec, std::span<const double> y) {
  const stl_settings settings = detail::settings_of(spec, y.size());
  if (y.size() <= 2 * spec.season_length) return failure{errc::too_short};
  if (count_observed(y) == 0) return failure{errc::all_missing};
  const auto [values, observed] = detail::bridged(y);
  decomposition out{{spec.season_length},
                    std::vector<double>(y.size()),
                    std::vector<double>(y.size()),
                    {},
                    std::vector<double>(y.size())};
  stl_loop{}.run(values, observed, settings, out.seasonal, out.trend, out.weights);
  if (spec.s_window == stl::periodic) detail::make_periodic(out.seasonal, spec.season_length);
  out.remainder = detail::remainder_of(y, out);
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
