#pragma once
/// @file
/// What a workload is like: a handful of robust numbers from the history of its demand.
///
/// Each number has no unit and a bounded range, so that workloads of any size compare; medians, quantiles and
/// the same hour on *other* days stand where means would let one odd day speak. A feature that the history is
/// too short for is NaN, which is not the same as 0: one day of readings says nothing of a daily pattern.
///
/// Sources, feature by feature, stand with the members.

#include <foreshift/core/time.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/numeric/statistics.hpp>
#include <foreshift/telemetry/series.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// All of it NaN or 0 for a series without readings.
struct workload_features {
  /// Median of the readings, in the series' unit.
  double level = numeric::missing;
  /// Length of the history in days, gaps included, and the share of its readings that are there.
  double days = 0;
  double present = 0;

  /// (q90 - q10) / (q90 + q10), in [0, 1]: the coefficient of dispersion from outer quantiles (D. G. Bonett,
  /// Computational Statistics and Data Analysis 50, 2006, has the quartiles). 0 for a constant.
  double variability = numeric::missing;
  /// t / (t + level), in [0, 1], where t is how far the 99 % quantile of the remainder lies above its median;
  /// the remainder is what the day's median and the daily pattern leave. 1/2: peaks reach twice the level.
  double burstiness = numeric::missing;
  /// Share of the absolute deviation from the day's median that the same hour on the other days explains,
  /// in [0, 1]. Follows X. Wang, K. Smith, R. Hyndman, Data Mining and Knowledge Discovery 13, 2006, with
  /// absolute deviations for variances, and cross-validated by days: noise has about 0. NaN below two days.
  double seasonality = numeric::missing;
  /// |tau| min(1, change over the history / level), signed, in [-1, 1]: Theil and Sen's slope of the daily
  /// medians (P. K. Sen, JASA 63, 1968), damped by Kendall's tau, so that a change that comes and goes counts
  /// for less; weekends are no change. NaN below four days.
  double trend = numeric::missing;
  /// Share of the readings at or below a twentieth of the size, in [0, 1].
  double idle_share = numeric::missing;
  /// How cleanly demand is either low or high, in [0, 1]: the share of the variance that lies between two
  /// groups split best (N. Otsu, IEEE Transactions on Systems, Man and Cybernetics 9, 1979) x the groups'
  /// difference over the upper one's mean.
  double on_off = numeric::missing;
  /// h / (h + 1 hour), in [0, 1], where h is the mean time that demand stays above the middle between its
  /// 10 % and 99 % quantiles once it is. 1/2: an hour. 0 for a constant.
  double persistence = numeric::missing;
  /// Demand on each resource relative to a reference capacity, as shares that sum to 1; NaN where not known.
  /// The largest is the dominant resource (A. Ghodsi et al., Dominant Resource Fairness, NSDI 2011).
  std::array<double, resource_count> mix{numeric::missing, numeric::missing, numeric::missing,
                                         numeric::missing};

  static void members(auto& self, auto& archive) {
    archive(self.level, self.days, self.present, self.variability, self.burstiness, self.seasonality,
            self.trend, self.idle_share, self.on_off, self.persistence, self.mix);
  }
};

/// Looks at the whole history. O(n log n + days^2) time, O(n) memory. Demand is not negative; what is counts
/// as 0.
/// @param size what the workload may use, in the series' unit; 0: not known, its own 99 % quantile stands in
[[nodiscard]] workload_features features_of(telemetry::series_view history, double size = 0);

/// Shares of the resources in the mean demand, each relative to what a host has of it. A resource without
/// capacity is left out; no demand at all leaves every share NaN.
[[nodiscard]] inline std::array<double, resource_count> mix_of(const resources& demand,
                                                               const resources& reference) {
  std::array<double, resource_count> share{};
  double sum = 0;
  for (std::size_t i = 0; i < resource_count; ++i) {
    const double part = demand.amount[i] / reference.amount[i];
    share[i] = reference.amount[i] > 0 && part > 0 ? part : 0;
    sum += share[i];
  }
  for (double& x : share) x = sum > 0 ? x / sum : numeric::missing;
  return share;
}

namespace detail {

inline constexpr std::size_t feature_days_max = 64;

/// Means of an hour (or of a step, where that is longer), a row a day. Days count from the first reading.
struct hours_by_day {
  std::size_t days = 0;
  std::size_t hours = 0;     ///< of a day: 24, or fewer where steps are longer
  std::vector<double> mean;  ///< days x hours; NaN where nothing is known
  std::vector<double> day_median;

  [[nodiscard]] double& at(std::size_t d, std::size_t h) { return mean[d * hours + h]; }
  [[nodiscard]] double at(std::size_t d, std::size_t h) const { return mean[d * hours + h]; }
};

[[nodiscard]] inline std::size_t steps_of_day(duration step) {
  return std::max<std::size_t>(static_cast<std::size_t>(std::chrono::hours{24} / step), 1);
}
[[nodiscard]] inline std::size_t hours_of_day(duration step) {
  return std::min<std::size_t>(24, steps_of_day(step));
}

/// Steps from midnight (UTC) to the first of the history.
[[nodiscard]] inline std::size_t steps_since_midnight(telemetry::series_view history) {
  const auto since = history.start - std::chrono::floor<std::chrono::days>(history.start);
  return static_cast<std::size_t>(since / history.step);
}
/// The history from its first midnight on; all of it where none is in it.
[[nodiscard]] inline telemetry::series_view from_midnight(telemetry::series_view history) {
  const std::size_t a_day = steps_of_day(history.step);
  const std::size_t drop = (a_day - steps_since_midnight(history) % a_day) % a_day;
  return drop < history.size() ? history.last(history.size() - drop) : history;
}

/// Only whole days count.
[[nodiscard]] inline hours_by_day by_day(telemetry::series_view history) {
  const auto values = history.values;
  hours_by_day table;
  const std::size_t a_day = steps_of_day(history.step);
  table.hours = hours_of_day(history.step);
  table.days = values.size() / a_day;
  table.mean.resize(table.days * table.hours);
  for (std::size_t d = 0; d < table.days; ++d) {
    for (std::size_t h = 0; h < table.hours; ++h) {
      const std::size_t from = h * a_day / table.hours, to = (h + 1) * a_day / table.hours;
      table.at(d, h) = numeric::mean(values.subspan(d * a_day + from, to - from));
    }
    table.day_median.push_back(numeric::median(values.subspan(d * a_day, a_day)));
  }
  return table;
}

/// The median of the same hour, less the day's median, over all days.
[[nodiscard]] inline std::vector<double> daily_pattern(const hours_by_day& table) {
  std::vector<double> pattern, column(table.days);
  for (std::size_t h = 0; h < table.hours; ++h) {
    for (std::size_t d = 0; d < table.days; ++d) column[d] = table.at(d, h) - table.day_median[d];
    const double m = numeric::median(column);
    pattern.push_back(std::isnan(m) ? 0 : m);
  }
  return pattern;
}

[[nodiscard]] inline double seasonality_of(const hours_by_day& table) {
  if (table.days < 2) return numeric::missing;
  double total = 0, left = 0;
  std::vector<double> column, size;
  for (std::size_t d = 0; d < table.days; ++d)
    for (std::size_t h = 0; h < table.hours; ++h)
      size.push_back(std::abs(table.at(d, h) - table.day_median[d]));
  const double usual = numeric::median_in_place(size);
  const double cut = usual > 0 ? 10 * usual : std::numeric_limits<double>::infinity();  // wild hours
  for (std::size_t h = 0; h < table.hours; ++h) {
    column.clear();
    for (std::size_t d = 0; d < table.days; ++d)
      if (const double x = table.at(d, h) - table.day_median[d]; !std::isnan(x))
        column.push_back(std::clamp(x, -cut, cut));
    std::ranges::sort(column);
    const std::size_t n = column.size();
    if (n < 2) continue;
    for (std::size_t i = 0; i < n; ++i) {
      // The middle of the others, which are the sorted column without its ith.
      const auto other = [&](std::size_t k) { return column[k < i ? k : k + 1]; };
      const double middle = (other((n - 2) / 2) + other((n - 1) / 2)) / 2;
      total += std::abs(column[i]), left += std::abs(column[i] - middle);
    }
  }
  return total > 0 ? std::clamp(1 - left / total, 0.0, 1.0) : 0;
}

/// Theil and Sen's slope of the daily medians, a day, and Kendall's tau. Only days that compare are compared:
/// of two weeks and more the same day of the week, of less working days with each other and weekends with
/// each other (R. Hirsch, J. Slack, Water Resources Research 20, 1984). Both NaN below four days.
struct daily_slope {
  double a_day = numeric::missing;
  double tau = numeric::missing;
};
/// @param first the day of the first median
[[nodiscard]] inline daily_slope slope_of(std::span<const double> day_medians, time_point first) {
  const auto kept = day_medians.last(std::min(day_medians.size(), feature_days_max));
  if (numeric::count_present(kept) < 4) return {};
  const auto at_weekend = [&](std::size_t d) {
    const auto day = std::chrono::floor<std::chrono::days>(first) +
                     std::chrono::days{static_cast<int>(day_medians.size() - kept.size() + d)};
    const auto weekday = std::chrono::weekday{std::chrono::sys_days{day.time_since_epoch()}};
    return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
  };
  std::vector<double> slopes;
  double concordant = 0;
  for (std::size_t j = 1; j < kept.size(); ++j)
    for (std::size_t i = 0; i < j; ++i) {
      const double change = kept[j] - kept[i];
      if (std::isnan(change)) continue;
      if (kept.size() >= 14 ? (j - i) % 7 != 0 : at_weekend(i) != at_weekend(j)) continue;
      slopes.push_back(change / static_cast<double>(j - i));
      concordant += change > 0 ? 1 : change < 0 ? -1 : 0;
    }
  if (slopes.empty()) return {};
  const double tau = concordant / static_cast<double>(slopes.size());
  return {numeric::median_in_place(slopes), tau};
}

[[nodiscard]] inline double trend_of(const daily_slope& slope, std::size_t days, double level) {
  const double change = std::abs(slope.a_day) * static_cast<double>(days);
  if (std::isnan(change) || change == 0) return change;
  return std::abs(slope.tau) * std::copysign(level > change ? change / level : 1, slope.a_day);
}

/// See `workload_features::on_off`. @pre sorted, ascending, not empty
[[nodiscard]] inline double on_off_of(std::span<const double> sorted) {
  const auto n = static_cast<double>(sorted.size());
  const double mean = numeric::mean(sorted);
  double squares = 0;
  for (const double x : sorted) squares += (x - mean) * (x - mean);
  double below = 0, best = 0, contrast = 0;
  for (std::size_t i = 0; i + 1 < sorted.size(); ++i) {
    below += sorted[i];
    if (sorted[i] == sorted[i + 1]) continue;
    const double k = static_cast<double>(i + 1);
    const double low = below / k, high = (mean * n - below) / (n - k);
    const double between = k * (n - k) / n * (high - low) * (high - low);
    if (between > best) best = between, contrast = high > 0 ? (high - std::max(low, 0.0)) / high : 0;
  }
  return squares > 0 ? std::clamp(best / squares * contrast, 0.0, 1.0) : 0;
}

[[nodiscard]] inline double persistence_of(std::span<const double> values, duration step, double low,
                                           double high) {
  const double middle = (low + high) / 2;
  std::size_t above = 0, runs = 0;
  bool on = false;
  for (const double x : values) {
    if (std::isnan(x)) continue;  // a gap neither ends a run nor makes it longer
    runs += x > middle && !on ? 1 : 0;
    on = x > middle;
    above += on ? 1 : 0;
  }
  if (runs == 0) return 0;
  const double hours = static_cast<double>(above) / static_cast<double>(runs) * to_seconds(step) / 3600;
  return hours / (hours + 1);
}

[[nodiscard]] inline double burstiness_of(telemetry::series_view history, const hours_by_day& table,
                                          double seasonality, double level) {
  const auto values = history.values;
  std::vector<double> rest;
  rest.reserve(values.size());
  const std::size_t a_day = steps_of_day(history.step);
  const auto pattern = table.days >= 2 ? daily_pattern(table) : std::vector<double>(table.hours);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t d = i / a_day, h = i % a_day * table.hours / a_day;
    const double centre = d < table.days ? table.day_median[d] : level;
    rest.push_back(values[i] - centre - (std::isnan(seasonality) ? 0 : seasonality * pattern[h]));
  }
  const std::array levels{0.5, 0.99};
  std::array<double, 2> q{};
  numeric::quantiles_in_place(rest, levels, q);
  const double tail = std::max(q[1] - q[0], 0.0);
  return std::isnan(tail) ? numeric::missing : tail > 0 ? tail / (tail + std::max(level, 0.0)) : 0;
}

}  // namespace detail

inline workload_features features_of(telemetry::series_view history, double size) {
  workload_features f;
  std::vector<double> values(history.values.begin(), history.values.end());
  for (double& x : values) x = x < 0 ? 0 : std::isfinite(x) ? x : numeric::missing;
  std::vector<double> sorted;
  for (const double x : values)
    if (!std::isnan(x)) sorted.push_back(x);
  if (sorted.empty()) return f;
  std::ranges::sort(sorted);

  const std::array levels{0.1, 0.5, 0.9, 0.99};
  std::array<double, 4> q{};
  numeric::quantiles_in_place(sorted, levels, q);
  f.level = q[1];
  f.days = static_cast<double>(values.size()) * to_seconds(history.step) / 86400;
  f.present = static_cast<double>(sorted.size()) / static_cast<double>(values.size());
  f.variability = q[2] > 0 ? (q[2] - q[0]) / (q[2] + q[0]) : 0;
  const double idle = (size > 0 ? size : q[3]) / 20;
  f.idle_share = static_cast<double>(std::ranges::upper_bound(sorted, idle) - sorted.begin()) /
                 static_cast<double>(sorted.size());
  f.on_off = detail::on_off_of(sorted);
  f.persistence = detail::persistence_of(values, history.step, q[0], q[3]);

  const auto whole = detail::from_midnight({history.start, history.step, values});
  const auto table = detail::by_day(whole);
  f.seasonality = detail::seasonality_of(table);
  f.trend = detail::trend_of(detail::slope_of(table.day_median, whole.start), table.days, f.level);
  f.burstiness = detail::burstiness_of(whole, table, f.seasonality, f.level);
  return f;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
