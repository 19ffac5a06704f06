#pragma once
/// @file
/// ARIMA and its seasonal form, with regressors: the forecasting method of Box and Jenkins.
///
///     const auto model = fit(arima{.p = 2, .d = 0, .q = 1, .D = 1, .Q = 1, .season_length = 24}, series,
///     {});
///
/// The differences make the series stationary; what is left is explained by its own past and by past
/// surprises. With regressors it is a linear regression whose errors follow the ARIMA.
///
/// Source: G. E. P. Box, G. M. Jenkins, G. C. Reinsel, "Time Series Analysis", 4th ed., chapters 4, 7 and 9.

#include <foreshift/forecast/arima_estimate.hpp>
#include <foreshift/forecast/arima_model.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

enum class arima_method : std::uint8_t {
  css_ml,  ///< exact maximum likelihood, begun at the conditional least squares fit and at zero: the better
           ///< one
  ml,      ///< exact maximum likelihood, begun at zero
  css,     ///< conditional least squares only: fast, and close on long series
};

/// The order is `arima_order`'s, spelled out so that a specification can be written in one line.
struct arima {
  using model = arima_model;
  static constexpr std::string_view name = "arima";

  std::size_t p = 1, d = 1, q = 1;  ///< autoregressive lags, differences (at most 2), moving-average lags
  std::size_t P = 0, D = 0, Q = 0;  ///< the same at whole seasons
  std::size_t season_length = 1;    ///< m, in steps, at least 1
  bool include_mean = true;         ///< without differences: the series has a mean
  bool include_drift = false;       ///< with one difference: the series has a slope
  arima_method method = arima_method::css_ml;
  bool standard_errors = true;  ///< cost some fifty likelihoods

  [[nodiscard]] arima_order order() const { return {p, d, q, P, D, Q, season_length}; }
  [[nodiscard]] arima_constant constant() const {
    if (d + D == 0 && include_mean) return arima_constant::mean;
    return d + D == 1 && include_drift ? arima_constant::drift : arima_constant::none;
  }
  static void members(auto& self, auto& archive) {
    archive(self.p, self.d, self.q, self.P, self.D, self.Q, self.season_length, self.include_mean,
            self.include_drift, self.method, self.standard_errors);
  }
  [[nodiscard]] bool consistent() const { return order().consistent() && method <= arima_method::css; }
};

namespace detail {

[[nodiscard]] inline arima_estimate estimate_arima(const arima_sample& sample, arima_method method) {
  const std::vector<double> zeros(sample.order.coefficients());
  if (without_noise(sample)) return estimate_at(sample, zeros);
  if (method == arima_method::ml) return fit_likelihood(sample, zeros);
  auto start = fit_css(sample).coefficients;
  if (method == arima_method::css) return fit_likelihood(sample, std::move(start), {.rounds_max = 0});
  constexpr std::size_t many_gaps = 16;  // each is a column of the regression, so a likelihood is dear
  if (sample.gaps.size() > many_gaps)
    return fit_likelihood(sample, std::move(start),
                          {.rounds_max = 20, .tolerance = 1e-7, .rounds_a_linearisation = 6});
  auto found = fit_likelihood(sample, std::move(start));
  if (zeros.empty()) return found;
  auto other = fit_likelihood(sample, zeros);
  return found.log_likelihood >= other.log_likelihood ? found : other;
}

/// Time goes on over the end of the series that lies after the last observation.
inline void pass_trailing_gaps(arima_model& m, const arima_sample& sample, std::size_t n, regressor_view x) {
  for (std::size_t t = sample.first + sample.length; t < n; ++t)
    update(m, std::numeric_limits<double>::quiet_NaN(),
           x.columns == 0 ? std::span<const double>{} : x.row(t));
}

}  // namespace detail

/// `too_short` when fewer values are observed than the differences cost and the coefficients need,
/// `all_missing`, `bad_regressors` when x has not one finite row for each y, `singular` when the regressors,
/// once differenced, are collinear. A gap is any value that is no observation; up to `arima_gaps_max` are
/// taken into account exactly. @pre order().consistent()
[[nodiscard]] inline result<arima_model, errc> fit(const arima& spec, telemetry::series_view y,
                                                   regressor_view x) {
  FORESHIFT_EXPECT(spec.consistent());
  const std::size_t least =
      spec.order().coefficients() + x.columns + 2 + (spec.constant() == arima_constant::none ? 0U : 1U);
  const auto sample = arima_sample_of(spec.order(), y.values, x, spec.constant(), least);
  if (!sample) return failure{sample.error()};
  if (collinear(*sample)) return failure{errc::singular};
  auto model = arima_model_of(*sample, spec.constant(), detail::estimate_arima(*sample, spec.method),
                              spec.standard_errors);
  detail::pass_trailing_gaps(model, *sample, y.size(), x);
  return model;
}

/// The model at ARMA coefficients that are known: only regressors, constant and variance are estimated.
/// Failures as for `fit`. @pre one coefficient for each of the order, stationary
[[nodiscard]] inline result<arima_model, errc> fit_at(const arima& spec, std::vector<double> coefficients,
                                                      telemetry::series_view y, regressor_view x) {
  FORESHIFT_EXPECT(spec.consistent() && coefficients.size() == spec.order().coefficients());
  const auto sample = arima_sample_of(spec.order(), y.values, x, spec.constant(), x.columns + 2);
  if (!sample) return failure{sample.error()};
  if (collinear(*sample)) return failure{errc::singular};
  const auto estimate = estimate_at(*sample, std::move(coefficients));
  FORESHIFT_EXPECT(std::isfinite(estimate.log_likelihood));
  auto model = arima_model_of(*sample, spec.constant(), estimate, false);
  detail::pass_trailing_gaps(model, *sample, y.size(), x);
  return model;
}

static_assert(Forecaster<arima>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
