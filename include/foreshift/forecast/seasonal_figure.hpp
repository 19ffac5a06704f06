#pragma once
/// @file
/// A fixed seasonal figure that is taken off what comes in and put back on what is forecast.
///
/// Source: V. Assimakopoulos, K. Nikolopoulos, "The theta model: a decomposition approach to forecasting",
/// Int. J. Forecasting 16, 2000 (test, multiplicative decomposition, forecast, reseasonalise). Departure:
/// where an observation is not positive ratios mean nothing, and the figure is additive.

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/classical_decomposition.hpp>
#include <foreshift/forecast/seasonality_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Knows what place of the season comes next. The default has no season.
class seasonal_figure {
 public:
  seasonal_figure() = default;
  /// @param values by place; @param next the place of the next observation. @pre next < values.size()
  seasonal_figure(std::vector<double> values, seasonal_form form, std::size_t next)
      : values_(std::move(values)), form_(form), next_(next) {
    FORESHIFT_EXPECT(next_ < values_.size());
  }

  /// From a history: none if the test finds no season, or if a factor is all but zero. The next observation
  /// is the one after y. O(n * season_length), for the test.
  [[nodiscard]] static seasonal_figure tested(std::span<const double> y, std::size_t season_length) {
    if (!is_seasonal(y, season_length)) return {};
    const bool positive = std::ranges::all_of(y, [](double v) { return !is_observed(v) || v > 0; });
    const auto form = positive ? seasonal_form::multiplicative : seasonal_form::additive;
    auto figure = classical_figure(y, season_length, form);
    constexpr double least_factor = 1e-4;
    if (positive && std::ranges::any_of(figure, [](double f) { return !(f >= least_factor); })) return {};
    return {std::move(figure), form, y.size() % season_length};
  }

  [[nodiscard]] bool seasonal() const { return !values_.empty(); }
  [[nodiscard]] seasonal_form form() const { return form_; }
  /// The factor or addend `ahead` steps after the next observation; neutral without a season.
  [[nodiscard]] double at(std::size_t ahead) const {
    if (values_.empty()) return form_ == seasonal_form::multiplicative ? 1.0 : 0.0;
    return values_[(next_ + ahead) % values_.size()];
  }
  /// The next observation without its season.
  [[nodiscard]] double without(double y) const {
    return form_ == seasonal_form::multiplicative ? y / at(0) : y - at(0);
  }
  void advance() {
    if (!values_.empty() && ++next_ == values_.size()) next_ = 0;
  }
  /// A history that ends where the next observation begins, without its season.
  [[nodiscard]] std::vector<double> without(std::span<const double> y) const {
    std::vector<double> out(y.begin(), y.end());
    const std::size_t m = values_.size();
    if (m == 0) return out;
    std::size_t place = (next_ + m - y.size() % m) % m;
    for (double& v : out) {
      v = form_ == seasonal_form::multiplicative ? v / values_[place] : v - values_[place];
      if (++place == m) place = 0;
    }
    return out;
  }
  /// Puts the season back on a forecast from the next step on. O(h).
  void restore(std::span<double> out) const {
    if (values_.empty()) return;
    std::size_t place = next_;
    for (double& o : out) {
      o = form_ == seasonal_form::multiplicative ? o * values_[place] : o + values_[place];
      if (++place == values_.size()) place = 0;
    }
  }
  /// The same for variances: a factor acts squared, an addend not at all.
  void restore_variance(std::span<double> out) const {
    if (values_.empty() || form_ == seasonal_form::additive) return;
    for (std::size_t h = 0; h < out.size(); ++h) out[h] *= at(h) * at(h);
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) { archive(self.values_, self.form_, self.next_); }
  [[nodiscard]] bool consistent() const {
    const auto usable = [&](double f) {
      return is_observed(f) && (form_ == seasonal_form::additive || f >= 1e-4);
    };
    return form_ <= seasonal_form::multiplicative &&
           (values_.empty() ? next_ == 0 : next_ < values_.size()) && std::ranges::all_of(values_, usable);
  }

  std::vector<double> values_;
  seasonal_form form_ = seasonal_form::additive;
  std::size_t next_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
