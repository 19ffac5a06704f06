#pragma once
/// @file
/// Seasons, holidays and regressors as columns of numbers for any instant.
///
/// A season is a Fourier sum over days since 1970, so it does not depend on where a history begins. A holiday
/// has one column for each day of its window. A regressor is one column, standardised if asked for. Each
/// group of columns is a component with a name: what the forecast is made of can be read off.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/forecast/additive_options.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast::detail {

inline constexpr std::int64_t nanoseconds_a_day = 86'400'000'000'000;

[[nodiscard]] inline double days_since_epoch(time_point t) {
  const std::int64_t ns = t.time_since_epoch().count();
  return static_cast<double>(ns / nanoseconds_a_day) +
         static_cast<double>(ns % nanoseconds_a_day) / static_cast<double>(nanoseconds_a_day);
}
/// The day an instant belongs to, rounded down also before 1970.
[[nodiscard]] inline std::int64_t day_number(time_point t) {
  const std::int64_t ns = t.time_since_epoch().count();
  return ns / nanoseconds_a_day - (ns % nanoseconds_a_day < 0 ? 1 : 0);
}

/// One named group of neighbouring columns.
struct additive_component {
  std::string name{};
  component_kind kind = component_kind::season;
  effect_mode mode = effect_mode::additive;
  std::size_t columns = 1;
  double prior_scale = 10;
  double period_days = 1;            ///< season
  std::vector<std::int64_t> days{};  ///< holiday: ascending
  std::int64_t lower_window = 0;     ///< holiday: offset of the first column in days
  double mean = 0, deviation = 1;    ///< regressor: what standardises it

  static constexpr std::size_t columns_max = 2001;

  [[nodiscard]] bool consistent() const {
    return kind <= component_kind::regressor && mode <= effect_mode::multiplicative && columns >= 1 &&
           columns <= columns_max && (kind != component_kind::season || columns % 2 == 0) &&
           (kind != component_kind::regressor || columns == 1) && is_scale(prior_scale) &&
           period_days >= 1e-6 && std::isfinite(period_days) && std::ranges::is_sorted(days) &&
           lower_window >= -1000 && lower_window <= 0 && std::isfinite(mean) && deviation > 0 &&
           std::isfinite(deviation);
  }
  static void members(auto& self, auto& archive) {
    archive_text(self.name, archive);
    archive(self.kind, self.mode, self.columns, self.prior_scale, self.period_days, self.days,
            self.lower_window, self.mean, self.deviation);
  }

  /// sin and cos of each harmonic in turn, by repeated multiplication with the first.
  void write_season(double day, std::span<double> out) const {
    const double turns = day / period_days;
    const double angle = 2.0 * std::numbers::pi * (turns - std::floor(turns));
    const double sine = std::sin(angle), cosine = std::cos(angle);
    out[0] = sine;
    out[1] = cosine;
    for (std::size_t i = 2; i + 1 < out.size(); i += 2) {
      out[i] = out[i - 2] * cosine + out[i - 1] * sine;
      out[i + 1] = out[i - 1] * cosine - out[i - 2] * sine;
    }
  }
  void write_holiday(std::int64_t day, std::span<double> out) const {
    std::ranges::fill(out, 0.0);
    // A column is on when the holiday was its offset ago: days from `day - last offset` to `day - first`.
    const std::int64_t first = day - lower_window - static_cast<std::int64_t>(out.size()) + 1;
    for (auto at = std::ranges::lower_bound(days, first); at != days.end() && *at <= day - lower_window; ++at)
      out[static_cast<std::size_t>(day - lower_window - *at)] = 1.0;
  }
  /// Beyond 1e12 deviations a reading is cut, and one that is no number counts as the mean: a forecast has to
  /// stay finite.
  [[nodiscard]] double standardised(double value) const {
    const double z = (value - mean) / deviation;
    return std::isnan(z) ? 0.0 : std::clamp(z, -1e12, 1e12);
  }
};

/// All columns of a model: seasons first, then holidays, then regressors.
struct additive_columns {
  std::vector<additive_component> components{};
  std::size_t regressors = 0;

  [[nodiscard]] std::size_t size() const {
    std::size_t sum = 0;
    for (const auto& c : components) sum += c.columns;
    return sum;
  }
  /// Fills the row of one instant. Missing regressors count as their mean. O(columns), no allocation.
  /// @pre out.size() == size()
  void write_row(time_point t, std::span<const double> given, std::span<double> out) const {
    const double day = days_since_epoch(t);
    std::size_t at = 0, regressor = 0;
    for (const auto& c : components) {
      const auto part = out.subspan(at, c.columns);
      switch (c.kind) {
        case component_kind::season:
          c.write_season(day, part);
          break;
        case component_kind::holiday:
          c.write_holiday(day_number(t), part);
          break;
        case component_kind::regressor:
          part[0] = regressor < given.size() ? c.standardised(given[regressor]) : 0.0;
          ++regressor;
          break;
      }
      at += c.columns;
    }
  }
  [[nodiscard]] bool consistent() const {
    std::size_t sum = 0, count = 0;
    for (const auto& c : components) {
      sum += c.columns;
      count += c.kind == component_kind::regressor ? 1 : 0;
    }
    return sum <= 100'000 && count == regressors;
  }
  static void members(auto& self, auto& archive) { archive(self.components, self.regressors); }
};

/// What of a history decides about automatic seasons.
struct history_extent {
  double days = 0;          ///< from the first observation to the last
  double days_between = 0;  ///< the shortest time between two observations
};

/// The seasons and holidays that a specification asks for.
[[nodiscard]] inline additive_columns columns_of(const additive& spec, const history_extent& seen) {
  additive_columns out;
  const auto season = [&](std::string name, double period_days, std::size_t order,
                          std::optional<double> scale, std::optional<effect_mode> mode) {
    if (order == 0) return;
    out.components.push_back({.name = std::move(name),
                              .kind = component_kind::season,
                              .mode = mode.value_or(spec.seasonality_mode),
                              .columns = 2 * order,
                              .prior_scale = scale.value_or(spec.seasonality_prior_scale),
                              .period_days = period_days});
  };
  const bool year = seen.days >= 730;
  const bool week = seen.days >= 14 && seen.days_between < 7;
  const bool day = seen.days >= 2 && seen.days_between < 1;
  season("yearly", 365.25, spec.yearly_seasonality.value_or(year ? 10 : 0), {}, {});
  season("weekly", 7, spec.weekly_seasonality.value_or(week ? 3 : 0), {}, {});
  season("daily", 1, spec.daily_seasonality.value_or(day ? 4 : 0), {}, {});
  for (const auto& s : spec.seasonalities)
    season(s.name, to_seconds(s.period) / 86400.0, s.fourier_order, s.prior_scale, s.mode);

  for (const auto& h : spec.holidays) {
    additive_component c{.name = h.name,
                         .kind = component_kind::holiday,
                         .mode = h.mode.value_or(spec.seasonality_mode),
                         .columns = static_cast<std::size_t>(h.upper_window - h.lower_window) + 1,
                         .prior_scale = h.prior_scale.value_or(spec.holidays_prior_scale),
                         .lower_window = h.lower_window};
    for (const time_point t : h.days) c.days.push_back(day_number(t));
    std::ranges::sort(c.days);
    c.days.erase(std::ranges::unique(c.days).begin(), c.days.end());
    out.components.push_back(std::move(c));
  }
  return out;
}

/// Adds one regressor, standardised by the values it has where the series was observed.
/// @pre at least one value, all finite
inline void add_regressor(additive_columns& columns, const additive& spec, std::span<const double> values) {
  const additive_regressor options =
      spec.regressors.empty() ? additive_regressor{} : spec.regressors[columns.regressors];
  additive_component c{
      .name = options.name.empty() ? "regressor_" + std::to_string(columns.regressors) : options.name,
      .kind = component_kind::regressor,
      .mode = options.mode.value_or(spec.seasonality_mode),
      .prior_scale = options.prior_scale.value_or(spec.holidays_prior_scale)};
  const auto [least, most] = std::ranges::minmax(values);
  const bool binary = std::ranges::all_of(values, [](double v) { return v == 0 || v == 1; });
  const bool wanted = options.standardize == standardising::always ||
                      (options.standardize == standardising::automatic && !binary);
  if (wanted && most / 2 - least / 2 > 0) {
    // About the middle of the range and in units of it, so that no square leaves the range of a double.
    const double middle = least / 2 + most / 2, unit = most / 2 - least / 2,
                 n = static_cast<double>(values.size());
    double sum = 0, squares = 0;
    for (const double v : values) sum += (v - middle) / unit;
    for (const double v : values) squares += std::pow((v - middle) / unit - sum / n, 2);
    c.mean = middle + unit * (sum / n);
    c.deviation = unit * std::sqrt(squares / (n - 1));
    if (!(c.deviation > 0)) c.deviation = 1;
  }
  columns.components.push_back(std::move(c));
  ++columns.regressors;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast::detail
