#pragma once
/// @file
/// A forecaster on another scale: logarithms make growth and seasons additive, roots do half of it.
///
/// Load often varies in proportion to its level. On the logarithmic scale such a series has one spread and
/// one daily pattern, and the forecast that comes back cannot be negative. The mean on the transformed scale
/// comes back as a median; no bias is added, because absolute errors are what forecasts are chosen by.
///
/// Source: G. E. P. Box, D. R. Cox, "An analysis of transformations", J. R. Stat. Soc. B 26, 1964.

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/saved_model.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// The scale on which a series is modelled.
enum class scale : std::uint8_t {
  plain,
  log,   ///< for positive series
  root,  ///< square root, for series that are not negative
};

/// y -> z and back. A scale that the data do not allow is `plain`.
class transformation {
 public:
  transformation() = default;
  /// Chosen from a history: `log` wants all observations positive, `root` wants none negative.
  transformation(scale wanted, std::span<const double> y) {
    double lowest = largest_observation;
    for (const double v : y)
      if (is_observed(v)) lowest = std::min(lowest, v);
    if (wanted == scale::log && lowest > 0) scale_ = scale::log;
    if (wanted == scale::root && lowest >= 0) scale_ = scale::root;
    floor_ = scale_ == scale::log ? 0.5 * lowest : 0.0;
  }

  /// A later observation below what the scale allows is taken as half of the lowest of the history.
  [[nodiscard]] double in(double y) const {
    if (scale_ == scale::plain || !is_observed(y)) return y;
    return scale_ == scale::log ? std::log(std::max(y, floor_)) : std::sqrt(std::max(y, 0.0));
  }
  [[nodiscard]] double out(double z) const {
    switch (scale_) {
      case scale::log:
        return std::exp(std::min(z, 230.0));  // 1e100
      case scale::root:
        return z > 0 ? z * z : 0.0;
      case scale::plain:
        break;
    }
    return z;
  }
  [[nodiscard]] scale kind() const { return scale_; }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) { archive(self.scale_, self.floor_); }
  [[nodiscard]] bool consistent() const {
    return scale_ <= scale::root && floor_ >= 0 && is_observed(floor_);
  }

  scale scale_ = scale::plain;
  double floor_ = 0;
};

template <FittedModel Inner>
class transformed_model {
 public:
  transformed_model(const transformation& to, Inner inner) : to_(to), inner_(std::move(inner)) {}

  friend void update(transformed_model& m, double y, std::span<const double> row) {
    update(m.inner_, m.to_.in(y), row);
  }
  friend void predict_mean(const transformed_model& m, regressor_view x, std::span<double> out) {
    predict_mean(m.inner_, x, out);
    for (double& o : out) o = m.to_.out(o);
  }
  [[nodiscard]] const Inner& inner() const { return inner_; }
  [[nodiscard]] scale kind() const { return to_.kind(); }
  [[nodiscard]] bool takes(std::size_t regressors) const { return detail::takes_rows(inner_, regressors); }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) { archive(self.to_, self.inner_); }

  transformation to_;
  Inner inner_;
};

/// `transformed<seasonal_ar>{.inner = {.season_length = 24}, .to = scale::log}`
template <Forecaster Spec>
struct transformed {
  using model = transformed_model<typename Spec::model>;
  static constexpr std::string_view name = "transformed";
  Spec inner{};
  scale to = scale::log;
};

template <Forecaster Spec>
[[nodiscard]] std::string name_of(const transformed<Spec>& spec) {
  return std::string{spec.name} + '(' + detail::saved_name(spec.inner) + ')';
}
template <Forecaster Spec>
[[nodiscard]] auto blank_model(const transformed<Spec>& spec)
    -> std::optional<transformed_model<typename Spec::model>> {
  auto inner = detail::blank_of(spec.inner);
  if (!inner) return std::nullopt;
  return transformed_model<typename Spec::model>{{}, std::move(*inner)};
}

/// What the wrapped fit says, on the transformed series. Regressors act on the transformed scale. O(n) beside
/// the fit.
template <Forecaster Spec>
[[nodiscard]] result<transformed_model<typename Spec::model>, errc> fit(const transformed<Spec>& spec,
                                                                        telemetry::series_view y,
                                                                        regressor_view x) {
  const transformation to{spec.to, y.values};
  std::vector<double> z(y.values.begin(), y.values.end());
  for (double& v : z) v = to.in(v);
  auto inner = fit(spec.inner, telemetry::series_view{y.start, y.step, z}, x);
  if (!inner) return failure{inner.error()};
  return transformed_model<typename Spec::model>{to, std::move(*inner)};
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
