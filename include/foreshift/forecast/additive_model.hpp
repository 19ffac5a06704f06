#pragma once
/// @file
/// A fitted additive model: predicts, takes itself apart, and learns without being fitted again.
///
/// Learning is a Kalman filter over the trend's line and rate and the effects. It starts from the most
/// probable parameters and their covariance under the posterior, so an update weighs a new observation
/// against the whole history at a cost that does not depend on its length. The trend moves as the model says
/// it does: its rate changes as often as there were change points, by as much as they were large. Effects do
/// not drift. The filter is linearised about its own prediction where effects multiply or growth saturates.
///
/// Source: A. C. Harvey, "Forecasting, Structural Time Series Models and the Kalman Filter", 1989, sections
/// 2.3 and 3.4. Departure: an innovation beyond four of its standard deviations counts as four, so that a
/// spike does not bend the trend, and the noise follows the recent innovations.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/additive_columns.hpp>
#include <foreshift/forecast/additive_map.hpp>
#include <foreshift/forecast/additive_options.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Which steps are wanted: `size` of them from `start` on, in the history or after it. @pre step > 0
struct additive_grid {
  time_point start{};
  duration step = std::chrono::minutes{5};
  std::size_t size = 0;
};

/// One part of a forecast over a grid: in the unit of the series, or a share of the trend if it multiplies.
struct additive_curve {
  std::string name{};
  component_kind kind = component_kind::season;
  effect_mode mode = effect_mode::additive;
  std::vector<double> values{};
};

/// yhat = trend (1 + multiplicative_terms) + additive_terms, step by step; in the unit of the series, but for
/// the multiplicative terms. With logistic growth the floor is part of the trend and is not multiplied.
struct additive_components {
  std::vector<double> trend{};
  std::vector<double> additive_terms{};
  std::vector<double> multiplicative_terms{};
  std::vector<double> yhat{};
  std::vector<additive_curve> parts{};  ///< each season, holiday and regressor

  /// A part by its name, or nothing.
  [[nodiscard]] const additive_curve* find(std::string_view name) const {
    const auto at = std::ranges::find(parts, name, &additive_curve::name);
    return at == parts.end() ? nullptr : &*at;
  }
  /// All parts of one kind and mode together: Prophet's `holidays`, `extra_regressors_additive` ...
  [[nodiscard]] std::vector<double> total(component_kind kind, effect_mode mode) const {
    std::vector<double> out(yhat.size());
    for (const auto& part : parts)
      if (part.kind == kind && part.mode == mode)
        for (std::size_t i = 0; i < out.size(); ++i) out[i] += part.values[i];
    return out;
  }
};

namespace detail {

class additive_fit;
class additive_simulation;

/// The instant of step i; beyond the end of the time line (the year 2262) time stands still.
[[nodiscard]] inline time_point step_time(const additive_grid& grid, std::uint64_t i) {
  const auto from = grid.start.time_since_epoch().count();
  const auto room =
      (std::numeric_limits<duration::rep>::max() - std::max<duration::rep>(from, 0)) / grid.step.count();
  return grid.start + grid.step * static_cast<duration::rep>(std::min(i, static_cast<std::uint64_t>(room)));
}

}  // namespace detail

/// A regular value. Memory O(q^2 + change points) with q columns; none of the history is kept. `update` costs
/// O(q^2), prediction O(q) a step.
class additive_model {
 public:
  /// @pre row has the regressors of the fit
  friend void update(additive_model& m, double y, std::span<const double> row) { m.learn(y, row); }
  /// @pre x has the regressors of the fit and a row for each step
  friend void predict_mean(const additive_model& m, regressor_view x, std::span<double> out) {
    FORESHIFT_EXPECT(x.columns == m.columns_.regressors && (x.columns == 0 || x.rows() >= out.size()));
    std::vector<double> row(m.beta_.size());
    for (std::size_t h = 0; h < out.size(); ++h) {
      const time_point at = m.time_ahead(h + 1);
      m.columns_.write_row(at, x.columns == 0 ? std::span<const double>{} : x.row(h), row);
      out[h] = m.in_unit(m.expect(m.trend_of(m.line_at(m.clock(at))), row));
    }
  }
  /// The parts of the model on any grid of time, past or future. The past up to the end of the fit shows the
  /// fitted trend, later steps the line that the trend is on now. Effects are the present ones. O(steps x q)
  /// @pre x has the regressors of the fit and a row for each step
  friend additive_components components(const additive_model& m, const additive_grid& grid,
                                        regressor_view x) {
    return m.take_apart(grid, x);
  }

  /// Growth rate and offset at the fit, over scaled time and the scaled series as in Prophet.
  [[nodiscard]] double k() const { return fitted_.k; }
  [[nodiscard]] double m() const { return fitted_.m; }
  /// Changes of the rate at the change points, at the fit.
  [[nodiscard]] std::span<const double> deltas() const { return fitted_.delta; }
  /// Change points as shares of the history.
  [[nodiscard]] std::span<const double> changepoints() const { return changepoints_; }
  /// The present effect of each column, over the scaled series.
  [[nodiscard]] std::span<const double> effects() const { return beta_; }
  /// The present standard deviation of the noise, in the unit of the series.
  [[nodiscard]] double sigma() const { return scale_ * std::sqrt(variance_); }
  /// The penalised loss (negative log posterior without constants) that the fit ended with.
  [[nodiscard]] double loss() const { return loss_; }
  /// Whether the fit found a minimum, or ran out of iterations.
  [[nodiscard]] bool converged() const { return converged_; }
  [[nodiscard]] duration step() const { return grid_.step; }
  [[nodiscard]] bool takes(std::size_t regressors) const { return regressors == columns_.regressors; }
  /// The first step that has not been observed.
  [[nodiscard]] time_point end() const { return time_ahead(1); }

 private:
  friend struct foreshift::archive_access;
  friend class detail::additive_fit;
  friend class detail::additive_simulation;
  additive_model() = default;

  static constexpr double line_max = 1e60, effect_max = 1e30, variance_max = 1e60, covariance_max = 1e13;

  [[nodiscard]] time_point time_ahead(std::uint64_t steps) const {
    return detail::step_time(grid_, now_ + steps);
  }
  /// Scaled time: 0 at the first observation of the fit, 1 at the last.
  [[nodiscard]] double clock(time_point t) const {
    const auto count = [](time_point p) { return static_cast<double>(p.time_since_epoch().count()); };
    return (count(t) - count(first_)) / static_cast<double>(span_.count());
  }
  [[nodiscard]] double line_at(double t) const {
    return std::clamp(line_ + rate_ * (t - clock(time_ahead(0))), -line_max, line_max);
  }
  [[nodiscard]] double trend_of(double line) const {
    return growth_ == trend_growth::logistic ? cap_ * detail::logistic(line) : line;
  }
  [[nodiscard]] double expect(double trend, std::span<const double> row) const {
    const auto effect = detail::effect_of(row, beta_, multiplies_);
    return trend * (1 + effect.share) + effect.added;
  }
  [[nodiscard]] double in_unit(double scaled) const {
    return std::clamp(floor_ + scale_ * scaled, -1e300, 1e300);
  }

  void learn(double y, std::span<const double> given) {
    FORESHIFT_EXPECT(given.size() == columns_.regressors);
    pass_time();
    if (!is_observed(y) || !std::ranges::all_of(given, is_observed)) return;
    const std::size_t q = beta_.size(), d = 2 + q;
    direction_.resize(d);
    gain_.resize(d);
    const auto row = std::span{direction_}.subspan(2);
    columns_.write_row(time_ahead(0), given, row);
    const double trend = trend_of(line_);
    const auto effect = detail::effect_of(row, beta_, multiplies_);
    const double surprise = (y - floor_) / scale_ - (trend * (1 + effect.share) + effect.added);

    // The derivative of the prediction by line, rate and effects.
    direction_[0] =
        (1 + effect.share) * (growth_ == trend_growth::logistic ? trend * (1 - trend / cap_) : 1.0);
    direction_[1] = 0;
    for (std::size_t j = 0; j < q; ++j)
      if (multiplies_[j] != 0) row[j] *= trend;

    const auto p = numeric::as_matrix(std::span{covariance_}, d);
    const auto h = numeric::as_vector(std::span<const double>{direction_});
    auto gain = numeric::as_vector(std::span{gain_});
    gain.noalias() = p * h;
    const double spread = std::max(h.dot(gain), 0.0) + variance_;
    const double bound = 4 * std::sqrt(spread);
    const double counted = std::clamp(surprise, -bound, bound);
    for (std::size_t i = 0; i < d; ++i)
      numeric::as_matrix(std::span{covariance_}, d).row(numeric::to_index(i)) -=
          (gain_[i] / spread) * gain.transpose();
    const double step = counted / spread;
    line_ = std::clamp(line_ + step * gain_[0], -line_max, line_max);
    rate_ = std::clamp(rate_ + step * gain_[1], -line_max, line_max);
    for (std::size_t j = 0; j < q; ++j)
      beta_[j] = std::clamp(beta_[j] + step * gain_[2 + j], -effect_max, effect_max);
    variance_ += (counted * step * variance_ - variance_) / memory_;
    variance_ = std::clamp(variance_, detail::sigma_min * detail::sigma_min, variance_max);
  }
  /// One step on: the line follows its rate, and the rate may have changed.
  void pass_time() {
    const double before = clock(time_ahead(0));
    ++now_;
    const double dt = clock(time_ahead(0)) - before;
    line_ = std::clamp(line_ + rate_ * dt, -line_max, line_max);
    const std::size_t d = 2 + beta_.size();
    double* line = covariance_.data();
    double* rate = line + d;
    if (line[0] > 0.1 * covariance_max || rate[1] > 0.1 * covariance_max)
      return;  // nothing is known any more
    for (std::size_t j = 0; j < d; ++j) line[j] += dt * rate[j];
    for (std::size_t j = 0; j < d; ++j) covariance_[j * d] += dt * covariance_[j * d + 1];
    line[0] += drift_ * dt * dt * dt / 3;
    line[1] += drift_ * dt * dt / 2;
    rate[0] += drift_ * dt * dt / 2;
    rate[1] += drift_ * dt;
  }

  [[nodiscard]] additive_components take_apart(const additive_grid& grid, regressor_view x) const {
    FORESHIFT_EXPECT(grid.step > duration::zero());
    FORESHIFT_EXPECT(x.columns == columns_.regressors && (x.columns == 0 || x.rows() >= grid.size));
    additive_components out;
    for (auto* curve : {&out.trend, &out.additive_terms, &out.multiplicative_terms, &out.yhat})
      curve->resize(grid.size);
    for (const auto& c : columns_.components)
      out.parts.push_back({c.name, c.kind, c.mode, std::vector<double>(grid.size)});
    std::vector<double> row(beta_.size());
    detail::hinge_walk past{growth_, fitted_, changepoints_};
    for (std::size_t i = 0; i < grid.size; ++i) {
      const time_point at = detail::step_time(grid, i);
      const double t = clock(at);
      columns_.write_row(at, x.columns == 0 ? std::span<const double>{} : x.row(i), row);
      const double trend = trend_of(t <= fitted_until_ ? past.at(t) : line_at(t));
      out.trend[i] = in_unit(trend);
      const auto effect = detail::effect_of(row, beta_, multiplies_);
      out.multiplicative_terms[i] = effect.share;
      out.additive_terms[i] = scale_ * effect.added;
      out.yhat[i] = in_unit(trend * (1 + effect.share) + effect.added);
      std::size_t column = 0;
      for (std::size_t c = 0; c < out.parts.size(); ++c) {
        double sum = 0;
        for (const std::size_t last = column + columns_.components[c].columns; column < last; ++column)
          sum += row[column] * beta_[column];
        out.parts[c].values[i] = out.parts[c].mode == effect_mode::additive ? scale_ * sum : sum;
      }
    }
    return out;
  }

  [[nodiscard]] bool consistent() const;
  static void members(auto& self, auto& archive) {
    archive(self.columns_, self.multiplies_, self.growth_, self.cap_, self.floor_, self.scale_,
            self.grid_.start, self.grid_.step, self.now_, self.first_, self.span_, self.fitted_until_,
            self.fitted_.k, self.fitted_.m, self.fitted_.delta, self.fitted_.beta, self.changepoints_);
    archive(self.line_, self.rate_, self.beta_, self.covariance_, self.variance_, self.drift_, self.memory_,
            self.interval_width_, self.samples_, self.seed_, self.loss_, self.converged_);
  }

  detail::additive_columns columns_{};
  std::vector<unsigned char> multiplies_{};  ///< for each column: 1 if it multiplies the trend
  trend_growth growth_ = trend_growth::linear;
  double cap_ = 1, floor_ = 0, scale_ = 1;  ///< cap over scale; the others in the unit of the series
  additive_grid grid_{};                    ///< where steps begin
  std::uint64_t now_ = 0;                   ///< the last step observed
  time_point first_{};                      ///< scaled time 0
  duration span_{1};                        ///< and 1 so much later
  double fitted_until_ = 1;
  detail::additive_parameters fitted_{};  ///< without beta
  std::vector<double> changepoints_{};

  double line_ = 0, rate_ = 0;        ///< of the trend, now
  std::vector<double> beta_{};        ///< effects, now
  std::vector<double> covariance_{};  ///< (2 + q)^2 of line, rate and effects
  double variance_ = 1;               ///< of the noise
  double drift_ = 0;                  ///< variance that the rate gains in a unit of scaled time
  double memory_ = 100;               ///< steps over which the noise is averaged
  double interval_width_ = 0.8;
  std::uint64_t samples_ = 1000, seed_ = 1;
  double loss_ = 0;
  bool converged_ = false;
  std::vector<double> direction_{}, gain_{};  ///< room to work in
};

inline bool additive_model::consistent() const {
  const auto within = [](double bound) {
    return [bound](double v) { return std::abs(v) <= bound; };  // false for NaN
  };
  const auto positive = [](double v, double most) { return v > 0 && v <= most; };
  const std::size_t q = columns_.size(), d = 2 + q;
  if (multiplies_.size() != q || beta_.size() != q || covariance_.size() != d * d) return false;
  if (growth_ > trend_growth::flat || grid_.step <= duration::zero() || span_ < grid_.step) return false;
  if (fitted_.delta.size() != changepoints_.size() || !fitted_.beta.empty()) return false;
  for (std::size_t i = 0; i < d; ++i)
    if (!(covariance_[i * d + i] >= 0)) return false;
  return positive(cap_, 1e210) && within(1e101)(floor_) && positive(scale_, 1e101) &&
         now_ < std::numeric_limits<std::uint64_t>::max() / 2 && std::isfinite(fitted_until_) &&
         within(line_max)(fitted_.k) && within(line_max)(fitted_.m) && within(line_max)(line_) &&
         within(line_max)(rate_) && std::ranges::all_of(fitted_.delta, within(line_max)) &&
         std::ranges::all_of(changepoints_, within(1.0)) && std::ranges::is_sorted(changepoints_) &&
         std::ranges::all_of(beta_, within(effect_max)) &&
         std::ranges::all_of(covariance_, within(covariance_max)) && positive(variance_, variance_max) &&
         within(1e20)(drift_) && drift_ >= 0 && memory_ >= 1 && memory_ <= 1e9 && interval_width_ > 0 &&
         interval_width_ < 1 && samples_ >= 1 && samples_ <= 10'000'000 && !std::isnan(loss_);
}

static_assert(FittedModel<additive_model>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
