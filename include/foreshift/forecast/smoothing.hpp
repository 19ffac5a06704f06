#pragma once
/// @file
/// Simple exponential smoothing: a flat forecast at a level that follows the data at its own pace.
///
/// The pace alpha is not optimised in advance: a small grid of smoothers runs side by side, each with its
/// recent one-step error, and the one that is best now predicts. That makes `update` the whole of learning,
/// lets the pace change with the load, and costs some twenty multiplications.
///
/// Source: R. J. Hyndman et al., "Forecasting with Exponential Smoothing", 2008, section 2.3 (the model
/// (A,N,N)). Departure: alpha by discounted absolute error on a grid instead of least squares, so that spikes
/// do not decide.

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::forecast {

class exponential_smoothing_model;

/// Regressors are ignored.
struct exponential_smoothing {
  using model = exponential_smoothing_model;
  static constexpr std::string_view name = "smoothing";
  static constexpr bool fits_by_update = true;
  double alpha = 0;     ///< in (0, 1]; 0: the best of a grid from 0.05 to 1
  double memory = 100;  ///< how many steps the errors that choose alpha are remembered, > 0
};

/// No allocation. Update some ten nanoseconds, prediction O(h).
class exponential_smoothing_model {
 public:
  exponential_smoothing_model(const exponential_smoothing& spec, double first)
      : fixed_(spec.alpha), fade_(1.0 - 1.0 / std::max(spec.memory, 1.0)) {
    level_.fill(first);
  }

  friend void update(exponential_smoothing_model& m, double y, std::span<const double> /*row*/) {
    if (!is_observed(y)) return;  // the level does not move in a gap
    if (m.fixed_ > 0) {
      m.level_[0] += m.fixed_ * (y - m.level_[0]);
      return;
    }
    for (std::size_t i = 0; i < grid.size(); ++i) {
      const double e = y - m.level_[i];
      m.error_[i] = m.fade_ * m.error_[i] + std::abs(e);
      m.level_[i] += grid[i] * e;
    }
  }
  friend void predict_mean(const exponential_smoothing_model& m, regressor_view /*x*/,
                           std::span<double> out) {
    std::ranges::fill(out, m.level());
  }
  [[nodiscard]] double level() const { return level_[best()]; }
  [[nodiscard]] double alpha() const { return fixed_ > 0 ? fixed_ : grid[best()]; }

 private:
  friend struct foreshift::archive_access;
  exponential_smoothing_model() = default;
  static void members(auto& self, auto& archive) {
    archive(self.fixed_, self.fade_, self.level_, self.error_);
  }
  [[nodiscard]] bool consistent() const {
    return fixed_ >= 0 && fixed_ <= 1 && fade_ >= 0 && fade_ <= 1 &&
           std::ranges::all_of(level_, [](double v) { return std::abs(v) <= 2 * largest_observation; }) &&
           std::ranges::all_of(error_, [](double v) { return v >= 0 && v <= 1e150; });
  }

  static constexpr std::array<double, 8> grid{0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0};
  [[nodiscard]] std::size_t best() const {
    if (fixed_ > 0) return 0;
    return static_cast<std::size_t>(std::ranges::min_element(error_) -
                                    error_.begin());  // ties: the smoothest
  }

  double fixed_ = 0;
  double fade_ = 0;
  std::array<double, grid.size()> level_{};
  std::array<double, grid.size()> error_{};
};

/// `all_missing` without any observation. O(n). @pre 0 <= alpha <= 1, memory > 0
[[nodiscard]] inline result<exponential_smoothing_model, errc> fit(const exponential_smoothing& spec,
                                                                   telemetry::series_view y, regressor_view) {
  FORESHIFT_EXPECT(spec.alpha >= 0 && spec.alpha <= 1 && spec.memory > 0);
  const auto first = std::ranges::find_if(y.values, is_observed);
  if (first == y.values.end()) return failure{errc::all_missing};
  exponential_smoothing_model model{spec, *first};
  for (auto v = first + 1; v != y.values.end(); ++v) update(model, *v, {});
  return model;
}

static_assert(Forecaster<exponential_smoothing>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
