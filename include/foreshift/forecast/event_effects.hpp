#pragma once
/// @file
/// What announced events do to demand: learnt from those that have been, as factors, and shared between
/// series that have seen few of them.
///
/// An event multiplies: a campaign brings a busy shop more than a quiet one. So the effect of one occurrence
/// is the median, over its steps, of log demand less what the rest of the series says of these steps: the
/// median profile of the day, raised to the level of the hours around the event. How far such a figure is
/// off is measured on the series itself, by the same figure for stretches in which nothing was announced.
///
/// Two occurrences on one host are little to go by. Over all series the effects of one kind scatter around a
/// mean; each series' own effect is drawn towards it by as much as its own figure is uncertain, and a series
/// that has seen none takes the mean (empirical Bayes).
///
/// Source: R. DerSimonian, N. Laird, "Meta-analysis in clinical trials", Controlled Clinical Trials 7, 1986
/// (the scatter between series by moments); B. Efron, C. Morris, "Data analysis using Stein's estimator and
/// its generalizations", JASA 70, 1975 (shrinkage).

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/window_median.hpp>
#include <foreshift/telemetry/series.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// The logarithm of the factor by which demand changes, and how surely that is known.
struct event_effect {
  double log_factor = 0;
  double variance = std::numeric_limits<double>::infinity();  ///< infinite: nothing is known
  std::size_t occurrences = 0;                                ///< that it was learnt from

  /// 0.8: demand rises by 80 %.
  [[nodiscard]] double relative_change() const { return std::expm1(log_factor); }
  [[nodiscard]] bool known() const { return std::isfinite(variance); }
  friend bool operator==(const event_effect&, const event_effect&) = default;
};

/// One effect for each column of `shares`. A run of steps with a share of at least a half, during which no
/// other column is on, is an occurrence; one without readings around it is passed over. O(columns n + n log
/// n).
/// @param season_length steps of a day, or of another cycle; 0 or 1: no profile
/// @param shares as `telemetry::event_regressors` gives them, a row for each step of the history
[[nodiscard]] std::vector<event_effect> learn_effects(telemetry::series_view history, regressor_view shares,
                                                      std::size_t season_length);

/// How the effects of one kind of event scatter over many series.
struct shared_effect {
  double mean = 0;      ///< of log factors
  double variance = 0;  ///< between series
  std::size_t series = 0;
  friend bool operator==(const shared_effect&, const shared_effect&) = default;
};

/// @param own of one kind of event, one for each series; unknown ones count for nothing
[[nodiscard]] shared_effect share_effects(std::span<const event_effect> own);

/// A series' own figure, drawn towards what all series share. Without either nothing is known.
[[nodiscard]] event_effect shrunk(const event_effect& own, const shared_effect& all);

namespace detail {

[[nodiscard]] inline double median_in_place(std::vector<double>& values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

/// The logarithm of a series less its profile of the day; NaN where there is no positive reading.
class levelled_series {
 public:
  levelled_series(telemetry::series_view history, regressor_view shares, std::size_t season_length)
      : log_(history.size()), quiet_(history.size()) {
    const std::size_t n = history.size();
    for (std::size_t t = 0; t < n; ++t) {
      log_[t] = history.values[t] > 0 ? std::log(history.values[t]) : std::nan("");
      const auto row = shares.row(t);
      quiet_[t] = std::isfinite(log_[t]) && std::ranges::all_of(row, [](double x) { return x == 0; });
    }
    if (season_length <= 1 || n < 2 * season_length) return;
    take_profile(season_length);
    reach_ = season_length / 2;
    // The profile, a median over the days, follows the very stretches that the variance is measured on, and
    // not those of the events. A median of normal values varies pi / 2 times as much as their mean.
    const auto days = static_cast<double>(n / season_length);
    beyond_sample_ = (days + std::numbers::pi / 2) / std::max(days - std::numbers::pi / 2, 0.5);
  }

  /// Median of the steps in [from, to) over the level around them, the median of as many quiet steps as are
  /// within reach on either side; NaN where too little is known.
  [[nodiscard]] double lift(std::size_t from, std::size_t to) {
    const std::size_t reach = std::max(reach_, to - from);
    around_.clear(), inside_.clear();
    for (std::size_t t = from - std::min(from, reach); t < std::min(to + reach, log_.size()); ++t) {
      if (t >= from && t < to) {
        if (std::isfinite(log_[t])) inside_.push_back(log_[t]);
      } else if (quiet_[t]) {
        around_.push_back(log_[t]);
      }
    }
    if (inside_.empty() || 2 * around_.size() < reach) return std::nan("");
    return median_in_place(inside_) - median_in_place(around_);
  }
  /// Variance of `lift` over stretches of `length` steps in which nothing was announced. O(n + n length /
  /// stride).
  [[nodiscard]] double variance_of_lift(std::size_t length) {
    const std::size_t n = log_.size(), reach = std::max(reach_, length);
    const std::size_t stride = std::max<std::size_t>({1, length / 2, n / 64});
    if (!sorted_) sorted_.emplace(log_);
    sorted_->clear();
    const auto let_in = [&](std::size_t t) {
      if (quiet_[t]) sorted_->insert(t);
    };
    const auto let_go = [&](std::size_t t) {
      if (quiet_[t]) sorted_->remove(t);
    };
    std::size_t first = 0, before = 0, behind = length, last = length;  // [first, before) and [behind, last)
    std::vector<double> lifts;
    for (std::size_t from = 0; from + length <= n; from += stride) {
      for (; last < std::min(from + length + reach, n); ++last) let_in(last);
      for (; behind < from + length; ++behind) let_go(behind);
      for (; before < from; ++before) let_in(before);
      for (; first + reach < from; ++first) let_go(first);
      std::size_t calm = 0;
      inside_.clear();
      for (std::size_t t = from; t < from + length; ++t) {
        if (quiet_[t]) ++calm;
        if (std::isfinite(log_[t])) inside_.push_back(log_[t]);
      }
      if (2 * calm < length || inside_.empty() || 2 * sorted_->size() < reach) continue;
      const double l = median_in_place(inside_) - sorted_->median();
      if (std::isfinite(l)) lifts.push_back(std::abs(l));
    }
    if (lifts.size() < 4) return std::numeric_limits<double>::infinity();
    const double spread = 1.4826 * median_in_place(lifts);
    return std::max(spread * spread * beyond_sample_, 1e-6);
  }

 private:
  void take_profile(std::size_t m) {
    const std::size_t n = log_.size(), days = n / m, first = n - days * m;
    std::vector<double> level(days), values;
    for (std::size_t d = 0; d < days; ++d) {
      values.clear();
      for (std::size_t i = 0; i < m; ++i)
        if (const std::size_t t = first + d * m + i; quiet_[t]) values.push_back(log_[t]);
      level[d] = 2 * values.size() >= m ? median_in_place(values) : std::nan("");
    }
    std::vector<double> profile(m);
    for (std::size_t i = 0; i < m; ++i) {
      values.clear();
      for (std::size_t d = 0; d < days; ++d)
        if (const std::size_t t = first + d * m + i; quiet_[t] && std::isfinite(level[d]))
          values.push_back(log_[t] - level[d]);
      profile[i] = values.empty() ? 0 : median_in_place(values);
    }
    for (std::size_t t = 0; t < n; ++t) log_[t] -= profile[(t + m - first % m) % m];
  }

  std::vector<double> log_;
  std::vector<char> quiet_;  ///< read, and no event
  std::vector<double> around_, inside_;
  std::optional<window_median> sorted_;  ///< made when first asked for
  double beyond_sample_ = 1;
  std::size_t reach_ = 12;  ///< steps to either side that say what the level is
};

}  // namespace detail

inline std::vector<event_effect> learn_effects(telemetry::series_view history, regressor_view shares,
                                               std::size_t season_length) {
  FORESHIFT_EXPECT(shares.columns == 0 || shares.rows() == history.size());
  std::vector<event_effect> out(shares.columns);
  if (shares.columns == 0) return out;
  std::optional<detail::levelled_series> levels;  // made for the first occurrence: most looks find none
  std::vector<std::pair<std::size_t, double>> variances;  // by length: occurrences are often alike
  const auto variance_of = [&](std::size_t length) {
    const auto known = std::ranges::find(variances, length, &std::pair<std::size_t, double>::first);
    if (known != variances.end()) return known->second;
    return variances.emplace_back(length, levels->variance_of_lift(length)).second;
  };
  const auto alone = [&](std::size_t t, std::size_t j) {
    const auto row = shares.row(t);
    for (std::size_t k = 0; k < row.size(); ++k)
      if (k != j && row[k] > 0) return false;
    return row[j] >= 0.5;
  };
  for (std::size_t j = 0; j < out.size(); ++j) {
    std::vector<std::pair<double, std::size_t>> lifts;  // with the length of the occurrence
    for (std::size_t t = 0; t < history.size(); ++t) {
      const std::size_t from = t;
      while (t < history.size() && alone(t, j)) ++t;
      if (t == from) continue;
      if (!levels) levels.emplace(history, shares, season_length);
      if (const double l = levels->lift(from, t); std::isfinite(l)) lifts.emplace_back(l, t - from);
    }
    if (lifts.empty()) continue;
    double sum = 0, variance = 0, scatter = 0;
    const auto k = static_cast<double>(lifts.size());
    for (const auto& [lift, length] : lifts) sum += lift, variance += variance_of(length);
    for (const auto& [lift, length] : lifts) scatter += (lift - sum / k) * (lift - sum / k);
    variance /= k * k;
    if (lifts.size() > 2) variance = std::max(variance, scatter / (k - 1) / k);
    out[j] = {sum / k, variance, lifts.size()};
  }
  return out;
}

inline shared_effect share_effects(std::span<const event_effect> own) {
  double weights = 0, squares = 0, mean = 0;
  shared_effect out;
  for (const auto& e : own) {
    if (!e.known()) continue;
    const double w = 1 / e.variance;
    weights += w, squares += w * w, mean += w * e.log_factor, ++out.series;
  }
  if (out.series == 0) return out;
  mean /= weights;
  double q = 0;
  for (const auto& e : own)
    if (e.known()) q += (e.log_factor - mean) * (e.log_factor - mean) / e.variance;
  const double spare = weights - squares / weights;
  if (spare > 0) out.variance = std::max(0.0, (q - static_cast<double>(out.series - 1)) / spare);
  double total = 0;
  for (const auto& e : own) {
    if (!e.known()) continue;
    const double w = 1 / (e.variance + out.variance);
    out.mean += w * e.log_factor, total += w;
  }
  out.mean /= total;
  return out;
}

inline event_effect shrunk(const event_effect& own, const shared_effect& all) {
  if (all.series == 0) return own;
  if (!own.known()) return {all.mean, all.variance, 0};
  if (all.series == 1) return own;
  const double trust = all.variance / (all.variance + own.variance);
  return {std::lerp(all.mean, own.log_factor, trust), trust * own.variance, own.occurrences};
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
