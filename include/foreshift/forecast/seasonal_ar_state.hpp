#pragma once
/// @file
/// The options of the seasonal autoregression, and what it remembers: a standardised past that can be asked
/// by lag.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/numeric/statistics.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

class seasonal_ar_model;

/// Which steps of the past the regression looks at; m: season, k: seasons in the longer cycle.
enum class lag_pattern : std::uint8_t {
  sparse,  ///< {1, 2, m, m+1, km, km+1}
  dense,   ///< {1, 2, 3, m-1, m, m+1, 2m, 2m+1, (k-1)m, km, km+1, (k+1)m}: for smooth and regular series
};

/// Defaults chosen by validation inside the training data of M4 hourly and of two sets of virtual machines.
struct seasonal_ar {
  using model = seasonal_ar_model;
  static constexpr std::string_view name = "seasonal-ar";
  static constexpr std::size_t observations_min = 8;

  std::size_t season_length = 24;    ///< m, in steps, at least 1; 1: no season
  std::size_t seasons_in_cycle = 7;  ///< the longer cycle, for the lags 7m and 7m+1; 1: none
  lag_pattern lags = lag_pattern::sparse;
  double level_steps =
      0;  ///< time constant of a local level beside the lags, >= 1; 0: none. 8 is good for noisy load
  double memory = 21;           ///< a row's weight falls by e in so many seasons, > 0
  double ridge = 0.2;           ///< in observations of the standardised series, > 0
  double ridge_places = 1.0;    ///< for each time-of-day dummy, in days of observations, > 0
  double ridge_events = 0.1;    ///< pulls the effect of each regressor to 0, > 0
  double huber = 1.5;           ///< surprises beyond so many standard deviations count less; 0: least squares
  double prior_lag1 = 0.5;      ///< where the ridge pulls the coefficient of lag 1
  double guard = 0.25;          ///< a path may leave the observed range by this share of it, >= 0
  std::size_t places_max = 24;  ///< time-of-day dummies; a season with more steps shares them
  std::size_t rounds = 4;       ///< of reweighting in `fit`
  std::size_t solve_every =
      4;  ///< observations between solutions while streaming, at least 1; denser at first

  [[nodiscard]] double memory_steps() const {
    return std::max(memory * static_cast<double>(season_length), 200.0);
  }
  [[nodiscard]] double fade() const { return std::exp(-1.0 / memory_steps()); }
  /// Rows wanted before a longer lag comes into use.
  [[nodiscard]] std::size_t rows_min() const { return std::max<std::size_t>(season_length, 36); }
  /// Older rows weigh less than e^-6 and are not looked at.
  [[nodiscard]] std::size_t history_max() const {
    return static_cast<std::size_t>(6.0 * memory_steps()) + season_length * seasons_in_cycle + 1;
  }

  static void members(auto& self, auto& archive) {
    archive(self.season_length, self.seasons_in_cycle, self.lags, self.level_steps, self.memory, self.ridge,
            self.ridge_places, self.ridge_events, self.huber, self.prior_lag1, self.guard, self.places_max,
            self.rounds, self.solve_every);
  }
  [[nodiscard]] bool consistent() const {
    const auto positive = [](double v) { return v > 0; };
    return is_archived_size(season_length) && seasons_in_cycle <= archived_size_max &&
           lags <= lag_pattern::dense && positive(memory) && positive(ridge) && positive(ridge_places) &&
           positive(ridge_events) && huber >= 0 && guard >= 0 && guard <= 1e50 && solve_every >= 1;
  }
};

namespace detail {

/// At most twelve lags, ascending.
struct lag_set {
  std::array<std::size_t, 12> lag{};
  std::size_t count = 0;
  [[nodiscard]] std::size_t size() const { return count; }
  [[nodiscard]] std::size_t operator[](std::size_t i) const { return lag[i]; }
  [[nodiscard]] std::size_t back() const { return lag[count - 1]; }
  /// Takes a lag that is longer than all before it; others are in already.
  void append(std::size_t l) {
    if (count == 0 || l > back()) lag[count++] = l;
  }
};

/// How many sets of lags there are: near, daily, weekly.
[[nodiscard]] inline std::size_t stages_of(const seasonal_ar& spec) {
  return spec.season_length < 3 ? 1U : spec.seasons_in_cycle < 2 ? 2U : 3U;
}
/// The lags of one stage; a stage that does not exist has the lags of the last one.
[[nodiscard]] inline lag_set lags_in_use(const seasonal_ar& spec, std::size_t stage) {
  const std::size_t m = spec.season_length, k = spec.seasons_in_cycle;
  const bool dense = spec.lags == lag_pattern::dense;
  stage = std::min(stage, stages_of(spec) - 1);
  lag_set s{{1, 2}, 2};
  if (dense) s.append(3);
  if (stage >= 1) {
    if (dense) s.append(m - 1);
    for (const std::size_t l : {m, m + 1}) s.append(l);
    if (dense)
      for (const std::size_t l : {2 * m, 2 * m + 1}) s.append(l);
  }
  if (stage >= 2) {
    if (dense) s.append((k - 1) * m);
    for (const std::size_t l : {k * m, k * m + 1}) s.append(l);
    if (dense) s.append((k + 1) * m);
  }
  return s;
}

/// y = center + unit z. The unit is a mean absolute deviation: it exists where a variance is ruled by one
/// spike, and does not vanish where more than half of the values are equal.
struct standardised {
  double center = 0;
  double unit = 1;
  [[nodiscard]] double in(double y) const { return std::clamp((y - center) / unit, -1e60, 1e60); }
  [[nodiscard]] double out(double z) const {
    return std::clamp(center + unit * z, -2 * largest_observation, 2 * largest_observation);
  }

  static void members(auto& self, auto& archive) { archive(self.center, self.unit); }
  [[nodiscard]] bool consistent() const { return is_observed(center) && unit > 0 && is_bounded(unit); }
};

/// @pre at least one value is observed
[[nodiscard]] inline standardised standardise(std::span<const double> values) {
  std::vector<double> seen;
  seen.reserve(values.size());
  std::ranges::copy_if(values, std::back_inserter(seen), is_observed);
  standardised s;
  s.center = numeric::median_in_place(seen);
  double sum = 0;
  for (const double v : seen) sum += std::abs(v - s.center) / static_cast<double>(seen.size());
  s.unit = 1.2533 * sum;
  if (!(s.unit > 1e-12 * std::abs(s.center)) || !(s.unit > 1e-150))
    s.unit = std::max(1e-3 * std::abs(s.center), 1e-3);
  return s;
}

/// Standardised values; a gap takes the value one season earlier, else the last one, else the center.
[[nodiscard]] inline std::vector<double> filled(std::span<const double> values, const standardised& s,
                                                std::size_t season_length) {
  std::vector<double> z(values.size());
  for (std::size_t t = 0; t < z.size(); ++t)
    z[t] = is_observed(values[t]) ? s.in(values[t])
           : t >= season_length   ? z[t - season_length]
           : t > 0                ? z[t - 1]
                                  : 0.0;
  return z;
}

/// Median absolute size in standard deviations; where more than half are exactly met, the mean absolute size.
[[nodiscard]] inline double robust_spread(std::span<double> sizes) {
  double sum = 0;
  for (const double s : sizes) sum += s;
  const double typical = numeric::mad_to_sigma * numeric::median_in_place(sizes);
  return typical > 0 ? typical : 1.2533 * sum / static_cast<double>(sizes.size());
}

/// 1 within k standard deviations, falling as 1/|residual| outside; k = 0 switches it off.
[[nodiscard]] inline double huber_weight(double residual, double spread, double k) {
  const double size = std::abs(residual);
  return k == 0 || size <= k * spread ? 1.0 : k * spread / size;
}

/// An exponentially weighted mean of the past, which stands in for the many short lags that are not in the
/// regression.
class local_level {
 public:
  explicit local_level(double steps) : pace_(steps >= 1 ? 1.0 / steps : 0.0) {}
  void push(double z) { level_ += pace_ * (z - level_); }
  [[nodiscard]] double value() const { return level_; }
  /// How many columns of the regression it takes: 0 or 1.
  [[nodiscard]] std::size_t columns() const { return pace_ > 0 ? 1 : 0; }
  void subtract(double share, const local_level& other) { level_ -= share * other.level_; }
  void clear() { level_ = 0; }

 private:
  friend struct foreshift::archive_access;
  local_level() = default;
  static void members(auto& self, auto& archive) { archive(self.pace_, self.level_); }
  [[nodiscard]] bool consistent() const { return pace_ >= 0 && pace_ <= 1 && is_bounded(level_); }

  double pace_ = 0;
  double level_ = 0;
};

/// The last values, by age. `ago(1)` is the youngest; what was never seen is 0, the center.
class lag_window {
 public:
  explicit lag_window(std::size_t length) : values_(length) {}
  void push(double z) {
    values_[head_] = z;
    if (++head_ == values_.size()) head_ = 0;
    size_ = std::min(size_ + 1, values_.size());
  }
  /// @pre 1 <= lag <= length
  [[nodiscard]] double ago(std::size_t lag) const {
    return values_[head_ >= lag ? head_ - lag : head_ + values_.size() - lag];
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t length() const { return values_.size(); }
  void clear() {
    std::ranges::fill(values_, 0.0);
    head_ = size_ = 0;
  }

 private:
  friend struct foreshift::archive_access;
  lag_window() = default;
  static void members(auto& self, auto& archive) { archive(self.values_, self.head_, self.size_); }
  [[nodiscard]] bool consistent() const {
    return head_ < values_.size() && size_ <= values_.size() && std::ranges::all_of(values_, is_bounded);
  }

  std::vector<double> values_;
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

/// What the regression can ask of one series: its value at each lag, and its local level.
struct series_track {
  lag_window past;
  local_level level;

  series_track(const seasonal_ar& spec) : past(lags_in_use(spec, 2).back()), level(spec.level_steps) {}
  void push(double z) {
    past.push(z);
    level.push(z);
  }
  void clear() {
    past.clear();
    level.clear();
  }
  /// The part of the regression row of the next step that comes from the past; out[0] is the constant's
  /// place.
  void write_row(const lag_set& lags, std::span<double> out) const {
    out[0] = 0;
    for (std::size_t i = 0; i < lags.size(); ++i) out[1 + i] = past.ago(lags[i]);
    if (level.columns() > 0) out[1 + lags.size()] = level.value();
  }

  static void members(auto& self, auto& archive) { archive(self.past, self.level); }

 private:
  friend struct foreshift::archive_access;
  series_track() : past(archive_access::blank<lag_window>()), level(archive_access::blank<local_level>()) {}
};

[[nodiscard]] inline double inner_product(std::span<const double> a, std::span<const double> b) {
  FORESHIFT_EXPECT(a.size() <= b.size());
  const double *const x = a.data(), *const y = b.data();
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += x[i] * y[i];
  return sum;
}

}  // namespace detail

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
