#pragma once
/// @file
/// The Theta method: simple exponential smoothing that drifts with half of the slope of the whole history.
///
/// It won the M3 competition and is hard to beat where little is known. The series is deseasonalised when a
/// test finds a season; its level is smoothed with the alpha of least squares; the forecast moves away from
/// that level at half the slope of the straight line through the history.
///
/// Source: V. Assimakopoulos, K. Nikolopoulos, "The theta model: a decomposition approach to forecasting",
/// Int. J. Forecasting 16, 2000; R. J. Hyndman, B. Billah, "Unmasking the Theta method", Int. J. Forecasting
/// 19, 2003 (smoothing with drift, equation 7 and the variance). Agrees with R's `thetaf`, save that the
/// start of the level is the exact least-squares one for each alpha and that variances are seasonal like the
/// forecast.

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/line_search.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/running_line.hpp>
#include <foreshift/forecast/seasonal_figure.hpp>
#include <foreshift/forecast/theta_history.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

class theta_model;

/// Regressors are ignored.
struct theta {
  using model = theta_model;
  static constexpr std::string_view name = "theta";
  std::size_t season_length = 24;  ///< in steps, at least 1; used only if a test finds that season

  static void members(auto& self, auto& archive) { archive(self.season_length); }
};

/// Update O(1), prediction O(h), neither allocates.
class theta_model {
 public:
  /// In a gap the level moves on by the drift and the line learns nothing.
  friend void update(theta_model& m, double y, std::span<const double> /*row*/) {
    ++m.time_;
    const bool seen = is_observed(y);
    const double value = seen ? m.season_.without(y) : m.level_ + m.drift() * m.ahead();
    if (seen) m.line_.add(m.time_, value);
    m.level_ += m.alpha_ * (value - m.level_);
    m.faded_ *= 1 - m.alpha_;
    m.season_.advance();
  }
  friend void predict_mean(const theta_model& m, regressor_view /*x*/, std::span<double> out) {
    for (std::size_t h = 0; h < out.size(); ++h)
      out[h] = m.level_ + m.drift() * (static_cast<double>(h) + m.ahead());
    m.season_.restore(out);
  }
  /// The variance of each of the next out.size() errors, under the innovations model of smoothing with drift.
  friend void predict_variance(const theta_model& m, std::span<double> out) {
    for (std::size_t h = 0; h < out.size(); ++h)
      out[h] = m.variance_ * (1 + static_cast<double>(h) * m.alpha_ * m.alpha_);
    m.season_.restore_variance(out);
  }

  [[nodiscard]] double alpha() const { return alpha_; }
  [[nodiscard]] double level() const { return level_; }
  /// Half the slope of the line.
  [[nodiscard]] double drift() const { return 0.5 * line_.slope(); }
  /// Of the one-step errors of the fit, without the season.
  [[nodiscard]] double variance() const { return variance_; }
  [[nodiscard]] const seasonal_figure& season() const { return season_; }

  /// See `fit`.
  static theta_model fitted(const theta& spec, std::span<const double> y) {
    theta_history history{y, spec.season_length};
    const auto squares = [&](double alpha) { return smooth_level(history, alpha).squares; };
    theta_model m;
    m.alpha_ = least_argument(squares, {.lower = alpha_min, .upper = alpha_max});
    const auto best = smooth_level(history, m.alpha_);
    for (std::size_t i = 0; i < history.values.size(); ++i) {
      ++m.time_;
      m.faded_ *= 1 - m.alpha_;
      if (history.observed[i]) m.line_.add(m.time_, history.values[i]);
    }
    m.line_.scale(history.unit);
    m.level_ = best.level * history.unit;
    const auto counted = static_cast<double>(std::ranges::count(history.observed, true));
    m.variance_ = best.squares / std::max(1.0, counted - 2) * history.unit * history.unit;
    m.season_ = std::move(history.season);
    return m;
  }

 private:
  friend struct foreshift::archive_access;
  theta_model() = default;
  static void members(auto& self, auto& archive) {
    archive(self.season_, self.line_, self.level_, self.alpha_, self.faded_, self.time_, self.variance_);
  }
  [[nodiscard]] bool consistent() const {
    return std::abs(level_) <= 1e110 && alpha_ >= alpha_min && alpha_ <= alpha_max && faded_ >= 0 &&
           faded_ <= 1 && time_ >= 0 && time_ <= 1e15 && variance_ >= 0 && variance_ <= 1e240;
  }

  static constexpr double alpha_min = 1e-4, alpha_max = 0.9999;  // R's bounds

  /// How many drifts the next value lies above the level.
  [[nodiscard]] double ahead() const { return (1 - faded_) / alpha_; }

  seasonal_figure season_;
  running_line line_;
  double level_ = 0;
  double alpha_ = 0.5;
  double faded_ = 1;  // (1 - alpha) to the power of time_
  double time_ = 0;   // steps since the first observation
  double variance_ = 0;
};

/// `all_missing` without any observation, `too_short` for an empty history. O(n * season_length) for the test
/// and some thirty passes over the history. @pre season_length >= 1
[[nodiscard]] inline result<theta_model, errc> fit(const theta& spec, telemetry::series_view y,
                                                   regressor_view) {
  FORESHIFT_EXPECT(spec.season_length >= 1);
  if (y.size() == 0) return failure{errc::too_short};
  if (count_observed(y.values) == 0) return failure{errc::all_missing};
  return theta_model::fitted(spec, y.values);
}

static_assert(Forecaster<theta>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
