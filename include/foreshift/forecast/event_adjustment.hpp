#pragma once
/// @file
/// Known events taken out of a history before it is fitted, and put into the prediction made from it.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/forecast/event_effects.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/prediction.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// What the events of one step do together, as one effect: log factors and variances add up, each by its
/// share of the step. An unknown effect changes nothing.
/// @pre as many shares as effects
[[nodiscard]] inline event_effect combined(std::span<const double> shares,
                                           std::span<const event_effect> effects) {
  FORESHIFT_EXPECT(shares.size() == effects.size());
  event_effect all{0, 0, 0};
  for (std::size_t j = 0; j < shares.size(); ++j) {
    if (shares[j] == 0 || !effects[j].known()) continue;
    all.log_factor += shares[j] * effects[j].log_factor;
    all.variance += shares[j] * shares[j] * effects[j].variance;
  }
  return all;
}

/// Divides the events out, step by step. @pre a row of shares for each value, or no columns
inline void take_out(std::span<double> values, regressor_view shares, std::span<const event_effect> effects) {
  if (shares.columns == 0) return;
  FORESHIFT_EXPECT(shares.rows() == values.size());
  for (std::size_t t = 0; t < values.size(); ++t)
    values[t] *= std::exp(-combined(shares.row(t), effects).log_factor);
}

/// For each of so many paths a standard normal deviate, spread evenly however many there are; the first n of
/// them are the same for any number. Who predicts often keeps them.
[[nodiscard]] std::vector<double> effect_deviates(std::size_t paths);

namespace detail {

[[nodiscard]] inline double effect_deviate(std::size_t path) {
  constexpr std::uint64_t golden = 0x9E3779B97F4A7C15U;  // 2^64 over the golden ratio: evenly spread
  const double at = static_cast<double>((path + 1) * golden >> 11U) * 0x1p-53;
  return foreshift::detail::portable_normal_quantile(std::min(std::max(at, 1e-6), 1 - 1e-6));
}

/// A quantile of level p, farther from the middle by what is not known of the effect.
[[nodiscard]] inline double widened(double quantile, double middle, double p, double deviation) {
  if (!(quantile > 0) || !(middle > 0) || deviation == 0) return quantile;
  const double own = std::log(quantile / middle),
               more = deviation * foreshift::detail::portable_normal_quantile(p);
  return middle * std::exp(std::copysign(std::hypot(own, more), p - 0.5));
}

}  // namespace detail

inline std::vector<double> effect_deviates(std::size_t paths) {
  std::vector<double> out(paths);
  for (std::size_t p = 0; p < paths; ++p) out[p] = detail::effect_deviate(p);
  return out;
}

/// Multiplies the events in: into the mean, the quantiles and every path. What is not known of an effect
/// widens the quantiles and sets the paths apart, each by one draw for all its steps. Paths of several
/// series draw alike: an effect that is misjudged is misjudged on all hosts.
/// @param deviates the draw of each path, of `effect_deviates`
/// @pre a row of shares for each step, or no columns; no fewer deviates than paths
inline void put_in(prediction& ahead, regressor_view shares, std::span<const event_effect> effects,
                   std::span<const double> deviates) {
  if (shares.columns == 0) return;
  const std::size_t horizon = shares.rows();
  FORESHIFT_EXPECT((ahead.mean.empty() || ahead.mean.size() == horizon) &&
                   (ahead.paths.count() == 0 || ahead.paths.horizon() == horizon) &&
                   deviates.size() >= ahead.paths.count());
  std::vector<double> lift;  // of each path; most steps of one event have the same
  event_effect lifts{0, 0, 0};
  for (std::size_t h = 0; h < horizon; ++h) {
    const event_effect now = combined(shares.row(h), effects);
    if (now.log_factor == 0 && now.variance == 0) continue;
    const double deviation = std::sqrt(now.variance), factor = std::exp(now.log_factor);
    if (!ahead.mean.empty()) {
      const double middle = ahead.mean[h] * factor;
      ahead.mean[h] = middle * std::exp(now.variance / 2);
      for (std::size_t l = 0; l < ahead.levels.size(); ++l) {
        double& q = ahead.quantiles[l * horizon + h];
        q = detail::widened(q * factor, middle, ahead.levels[l], deviation);
      }
    }
    if (now != lifts) {
      lifts = now;
      lift.resize(ahead.paths.count());
      for (std::size_t p = 0; p < lift.size(); ++p) lift[p] = factor * std::exp(deviation * deviates[p]);
    }
    const auto values = ahead.paths.flat();
    for (std::size_t p = 0; p < lift.size(); ++p) values[p * horizon + h] *= lift[p];
  }
}
/// The same with draws of its own: a normal quantile for each path.
inline void put_in(prediction& ahead, regressor_view shares, std::span<const event_effect> effects) {
  if (shares.columns > 0) put_in(ahead, shares, effects, effect_deviates(ahead.paths.count()));
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
