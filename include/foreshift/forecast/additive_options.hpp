#pragma once
/// @file
/// What can be said about an additive model before it sees data, in Prophet's words.
///
/// A series is a trend that bends at change points, plus seasons as Fourier sums, plus holidays and
/// regressors; each effect either adds to the trend or multiplies it. Names and defaults are those of
/// Prophet, so that a specification can be carried over line by line.
///
/// Source: S. J. Taylor, B. Letham, "Forecasting at scale", The American Statistician 72, 2018.

#include <foreshift/core/time.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

class additive_model;

enum class trend_growth : std::uint8_t {
  linear,    ///< straight pieces
  logistic,  ///< saturates at `cap` and at `floor`
  flat,      ///< a constant
};

enum class effect_mode : std::uint8_t {
  additive,        ///< adds to the trend
  multiplicative,  ///< a share of the trend
};

/// What a part of the forecast comes from.
enum class component_kind : std::uint8_t { season, holiday, regressor };

enum class standardising : std::uint8_t {
  automatic,  ///< unless the regressor is 0 or 1 throughout, or constant
  always,     ///< unless it is constant
  never,
};

namespace detail {

/// A text as the archive sees it: its bytes.
void archive_text(auto& text, auto& archive) {
  std::vector<std::uint8_t> bytes(text.begin(), text.end());
  archive(bytes);
  if constexpr (std::remove_reference_t<decltype(archive)>::reading) text.assign(bytes.begin(), bytes.end());
}

[[nodiscard]] inline bool is_scale(double s) { return s > 0 && s <= 1e10; }
[[nodiscard]] inline bool is_scale(const std::optional<double>& s) { return !s || is_scale(*s); }
[[nodiscard]] inline bool is_mode(const std::optional<effect_mode>& m) {
  return !m || *m <= effect_mode::multiplicative;
}

}  // namespace detail

/// A season of any period, as a Fourier sum over absolute time.
struct additive_seasonality {
  std::string name{};
  duration period = std::chrono::hours{24};
  std::size_t fourier_order = 3;        ///< 1 to 1000 pairs of sine and cosine
  std::optional<double> prior_scale{};  ///< nothing: `seasonality_prior_scale`
  std::optional<effect_mode> mode{};    ///< nothing: `seasonality_mode`

  [[nodiscard]] bool consistent() const {
    return period > duration::zero() && fourier_order >= 1 && fourier_order <= 1000 &&
           detail::is_scale(prior_scale) && detail::is_mode(mode);
  }
  static void members(auto& self, auto& archive) {
    detail::archive_text(self.name, archive);
    archive(self.period, self.fourier_order, self.prior_scale, self.mode);
  }
};

/// An event that happens on certain days and acts on the days around it, each with an effect of its own.
/// What lasts hours rather than days comes as a regressor (`telemetry::event_regressors`).
struct additive_holiday {
  std::string name{};
  std::vector<time_point> days{};       ///< past and future; an instant stands for its day in UTC
  int lower_window = 0;                 ///< -1000 to 0: so many days before it are affected as well
  int upper_window = 0;                 ///< 0 to 1000: and so many after it
  std::optional<double> prior_scale{};  ///< nothing: `holidays_prior_scale`
  std::optional<effect_mode> mode{};    ///< nothing: `seasonality_mode`

  [[nodiscard]] bool consistent() const {
    return lower_window <= 0 && lower_window >= -1000 && upper_window >= 0 && upper_window <= 1000 &&
           detail::is_scale(prior_scale) && detail::is_mode(mode);
  }
  static void members(auto& self, auto& archive) {
    detail::archive_text(self.name, archive);
    archive(self.days, self.lower_window, self.upper_window, self.prior_scale, self.mode);
  }
};

/// How one column of the regressors is treated.
struct additive_regressor {
  std::string name{};
  std::optional<double> prior_scale{};  ///< nothing: `holidays_prior_scale`
  standardising standardize = standardising::automatic;
  std::optional<effect_mode> mode{};  ///< nothing: `seasonality_mode`

  [[nodiscard]] bool consistent() const {
    return standardize <= standardising::never && detail::is_scale(prior_scale) && detail::is_mode(mode);
  }
  static void members(auto& self, auto& archive) {
    detail::archive_text(self.name, archive);
    archive(self.prior_scale, self.standardize, self.mode);
  }
};

/// Prophet's model. The order of a season: nothing is automatic (yearly 10 from two years of history, weekly
/// 3 from two weeks of steps below a week, daily 4 from two days of steps below a day), 0 is off.
struct additive {
  using model = additive_model;
  static constexpr std::string_view name = "prophet";

  trend_growth growth = trend_growth::linear;
  std::optional<double> cap{};  ///< logistic growth needs it, above `floor`; in the unit of the series
  double floor = 0;             ///< used by logistic growth alone
  std::optional<std::vector<time_point>>
      changepoints{};  ///< nothing: placed evenly; those outside are left out
  std::size_t n_changepoints = 25;
  double changepoint_range = 0.8;  ///< in (0, 1]: the first part of the history that has change points
  std::optional<std::size_t> yearly_seasonality{};
  std::optional<std::size_t> weekly_seasonality{};
  std::optional<std::size_t> daily_seasonality{};
  std::vector<additive_seasonality> seasonalities{};  ///< more of them
  std::vector<additive_holiday> holidays{};
  std::vector<additive_regressor> regressors{};  ///< empty: each column with defaults, else one per column
  effect_mode seasonality_mode = effect_mode::additive;
  double seasonality_prior_scale = 10;
  double holidays_prior_scale = 10;
  double changepoint_prior_scale = 0.05;
  double interval_width = 0.8;             ///< in (0, 1)
  std::size_t uncertainty_samples = 1000;  ///< simulated futures, >= 1
  std::uint64_t seed = 1;                  ///< of those futures

  /// Whether the ranges above are kept.
  [[nodiscard]] bool consistent() const {
    const auto fine = [](const auto& item) { return item.consistent(); };
    const auto order = [](const std::optional<std::size_t>& o) { return !o || *o <= 1000; };
    if (growth > trend_growth::flat || seasonality_mode > effect_mode::multiplicative) return false;
    if (growth == trend_growth::logistic && !(cap && std::isfinite(*cap) && *cap > floor)) return false;
    return std::isfinite(floor) && n_changepoints <= 10000 && changepoint_range > 0 &&
           changepoint_range <= 1 && order(yearly_seasonality) && order(weekly_seasonality) &&
           order(daily_seasonality) && std::ranges::all_of(seasonalities, fine) &&
           std::ranges::all_of(holidays, fine) && std::ranges::all_of(regressors, fine) &&
           detail::is_scale(seasonality_prior_scale) && detail::is_scale(holidays_prior_scale) &&
           detail::is_scale(changepoint_prior_scale) && interval_width > 0 && interval_width < 1 &&
           uncertainty_samples >= 1;
  }
  static void members(auto& self, auto& archive) {
    archive(self.growth, self.cap, self.floor, self.changepoints, self.n_changepoints, self.changepoint_range,
            self.yearly_seasonality, self.weekly_seasonality, self.daily_seasonality, self.seasonalities,
            self.holidays, self.regressors, self.seasonality_mode, self.seasonality_prior_scale,
            self.holidays_prior_scale, self.changepoint_prior_scale, self.interval_width,
            self.uncertainty_samples, self.seed);
  }
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
