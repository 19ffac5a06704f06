#pragma once
/// @file
/// A workload's demand over the day, as a distribution for each hour, and what several have together.
///
/// What two workloads need together is not the sum of what each needs at worst: one is busy when the other is
/// not, and bursts seldom meet. Mean, variance and third central moment of independent remainders add, hour
/// by hour, so a host is the sum of its workloads' days in O(hours); its quantiles follow by Cornish and
/// Fisher's expansion, which gives skewed sums - bursts - the heavier tail they have. How much of a pattern
/// to believe follows from the workload's class: all of it where the class has one, only what stands out of
/// its noise where it has none. What is growing is expected to go on; what is shrinking is not counted on to.
///
/// Sources: E. Cornish, R. Fisher, "Moments and cumulants in the specification of distributions", 1938, first
/// term; W. James, C. Stein, "Estimation with quadratic loss", 1961, for what stands out of the noise. Joint
/// sizing of virtual machines: X. Meng et al., "Efficient resource provisioning in compute clouds via VM
/// multiplexing", ICAC 2010.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/numeric/statistics.hpp>
#include <foreshift/placement/workload_features.hpp>
#include <foreshift/placement/workload_kind.hpp>
#include <foreshift/telemetry/series.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// By the hour of the day (UTC), or by the step where steps are longer. Empty: no demand.
struct day_demand {
  std::vector<double> mean;
  std::vector<double> variance;
  std::vector<double> third;  ///< central moment: sets the skewness

  day_demand& operator+=(const day_demand& other) { return add(other, 1); }
  /// What was added before goes.
  day_demand& operator-=(const day_demand& other) { return add(other, -1); }

 private:
  day_demand& add(const day_demand& other, double sign) {
    FORESHIFT_EXPECT(mean.empty() || other.mean.empty() || mean.size() == other.mean.size());
    mean.resize(std::max(mean.size(), other.mean.size()));
    variance.resize(mean.size()), third.resize(mean.size());
    for (std::size_t h = 0; h < other.mean.size(); ++h) {
      mean[h] += sign * other.mean[h];
      variance[h] += sign * other.variance[h];
      third[h] += sign * other.third[h];
    }
    return *this;
  }
};

/// The day to expect of a workload of this kind. Without readings, no demand. O(n + days^2).
/// @param ahead_days from the end of the history to the middle of what is planned for
[[nodiscard]] day_demand expected_day(telemetry::series_view history, workload_kind kind,
                                      double ahead_days = 1);

/// The highest of all hours' quantiles. @param z of the standard normal: 2.326 is the 99 % quantile
[[nodiscard]] double joint_quantile(const day_demand& day, double z);

/// Hours of a day that demand is expected to be above the limit.
[[nodiscard]] double expected_overload_hours(const day_demand& day, double limit);

/// Pearson's correlation of two expected days, in [-1, 1]: below 0 one is quiet when the other is busy. 0
/// where one of them is flat.
[[nodiscard]] double phase_correlation(const day_demand& a, const day_demand& b);

namespace detail {

/// Bounds of the skewness: outside of them the expansion is no distribution any more.
[[nodiscard]] inline double skewness(double variance, double third) {
  const double sd = std::sqrt(variance);
  return variance > 0 ? std::clamp(third / (variance * sd), 0.0, 2.0) : 0;
}

/// How much of the pattern of hourly means stands out of the noise that it has from so few days.
[[nodiscard]] inline double shrinkage(const hours_by_day& table, const std::vector<double>& pattern,
                                      double level) {
  double between = 0, within = 0, count = 0;
  std::vector<double> day_level;  // quiet days have the same pattern: they are no noise
  for (std::size_t d = 0; d < table.days; ++d)
    day_level.push_back(numeric::mean(std::span{table.mean}.subspan(d * table.hours, table.hours)));
  for (std::size_t h = 0; h < table.hours; ++h) {
    between += (pattern[h] - level) * (pattern[h] - level);
    for (std::size_t d = 0; d < table.days; ++d)
      if (const double e = (table.at(d, h) - day_level[d]) - (pattern[h] - level); !std::isnan(e))
        within += e * e, ++count;
  }
  const auto hours = static_cast<double>(table.hours);
  if (!(count > hours) || !(between > 0)) return 0;
  const double noise = within / (count - hours) / static_cast<double>(table.days);
  return std::clamp(1 - noise / (between / hours), 0.0, 1.0);
}

}  // namespace detail

inline day_demand expected_day(telemetry::series_view history, workload_kind kind, double ahead_days) {
  const double level = numeric::mean(history.values);
  if (std::isnan(level)) return {};
  const auto whole = detail::from_midnight(history);
  const auto table = detail::by_day(whole);
  const std::size_t hours = table.hours, a_day = detail::steps_of_day(history.step);
  const std::size_t midnight = detail::steps_since_midnight(history);
  std::vector<double> pattern, column(table.days);
  for (std::size_t h = 0; h < hours; ++h) {
    for (std::size_t d = 0; d < table.days; ++d) column[d] = table.at(d, h);
    const double m = numeric::mean(column);
    pattern.push_back(std::isnan(m) ? level : m);
  }
  using enum workload_kind;
  const bool flat = kind == bursty || kind == steady || kind == idle || kind == unknown;
  const double belief = flat ? detail::shrinkage(table, pattern, level) : table.days < 2 ? 0 : 1;
  double slope = 0;
  if (kind == growing)
    if (const auto of = detail::slope_of(table.day_median, whole.start); !std::isnan(of.a_day))
      slope = of.a_day;

  const auto days = static_cast<double>(history.size()) / static_cast<double>(a_day);
  day_demand out;
  std::vector<double> second(hours), third(hours), count(hours);
  double all_second = 0, all_third = 0, all = 0;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const std::size_t h = (i + midnight) % a_day * hours / a_day;
    const double day = static_cast<double>(i) / static_cast<double>(a_day);
    const double e = history.values[i] - (level + belief * (pattern[h] - level) + slope * (day - days / 2));
    if (std::isnan(e)) continue;
    second[h] += e * e, third[h] += e * e * e, ++count[h];
    all_second += e * e, all_third += e * e * e, ++all;
  }
  for (std::size_t h = 0; h < hours; ++h) {
    const double own = count[h] > 0 ? belief : 0, n = std::max(count[h], 1.0);
    out.mean.push_back(
        std::max(level + belief * (pattern[h] - level) + slope * (days / 2 + ahead_days), 0.0));
    out.variance.push_back(own * second[h] / n + (1 - own) * all_second / all);
    out.third.push_back(own * third[h] / n + (1 - own) * all_third / all);
  }
  return out;
}

inline double joint_quantile(const day_demand& day, double z) {
  double most = 0;
  for (std::size_t h = 0; h < day.mean.size(); ++h) {
    const double sd = std::sqrt(std::max(day.variance[h], 0.0));
    const double skew = detail::skewness(day.variance[h], day.third[h]);
    most = std::max(most, day.mean[h] + sd * (z + (z * z - 1) * skew / 6));
  }
  return most;
}

inline double expected_overload_hours(const day_demand& day, double limit) {
  double sum = 0;
  for (std::size_t h = 0; h < day.mean.size(); ++h) {
    const double sd = std::sqrt(std::max(day.variance[h], 0.0)), over = limit - day.mean[h];
    if (sd <= 0) {
      sum += over < 0 ? 1 : 0;
      continue;
    }
    const double x = over / sd, skew = detail::skewness(day.variance[h], day.third[h]);
    // The z whose expansion is x.
    double z = x;
    if (skew > 1e-3) z = std::sqrt(std::max(9 / (skew * skew) + 1 + 6 * x / skew, 0.0)) - 3 / skew;
    sum += std::erfc(z / std::sqrt(2.0)) / 2;
  }
  return day.mean.empty() ? (limit < 0 ? 24 : 0) : sum * 24 / static_cast<double>(day.mean.size());
}

inline double phase_correlation(const day_demand& a, const day_demand& b) {
  FORESHIFT_EXPECT(a.mean.size() == b.mean.size());
  const double ma = numeric::mean(a.mean), mb = numeric::mean(b.mean);
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t h = 0; h < a.mean.size(); ++h) {
    const double x = a.mean[h] - ma, y = b.mean[h] - mb;
    aa += x * x, bb += y * y, ab += x * y;
  }
  return aa > 0 && bb > 0 ? std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0) : 0;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
