#pragma once
/// @file
/// The forms of exponential smoothing: how error, trend and season enter, and how many numbers that takes.
///
/// A form is written by its letters: error A or M, trend N, A or Ad (damped), season N, A or M. "MAdM" has a
/// multiplicative error, a damped trend and a multiplicative season. Multiplicative trends are left out: they
/// explode, and R's automatic choice leaves them out by default too.
///
/// Source: R. J. Hyndman, A. B. Koehler, J. K. Ord and R. D. Snyder, "Forecasting with Exponential
/// Smoothing: The State Space Approach", Springer 2008, chapter 2.

#include <foreshift/core/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace foreshift::inline FORESHIFT_ABI::forecast {

enum class ets_error : std::uint8_t { additive, multiplicative };
enum class ets_trend : std::uint8_t { none, additive, damped };
enum class ets_season : std::uint8_t { none, additive, multiplicative };

struct ets_form {
  ets_error error = ets_error::additive;
  ets_trend trend = ets_trend::none;
  ets_season season = ets_season::none;

  friend constexpr bool operator==(const ets_form&, const ets_form&) = default;
  static void members(auto& self, auto& archive) { archive(self.error, self.trend, self.season); }
};

/// All three letters name something: what a saved form has to show.
[[nodiscard]] constexpr bool is_valid(const ets_form& f) {
  return f.error <= ets_error::multiplicative && f.trend <= ets_trend::damped &&
         f.season <= ets_season::multiplicative;
}

/// False where an additive error meets a multiplicative season: such a forecast divides by a state that can
/// come close to zero, and its variance may be infinite (chapter 15 of the book).
[[nodiscard]] constexpr bool is_stable(const ets_form& f) {
  return f.error == ets_error::multiplicative || f.season != ets_season::multiplicative;
}

/// True where something multiplies, so that every observation has to be positive.
[[nodiscard]] constexpr bool wants_positive(const ets_form& f) {
  return f.error == ets_error::multiplicative || f.season == ets_season::multiplicative;
}

/// What the information criteria count: smoothing parameters, initial states (a season has m - 1 free ones)
/// and the innovations' variance.
[[nodiscard]] constexpr std::size_t free_parameters(const ets_form& f, std::size_t season_length) {
  const std::size_t level = 2, variance = 1;
  const std::size_t trend = f.trend == ets_trend::none ? 0 : f.trend == ets_trend::additive ? 2 : 3;
  return level + trend + (f.season == ets_season::none ? 0 : season_length) + variance;
}

/// The letters, e.g. "AAdN".
[[nodiscard]] inline std::string to_string(const ets_form& f) {
  constexpr std::array trend{"N", "A", "Ad"}, season{"N", "A", "M"};
  std::string name = f.error == ets_error::additive ? "A" : "M";
  name += trend[static_cast<std::size_t>(f.trend)];
  name += season[static_cast<std::size_t>(f.season)];
  return name;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
