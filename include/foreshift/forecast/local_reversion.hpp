#pragma once
/// @file
/// A deviation from the usual level dies out at the rate at which such deviations have died out before.
///
/// The level is a running median, the deviation from it follows a first-order autoregression whose
/// coefficient is estimated with fading memory. Between the naive forecast (coefficient 1) and the median
/// (0), and chosen by the data: for short traces of processor load at five minutes it is hard to beat.

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/robust_level.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::forecast {

class local_reversion_model;

/// Regressors are ignored.
struct local_reversion {
  using model = local_reversion_model;
  static constexpr std::string_view name = "local-reversion";
  static constexpr bool fits_by_update = true;
  std::size_t window = 36;  ///< observations behind the level, at least 1
  double memory = 288;      ///< steps behind the autoregressive coefficient, > 0
  double prior_weight = 4;  ///< how many steps' worth of belief the prior coefficient has, >= 0
  double prior = 0.7;       ///< coefficient believed before anything is seen, in [0, 1]

  static void members(auto& self, auto& archive) {
    archive(self.window, self.memory, self.prior_weight, self.prior);
  }
  [[nodiscard]] bool consistent() const {
    return window >= 1 && memory > 0 && prior_weight >= 0 && prior_weight <= 1e100 && prior >= 0 &&
           prior <= 1;
  }
};

/// update: O(window) moves and no allocation. Prediction: O(h).
class local_reversion_model {
 public:
  explicit local_reversion_model(const local_reversion& spec)
      : spec_(spec), level_(spec.window), fade_(1.0 - 1.0 / std::max(spec.memory, 1.0)) {}

  friend void update(local_reversion_model& m, double y, std::span<const double> /*row*/) {
    if (!is_observed(y)) {
      m.deviation_ *= m.coefficient();  // the best guess at what nobody saw
      return;
    }
    if (!m.level_.empty()) m.learn(y - m.level_.median());
    m.level_.push(y);
    m.deviation_ = y - m.level_.median();
  }
  friend void predict_mean(const local_reversion_model& m, regressor_view /*x*/, std::span<double> out) {
    const double level = m.level_.median();
    const double phi = m.coefficient();
    double deviation = m.deviation_;
    for (double& o : out) o = level + (deviation *= phi);
  }
  [[nodiscard]] bool empty() const { return level_.empty(); }
  /// The share of a deviation that is left after one step, in [0, 1].
  [[nodiscard]] double coefficient() const {
    const double belief = spec_.prior_weight * spread_ / std::max(weight_, 1.0);
    const double squares = squares_ + belief;
    return squares > 0 ? std::clamp((products_ + belief * spec_.prior) / squares, 0.0, 1.0) : spec_.prior;
  }

 private:
  friend struct foreshift::archive_access;
  local_reversion_model() : level_(archive_access::blank<running_median>()) {}
  static void members(auto& self, auto& archive) {
    archive(self.spec_, self.level_, self.fade_, self.deviation_, self.squares_, self.products_, self.spread_,
            self.spread_abs_, self.weight_);
  }
  [[nodiscard]] bool consistent() const {
    const auto sum = [](double v) { return v >= 0 && v <= sums_max; };
    return !level_.empty() && fade_ >= 0 && fade_ <= 1 && std::abs(deviation_) <= 4 * largest_observation &&
           sum(squares_) && std::abs(products_) <= sums_max && sum(spread_) && sum(spread_abs_) &&
           sum(weight_);
  }

  // One regression row, its influence bounded: both ends are cut at three times the usual deviation.
  void learn(double next) {
    const double usual = weight_ > 0 ? spread_abs_ / weight_ : std::max(std::abs(next), std::abs(deviation_));
    const double bound = 3.0 * usual;
    const double a = std::clamp(deviation_, -bound, bound);
    const double b = std::clamp(next, -bound, bound);
    squares_ = fade_ * squares_ + a * a;
    products_ = fade_ * products_ + a * b;
    spread_ = fade_ * spread_ + a * a;
    spread_abs_ = fade_ * spread_abs_ + std::min(std::abs(next), std::max(bound, 1e-12 + 2.0 * usual));
    weight_ = fade_ * weight_ + 1.0;
  }

  static constexpr double sums_max = 1e220;  ///< a hundred billion billion of the largest squares
  local_reversion spec_;
  running_median level_;
  double fade_ = 0;
  double deviation_ = 0;
  double squares_ = 0, products_ = 0, spread_ = 0, spread_abs_ = 0, weight_ = 0;
};

/// `all_missing` without any observation. O(n). @pre the ranges named at the fields
[[nodiscard]] inline result<local_reversion_model, errc> fit(const local_reversion& spec,
                                                             telemetry::series_view y, regressor_view) {
  FORESHIFT_EXPECT(spec.window >= 1 && spec.memory > 0);
  FORESHIFT_EXPECT(spec.prior_weight >= 0 && spec.prior >= 0 && spec.prior <= 1);
  local_reversion_model model{spec};
  for (const double v : y.values) update(model, v, {});
  if (model.empty()) return failure{errc::all_missing};
  return model;
}

static_assert(Forecaster<local_reversion>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
